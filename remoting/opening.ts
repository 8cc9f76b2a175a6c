/**
 * What a new connection speaks, told by its first byte.
 *
 * Every connection passes here once before its bytes reach the frame cutter. A frame is shorter
 * than 16 MiB, so it starts with a zero; TLS starts with its handshake record, the PROXY protocol
 * with `P` (version 1) or a carriage return (version 2). The latter two are recognised so that they
 * can be refused by name, and are where they will be let in.
 */
export type Opening = 'frames' | 'tls' | 'proxy protocol' | 'something else';

const TLS_HANDSHAKE = 0x16;
const PROXY_V1 = 0x50;
const PROXY_V2 = 0x0d;
/** Leaves room for a frame limit raised above 16 MiB. */
const FRAME_FIRST_BYTE_MAX = 0x0c;

export function recogniseOpening(bytes: Buffer): Opening {
  const first = bytes[0] ?? 0;
  if (first <= FRAME_FIRST_BYTE_MAX) return 'frames';
  if (first === TLS_HANDSHAKE) return 'tls';
  return first === PROXY_V1 || first === PROXY_V2 ? 'proxy protocol' : 'something else';
}
