import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../database/reader.ts';
import { leafOrNone, withLeaves } from './storedLeaves.ts';

/** What waits for a second person, by which the entry that made it is found. */
export type Made =
  | { readonly entry: string }
  | { readonly document: string; readonly version: number }
  | { readonly schema: string }
  | { readonly ending: string }
  | { readonly batch: string; readonly act: string };

/** Id of the entry as SQL, with its values. */
function entryOf(made: Made): readonly [string, readonly unknown[]] {
  if ('entry' in made) return ['$1', [made.entry]];
  if ('schema' in made) return ['(SELECT registered_by FROM schema_version WHERE urn = $1)', [made.schema]];
  if ('ending' in made)
    return ['(SELECT ending_entry FROM dataset WHERE id = $1 AND ending_by IS NOT NULL)', [made.ending]];
  if ('batch' in made)
    return ['(SELECT exchange FROM batch_proposal WHERE batch = $1 AND act = $2)', [made.batch, made.act]];
  return [
    '(SELECT submitted_by FROM policy_document WHERE id = $1 AND version = $2)',
    [made.document, made.version],
  ];
}

/**
 * Persons in whose place it was made by a deputy, as the entry of it says.
 * @throws Problem log_entry_missing where it cannot be read any more: nobody may agree to what she may have made herself
 */
export async function insteadOf(reader: Reader, made: Made): Promise<readonly string[]> {
  const [id, values] = entryOf(made);
  const { rows } = await reader.query<{ idx: string; leaf: Uint8Array }>(
    `SELECT idx, leaf FROM audit_entry WHERE id = ${id}`,
    [...values],
  );
  const [entry] = withLeaves(rows);
  if (entry === undefined) return [];
  const actor: unknown = leafOrNone(entry.leaf)?.actor;
  if (typeof actor !== 'object' || actor === null)
    throw new Problem('log_entry_missing', { index: Number(entry.idx) });
  const persons: unknown = 'insteadOf' in actor ? actor.insteadOf : undefined;
  return typeof persons === 'string' ? persons.split(' ') : [];
}
