import { composer, rowsOf } from '../../../platform/database/compiled.ts';
import type { Reader } from '../../../platform/database/reader.ts';

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
  const query = composer('policy_document')
    .select('id', 'version', 'state', 'text')
    .where('kind', 'Agreement')
    .whereIn('state', ['submitted', 'active', 'suspended'])
    .whereRaw(
      `EXISTS (SELECT FROM jsonb_array_elements(text::jsonb -> 'grants') AS one (said)
                WHERE said ->> 'dataset' = ANY (?))`,
      [[...datasets]],
    );
  if (parties !== undefined)
    query.whereRaw('(provider = ANY (?) OR consumer = ANY (?))', [[...parties], [...parties]]);
  return rowsOf<NamedDocument>(reader, query.orderBy('id').orderBy('version'));
}
