import type { Reader } from '../../platform/database/reader.ts';

/** Entries whose rows are read at once: a statement of a request ends within seconds, and an incident may be of a whole log. */
const slice = 20_000;

/** Ascending stretches, none of which reaches into another: whatever lies between them is read once at most. */
export function* stretchesOf(indexes: readonly number[], most = slice): Generator<readonly number[]> {
  const sorted = [...indexes].sort((a, b) => a - b);
  for (let at = 0; at < sorted.length; at += most) yield sorted.slice(at, at + most);
}

/** Conditions for one stretch: its bounds for the index, then which of the entries between them. */
export const inStretch = 'idx BETWEEN $1 AND $2 AND idx = ANY($3::bigint[])';
export const boundsOf = (stretch: readonly number[]): readonly unknown[] => [
  stretch[0],
  stretch.at(-1),
  stretch,
];

/** How many different log tokens stand beside these entries: a person has one a year. @param most entries that are read at once */
export async function countSubjects(
  reader: Reader,
  indexes: readonly number[],
  most?: number,
): Promise<number> {
  const tokens = new Set<string>();
  for (const stretch of stretchesOf(indexes, most)) {
    const { rows } = await reader.query<{ token: Buffer }>(
      `SELECT DISTINCT token FROM audit_subject, unnest(tokens) AS token WHERE ${inStretch}`,
      [...boundsOf(stretch)],
    );
    for (const { token } of rows) tokens.add(token.toString('latin1'));
  }
  return tokens.size;
}
