import type { Reader } from '../../../platform/database/reader.ts';

/** A version of an agreement that was in force, until something took its place. */
export interface FormerAgreement {
  readonly id: string;
  readonly version: number;
  /** canonical JSON */
  readonly text: string;
  /** Unix milliseconds; null: it still stands */
  readonly endedAt: number | null;
}

/** Every version that ever was in force of these agreements, the oldest first. */
export async function agreementHistory(reader: Reader, ids: readonly string[]): Promise<FormerAgreement[]> {
  const { rows } = await reader.query<FormerAgreement>(
    `SELECT id, version, text,
            CASE WHEN state IN ('active', 'suspended') THEN NULL
                 ELSE (extract(epoch FROM decided_at) * 1000)::double precision END AS "endedAt"
       FROM policy_document
      WHERE id = ANY ($1) AND kind = 'Agreement' AND state <> 'submitted' AND (approver IS NOT NULL OR automatic OR tightening)
      ORDER BY id, version`,
    [[...ids]],
  );
  return rows;
}
