const digits = Buffer.from('0123456789abcdef', 'latin1');

/**
 * A list of the hex forms of values of one length that lie one behind the other, as ASCII bytes: no text is made of any of them.
 * @param length bytes of a value @param begin stands before the first @param between two of them @param end behind the last
 */
export function hexList(
  values: Uint8Array,
  length: number,
  [begin, between, end]: readonly [string, string, string],
): Buffer {
  const count = values.length / length;
  if (count === 0) return Buffer.from(begin + end, 'latin1');
  const separator = Buffer.from(between, 'latin1');
  const list = Buffer.allocUnsafe(
    begin.length + 2 * values.length + (count - 1) * between.length + end.length,
  );
  let to = list.write(begin, 'latin1');
  for (let from = 0; from < values.length; from += length) {
    for (let i = 0; from > 0 && i < separator.length; i += 1) list[to++] = separator[i] ?? 0;
    for (let at = from; at < from + length; at += 1) {
      const byte = values[at] ?? 0;
      list[to++] = digits[byte >> 4] ?? 0;
      list[to++] = digits[byte & 15] ?? 0;
    }
  }
  list.write(end, to, 'latin1');
  return list;
}

/** The hex forms of many short values: one call that copies, rather than one for each. */
export function hexOf(values: readonly Uint8Array[]): readonly string[] {
  const whole = Buffer.concat(values).toString('hex');
  let from = 0;
  return values.map(({ length }) => whole.slice(from, (from += 2 * length)));
}
