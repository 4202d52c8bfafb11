/** Subject rows beside entries: salt and tokens that open the leaf's commitment. */
import type { Reader } from '../database/reader.ts';

export interface SubjectRow {
  readonly index: number;
  readonly salt: Uint8Array;
  readonly tokens: readonly Uint8Array[];
}

/** Entries whose tokens come as one text: of 4,000 persons each, as a part of a stream has them, some 80 MB. */
const ofText = 512;

/** Tokens of entries `from … to − 1` as hex, by index. Those without any are not in it. Whoever asks bounds how many persons they may be. */
export async function tokensBetween(
  reader: Reader,
  from: number,
  to: number,
): Promise<ReadonlyMap<number, readonly string[]>> {
  // few texts: of thousands of arrays their reading would cost more than what is done with them
  const { rows } = await reader.query<{ lines: string }>(
    `SELECT string_agg(idx || ' ' || tokens::text, E'\n') AS lines FROM audit_subject WHERE idx >= $1 AND idx < $2 GROUP BY idx / $3`,
    [from, to, ofText],
  );
  const found = new Map<number, readonly string[]>();
  for (const { lines } of rows)
    for (const line of lines.split('\n')) {
      const tokens = line.match(/(?<=x)[0-9a-f]+/g);
      if (tokens !== null) found.set(Number.parseInt(line, 10), tokens);
    }
  return found;
}

/** Rows of entries `from … to − 1`. An entry may have none any more: they are deletable. */
export async function subjectsBetween(reader: Reader, from: number, to: number): Promise<SubjectRow[]> {
  const { rows } = await reader.query<{ idx: string; salt: Buffer; tokens: Buffer[] }>(
    'SELECT idx, salt, tokens FROM audit_subject WHERE idx >= $1 AND idx < $2',
    [from, to],
  );
  return rows.map(({ idx, salt, tokens }) => ({ index: Number(idx), salt, tokens }));
}
