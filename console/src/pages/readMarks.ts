/** Marks of one browser. The hub lists at most 1,000 items of a kind, of which ten kinds are information. */
export const maxMarks = 10_000;

/**
 * The marks with further ones. Above the limit the marks that were listed longest ago are dropped: their items are no longer pending.
 * @param before the longest ago first
 * @param listed marks of all items on the page; those that have no mark are left out
 */
export function withMarks(
  before: readonly string[],
  added: readonly string[],
  listed: readonly string[],
): readonly string[] {
  const marks = new Set([...before, ...added]);
  for (const mark of listed) if (marks.delete(mark)) marks.add(mark);
  return [...marks].slice(-maxMarks);
}
