/**
 * All rows of a list, page after page: for a choice among them, where the first page would be incomplete.
 * @param ask one page, by the cursor of the one before ('' for the first)
 * @param rowsOf the rows of an answer
 */
export async function everyPage<A extends { readonly nextCursor?: string }, T>(
  ask: (cursor: string) => Promise<A>,
  rowsOf: (answer: A) => readonly T[],
): Promise<readonly T[]> {
  const rows: T[] = [];
  let cursor: string | undefined = '';
  while (cursor !== undefined) {
    const page: A = await ask(cursor);
    rows.push(...rowsOf(page));
    cursor = page.nextCursor;
  }
  return rows;
}
