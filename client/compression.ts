/** Compressed message bodies: the three forms RocketMQ's system flag names. */
import { deflateSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { SYS_FLAG } from '../protocol/mod.ts';
import { decompressLz4Frame } from './lz4-frame.ts';

const ZLIB_LEVEL = 5;
/** A body that claims to be larger is refused: frames carry 16 MiB. */
const BODY_BYTES_MAX = 67_108_864;

/** A zlib stream, and the flag that says so. */
export function compress(body: Buffer): { readonly body: Buffer; readonly sysFlag: number } {
  return {
    body: deflateSync(body, { level: ZLIB_LEVEL }),
    sysFlag: SYS_FLAG.compressed | SYS_FLAG.compressionZlib,
  };
}

/** The body as it was sent. Throws when it is not what `sysFlag` says. */
export function decompress(body: Buffer, sysFlag: number): Buffer {
  if ((sysFlag & SYS_FLAG.compressed) === 0) return body;
  const form = sysFlag & SYS_FLAG.compressionMask;
  if (form === SYS_FLAG.compressionLz4) return decompressLz4Frame(body, BODY_BYTES_MAX);
  if (form === SYS_FLAG.compressionZstd) {
    return zstdDecompressSync(body, { maxOutputLength: BODY_BYTES_MAX });
  }
  return inflateSync(body, { maxOutputLength: BODY_BYTES_MAX });
}
