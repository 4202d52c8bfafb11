/** Subject rows beside entries: salt and tokens that open the leaf's commitment. */
import type { Reader } from '../database/reader.ts';

export interface SubjectRow {
  readonly index: number;
  readonly salt: Uint8Array;
  readonly tokens: readonly Uint8Array[];
}

/** Rows of entries `from … to − 1`. An entry may have none any more: they are deletable. */
export async function subjectsBetween(reader: Reader, from: number, to: number): Promise<SubjectRow[]> {
  const { rows } = await reader.query<{ idx: string; salt: Buffer; tokens: Buffer[] }>(
    'SELECT idx, salt, tokens FROM audit_subject WHERE idx >= $1 AND idx < $2',
    [from, to],
  );
  return rows.map(({ idx, salt, tokens }) => ({ index: Number(idx), salt, tokens }));
}
