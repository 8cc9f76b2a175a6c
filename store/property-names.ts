/** A set of property names that can be asked by bytes: one look by length settles most questions. */
export class PropertyNames {
  readonly #byLength: Buffer[][] = [];

  constructor(names: readonly string[]) {
    for (const name of names) {
      const bytes = Buffer.from(name);
      const sameLength = this.#byLength[bytes.length] ?? [];
      this.#byLength[bytes.length] = [...sameLength, bytes];
    }
    // No holes: a holey array is slower to look into.
    for (let length = 0; length < this.#byLength.length; length++) this.#byLength[length] ??= [];
  }

  has(buffer: Buffer, start: number, end: number): boolean {
    const length = end - start;
    if (length >= this.#byLength.length) return false;
    const names = this.#byLength[length] ?? [];
    for (let index = 0; index < names.length; index++) {
      if (equals(names[index] as Buffer, buffer, start)) return true;
    }
    return false;
  }
}

function equals(name: Buffer, buffer: Buffer, start: number): boolean {
  for (let index = 0; index < name.length; index++) {
    if (name[index] !== buffer[start + index]) return false;
  }
  return true;
}
