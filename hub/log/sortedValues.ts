/** Bytes of a value used as a numeric sort key. 40 bits of each value and its place fit into one number. */
const prefix = 5;
const maxByNumber = 2 ** 13;

/**
 * Sorts concatenated values of one length. Sorting by numbers costs a tenth of sorting texts.
 * @param length bytes of a value
 */
export function sortedValues(values: Buffer, length: number): Buffer {
  const count = values.length / length;
  if (length < prefix || count > maxByNumber) return sortedByText(values, length);
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i += 1) keys[i] = values.readUIntBE(i * length, prefix) * maxByNumber + i;
  keys.sort();
  const sorted = Buffer.allocUnsafe(values.length);
  let before = -1;
  for (let i = 0; i < count; i += 1) {
    const key = keys[i] ?? 0;
    const at = (key % maxByNumber) * length;
    for (let j = 0; j < length; j += 1) sorted[i * length + j] = values[at + j] ?? 0;
    const first = Math.floor(key / maxByNumber);
    // equal prefix: compare the remaining bytes
    if (first === before && isBefore(sorted, i * length, length)) return sortedByText(values, length);
    before = first;
  }
  return sorted;
}

/** The same without duplicates. @returns the input itself if nothing changes */
export function distinctValues(values: Buffer, length: number): Buffer {
  let sorted = values;
  let doubles = 0;
  for (let at = length; at < values.length && sorted === values; at += length) {
    const order = orderAt(values, at, length);
    if (order < 0) sorted = sortedValues(values, length);
    else if (order === 0) doubles += 1;
  }
  if (sorted === values && doubles === 0) return values;
  // the input is not modified
  const distinct = sorted === values ? Buffer.from(values) : sorted;
  let stored = Math.min(length, distinct.length);
  for (let at = length; at < distinct.length; at += length) {
    if (orderAt(distinct, at, length, stored - length) === 0) continue;
    if (stored < at) distinct.copyWithin(stored, at, at + length);
    stored += length;
  }
  return distinct.subarray(0, stored);
}

/**
 * Compares a value with the one before it, or with another; negative if it sorts earlier. Inlined, because a native call costs more than
 * comparing few bytes.
 */
function orderAt(values: Uint8Array, at: number, length: number, before = at - length): number {
  for (let i = 0; i < length; i += 1) {
    const difference = (values[at + i] ?? 0) - (values[before + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a value is placed after one that sorts later. */
const isBefore = (sorted: Uint8Array, at: number, length: number): boolean => orderAt(sorted, at, length) < 0;

function sortedByText(values: Buffer, length: number): Buffer {
  const text = values.toString('hex');
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += 2 * length) pieces.push(text.slice(at, at + 2 * length));
  return Buffer.from(pieces.sort().join(''), 'hex');
}
