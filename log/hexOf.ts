/** The hex forms of many short values: one call that copies, rather than one for each. */
export function hexOf(values: readonly Uint8Array[]): readonly string[] {
  const whole = Buffer.concat(values).toString('hex');
  let from = 0;
  return values.map(({ length }) => whole.slice(from, (from += 2 * length)));
}
