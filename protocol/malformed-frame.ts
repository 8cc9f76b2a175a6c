/**
 * Bytes that are not a frame of the remoting protocol. A peer that sends them gets no answer: its
 * connection is closed, because nothing after them can be trusted.
 */
export class MalformedFrame extends Error {
  override readonly name = 'MalformedFrame';
}
