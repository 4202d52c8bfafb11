import type { Reader } from '../database/reader.ts';

export interface NamedDocument {
  readonly id: string;
  readonly version: number;
  readonly state: 'submitted' | 'active' | 'suspended';
  readonly text: string;
}

/**
 * Agreements that stand or wait for a decision, and have a grant on one of these datasets.
 * @param parties only those that one of these is a party of; undefined: every one
 */
export async function agreementsNaming(
  reader: Reader,
  datasets: readonly string[],
  parties: readonly string[] | undefined,
): Promise<NamedDocument[]> {
  const { rows } = await reader.query<NamedDocument>(
    `SELECT id, version, state, text FROM policy_document
      WHERE kind = 'Agreement' AND state IN ('submitted', 'active', 'suspended')
        AND ($2::text[] IS NULL OR provider = ANY ($2) OR consumer = ANY ($2))
        AND EXISTS (SELECT FROM jsonb_array_elements(text::jsonb -> 'grants') AS one (said)
                     WHERE said ->> 'dataset' = ANY ($1))
      ORDER BY id, version`,
    [datasets, parties ?? null],
  );
  return rows;
}
