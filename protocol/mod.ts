export { type BatchItem, decodeBatch, encodeBatch } from './batch.ts';
export {
  ANSWER_FLAG,
  type Command,
  decodeCommand,
  encodeCommand,
  isOneway,
  isResponse,
  NO_BODY,
  ONEWAY_FLAG,
  type Serialization,
  VERSION,
} from './command.ts';
export { type CommandHeader, NO_FIELDS, type WireFields } from './command-header.ts';
export { crc32, loadNativeCrc32 } from './crc32.ts';
export { parseDecimal } from './decimal.ts';
export { Failure, type FailureName, failures, findFailure } from './failures.ts';
export {
  type Boundary,
  type Field,
} from './fields.ts';
export { javaHash, javaHashBytes } from './hash.ts';
export { type Described, type HeaderCodec, type HeaderOf } from './header.ts';
export { HeaderScan } from './header-scan.ts';
export { formatIp, type Host, hostBytes, parseIp } from './host.ts';
export { readLong, writeLong } from './int64.ts';
export {
  type Json,
  type JsonObject,
  type Printable,
  parseLenient,
  printJson,
} from './json.ts';
export { copyUnescaped } from './json-unescape.ts';
export { JAVA, type LanguageName, languageName } from './language.ts';
export { LastView, viewOf } from './last-view.ts';
export { MalformedFrame } from './malformed-frame.ts';
export {
  offsetMessageId,
  parseOffsetMessageId,
  type StoredAt,
  type UniqueKeys,
  uniqueKeys,
} from './message-id.ts';
export {
  formatProperties,
  NAME_SEPARATOR,
  PROPERTIES_BYTES_MAX,
  PROPERTY_SEPARATOR,
  type Properties,
  parseProperties,
} from './properties.ts';
export { isReservedProperty, PROPERTY } from './property-names.ts';
export {
  type DecodedRecord,
  decodeRecord,
  decodeRecords,
  encodeRecord,
  MAGIC_BLANK,
  MAGIC_V1,
  MAGIC_V2,
  RECORD,
  RECORD_BYTES_MIN,
  type StoredMessage,
} from './record.ts';
export * from './requests/mod.ts';
export { type ResponseCodeName, responseCodeName, responseCodes } from './response-codes.ts';
export { isPlain, SeenBytes } from './seen-bytes.ts';
export { PERMISSION, PULL_FLAG, SYS_FLAG } from './sys-flag.ts';
export * from './topic-names.ts';
