/** Values from whose order nothing is left to be sorted by texts: 40 bits of each and its place are one number. */
const prefix = 5;
const mostByNumber = 2 ** 13;

/**
 * Hexadecimal text of values of one length, one behind the other, in their order. Sorted by numbers they cost a tenth of what texts cost.
 * @param length bytes of a value
 */
export function sortedHex(values: Buffer, length: number): string {
  const count = values.length / length;
  if (length < prefix || count > mostByNumber) return sortedByText(values, length);
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i += 1) keys[i] = values.readUIntBE(i * length, prefix) * mostByNumber + i;
  keys.sort();
  const sorted = Buffer.allocUnsafe(values.length);
  let before = -1;
  for (let i = 0; i < count; i += 1) {
    const key = keys[i] ?? 0;
    const at = (key % mostByNumber) * length;
    for (let j = 0; j < length; j += 1) sorted[i * length + j] = values[at + j] ?? 0;
    const first = Math.floor(key / mostByNumber);
    // equal so far: the rest decides
    if (first === before && isBefore(sorted, i * length, length)) return sortedByText(values, length);
    before = first;
  }
  return sorted.toString('hex');
}

/** Whether a value stands behind one that should come later. */
const isBefore = (sorted: Buffer, at: number, length: number): boolean =>
  sorted.compare(sorted, at - length, at, at, at + length) < 0;

function sortedByText(values: Buffer, length: number): string {
  const text = values.toString('hex');
  return [...piecesOf(text, 2 * length)].sort().join('');
}

/** A text as pieces of one length. */
export function piecesOf(text: string, length: number): readonly string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += length) pieces.push(text.slice(at, at + length));
  return pieces;
}
