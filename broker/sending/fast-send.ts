/**
 * The way of nearly every message: from the frame's bytes straight into the log, without a string
 * or an object on the way.
 *
 * It is the clever twin of `send.ts`: either it stores and acknowledges exactly as that would, or
 * it leaves no trace and says false. So it takes only what needs no further look: one message, no
 * transaction, a plain topic that exists, a queue that exists, no property with a meaning of its
 * own. A property test holds the two together.
 */
import { type HeaderScan, ONEWAY_FLAG, parseDecimal, SYS_FLAG } from '../../protocol/mod.ts';
import type { FastHandler } from '../../remoting/mod.ts';
import type { Append } from '../../store/mod.ts';
import type { Topics } from '../topics/topics.ts';
import type { Admission } from './admission.ts';
import type { BornHosts } from './born-hosts.ts';
import { featureProperties } from './features.ts';
import type { Intake } from './intake.ts';
import type { SendAnswer } from './send-answer.ts';
import { UNIQUE_KEY_BYTES, type UniqueKeys } from './unique-keys.ts';

const letter = (name: string): number => name.charCodeAt(0);
const PRODUCER_GROUP = letter('a');
const TOPIC = letter('b');
const DEFAULT_TOPIC = letter('c');
const DEFAULT_QUEUES = letter('d');
const QUEUE_ID = letter('e');
const SYS_FLAGS = letter('f');
const BORN_TIMESTAMP = letter('g');
const FLAG = letter('h');
const PROPERTIES = letter('i');
const RECONSUME_TIMES = letter('j');
const RECONSUME_TIMES_MAX = letter('l');
const BATCH = letter('m');

/** System flags that say nothing but what the body is; the host bits are the store's to set. */
const PLAIN_FLAGS =
  SYS_FLAG.compressed |
  SYS_FLAG.multiTags |
  SYS_FLAG.compressionMask |
  SYS_FLAG.bornHostIpv6 |
  SYS_FLAG.storeHostIpv6;

const F = letter('f');
const UPPER_F = letter('F');

export interface SendParts {
  readonly topics: Topics;
  readonly admission: Admission;
  readonly bornHosts: BornHosts;
  readonly intake: Intake;
  readonly uniqueKeys: UniqueKeys;
  readonly answer: SendAnswer;
  /** What the broker adds to every message, ready to be stored. */
  readonly extraProperties: Buffer;
}

/** The handler of SEND_MESSAGE_V2. */
export function fastSend(parts: SendParts): FastHandler {
  const { admission, intake, uniqueKeys } = parts;
  const { input, output } = intake;
  return (scan, buffer, connection) => {
    if (!admission.isOpen || !isPlainRequest(scan, buffer)) return false;
    const topic = parts.topics.findBytes(buffer, scan.start(TOPIC), scan.end(TOPIC));
    if (topic === undefined || !topic.isPlain) return false;
    if (!fillNumbers(input, scan, buffer, topic.queuesMax)) return false;
    input.topic = topic.stored;
    fillBytes(input, scan, buffer);
    parts.bornHosts.fill(input, connection);
    offerUniqueKey(input, uniqueKeys);
    input.extraProperties = parts.extraProperties;
    input.extraIsWalked = false;
    input.reserved = featureProperties;
    if (intake.append(topic) !== 'stored') return false;
    uniqueKeys.takeIfUsed(output.uniqueKey, output.uniqueKeyStart, output.uniqueKeyEnd);
    if ((scan.flag & ONEWAY_FLAG) === 0) {
      intake.acknowledge(connection, scan.opaque, scan.serialization === 'ROCKETMQ');
    }
    return true;
  };
}

/** Whether all required fields are there and nothing asks for a closer look. */
function isPlainRequest(scan: HeaderScan, buffer: Buffer): boolean {
  if (scan.field(PRODUCER_GROUP) < 0 || scan.field(DEFAULT_TOPIC) < 0) return false;
  if (scan.field(RECONSUME_TIMES_MAX) >= 0 || scan.bodyStart === scan.bodyEnd) return false;
  if (!isInt32(valueOf(scan, buffer, DEFAULT_QUEUES))) return false;
  const batch = scan.start(BATCH);
  if (batch < 0 || batch === scan.end(BATCH)) return true;
  const first = buffer[batch];
  return first === F || first === UPPER_F;
}

function fillNumbers(input: Append, scan: HeaderScan, buffer: Buffer, queuesMax: number): boolean {
  const queueId = valueOf(scan, buffer, QUEUE_ID);
  const sysFlag = valueOf(scan, buffer, SYS_FLAGS);
  const bornTimestamp = valueOf(scan, buffer, BORN_TIMESTAMP);
  const flag = valueOf(scan, buffer, FLAG);
  // Written so that a value that is no number is refused too.
  if (!(queueId >= 0 && queueId < queuesMax)) return false;
  if (!isInt32(sysFlag) || (sysFlag & ~PLAIN_FLAGS) !== 0) return false;
  if (Number.isNaN(bornTimestamp) || !isInt32(flag)) return false;
  const times = scan.start(RECONSUME_TIMES);
  const hasTimes = times >= 0 && times < scan.end(RECONSUME_TIMES);
  const reconsumeTimes = hasTimes ? valueOf(scan, buffer, RECONSUME_TIMES) : 0;
  if (!isInt32(reconsumeTimes)) return false;
  input.queueId = queueId;
  input.sysFlag = sysFlag;
  input.bornTimestamp = bornTimestamp;
  input.flag = flag;
  input.reconsumeTimes = reconsumeTimes;
  input.preparedTransactionOffset = 0;
  return true;
}

function fillBytes(input: Append, scan: HeaderScan, buffer: Buffer): void {
  input.body = buffer;
  input.bodyStart = scan.bodyStart;
  input.bodyEnd = scan.bodyEnd;
  const field = scan.field(PROPERTIES);
  input.properties = buffer;
  input.propertiesStart = field < 0 ? 0 : scan.valueStart(field);
  input.propertiesEnd = field < 0 ? 0 : scan.valueEnd(field);
  input.arePropertiesEscaped = field >= 0 && scan.escaped[field] === 1;
}

export function offerUniqueKey(input: Append, { next }: UniqueKeys): void {
  input.missingUniqueKey = next;
  input.missingUniqueKeyStart = 0;
  input.missingUniqueKeyEnd = UNIQUE_KEY_BYTES;
}

function valueOf(scan: HeaderScan, buffer: Buffer, key: number): number {
  const field = scan.field(key);
  if (field < 0) return Number.NaN;
  return parseDecimal(buffer, scan.valueStart(field), scan.valueEnd(field));
}

function isInt32(value: number): boolean {
  return value === (value | 0);
}
