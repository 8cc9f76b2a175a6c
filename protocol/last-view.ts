/** The view of a buffer's own bytes. */
export function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

const NOTHING = Buffer.alloc(0);

/** The view of the buffer that was asked for last: most frames come with others in one read. */
export class LastView {
  #buffer: Buffer = NOTHING;
  #view: DataView = viewOf(NOTHING);

  of(buffer: Buffer): DataView {
    if (buffer !== this.#buffer) {
      this.#buffer = buffer;
      this.#view = viewOf(buffer);
    }
    return this.#view;
  }
}
