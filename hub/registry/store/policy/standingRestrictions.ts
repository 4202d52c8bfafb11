import type { Reader } from '../../../platform/database/reader.ts';
import type { NamedDocument } from './agreementsNaming.ts';

/** Restrictions that stand or wait for a decision; what each bites on is for policy to say. */
export async function standingRestrictions(reader: Reader): Promise<NamedDocument[]> {
  const { rows } = await reader.query<NamedDocument>(
    `SELECT id, version, state, text FROM policy_document
      WHERE kind = 'Restriction' AND state IN ('submitted', 'active', 'suspended')
      ORDER BY id, version`,
  );
  return rows;
}
