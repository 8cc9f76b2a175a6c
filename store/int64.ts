/**
 * Java's longs as numbers, big endian. Offsets and times stay far below 2^53, so a number holds
 * them exactly; BigInt would cost more than the rest of a record.
 */
const HIGH = 4_294_967_296;

export function writeInt64(view: DataView, position: number, value: number): void {
  view.setInt32(position, Math.floor(value / HIGH));
  view.setInt32(position + 4, value | 0);
}

export function readInt64(view: DataView, position: number): number {
  return view.getInt32(position) * HIGH + view.getUint32(position + 4);
}
