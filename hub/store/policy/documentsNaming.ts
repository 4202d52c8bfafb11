import type { Reader } from '../database/reader.ts';

export interface NamingDocument {
  readonly id: string;
  readonly version: number;
  readonly kind: 'Agreement' | 'Restriction';
  readonly state: 'submitted' | 'active' | 'suspended';
  readonly text: string;
}

/**
 * Documents that stand or wait for a decision, and name one of these datasets or tags.
 * @param parties only agreements that one of these is a party of; undefined: every document
 */
export async function documentsNaming(
  reader: Reader,
  { datasets, semantics }: { readonly datasets: readonly string[]; readonly semantics: readonly string[] },
  parties: readonly string[] | undefined,
): Promise<NamingDocument[]> {
  const { rows } = await reader.query<NamingDocument>(
    `SELECT id, version, kind, state, text FROM policy_document
      WHERE state IN ('submitted', 'active', 'suspended')
        AND ($3::text[] IS NULL OR provider = ANY ($3) OR consumer = ANY ($3))
        AND CASE kind
              WHEN 'Agreement' THEN EXISTS (
                SELECT FROM jsonb_array_elements(text::jsonb -> 'grants') AS one (said)
                 WHERE said ->> 'dataset' = ANY ($1))
              ELSE jsonb_exists_any(text::jsonb #> '{when,dataset}', $1::text[])
                OR jsonb_exists_any(text::jsonb #> '{when,semantic}', $2::text[])
            END
      ORDER BY id, version`,
    [datasets, semantics, parties ?? null],
  );
  return rows;
}
