import { leafHash, sameHash } from '../../../log/hash.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../database/reader.ts';
import { leafOf, leafOrNone } from './storedLeaves.ts';

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
 * @throws Problem made_by_unread where the log does not tell: its entry is gone, stands there twice, or has other bytes than its hash. Nobody may
 *   agree to what she may have made herself, so «it says nothing» is never read as «nobody»
 */
export async function insteadOf(reader: Reader, made: Made): Promise<readonly string[]> {
  const [id, values] = entryOf(made);
  const { rows } = await reader.query<Stored>(`SELECT leaf, hash FROM audit_entry WHERE id = ${id}`, [
    ...values,
  ]);
  const [entry, ...more] = rows;
  const persons = entry === undefined || more.length > 0 ? undefined : toldBy(entry);
  if (persons === undefined) throw new Problem('made_by_unread');
  return persons;
}

interface Stored {
  readonly leaf: Uint8Array;
  readonly hash: Uint8Array;
}

/** Undefined where the entry cannot be read. */
function toldBy(entry: Stored): readonly string[] | undefined {
  const leaf = leafOf(entry.leaf);
  if (!sameHash(leafHash(leaf), entry.hash)) return undefined;
  const actor: unknown = leafOrNone(leaf)?.actor;
  if (typeof actor !== 'object' || actor === null) return undefined;
  const persons: unknown = 'insteadOf' in actor ? actor.insteadOf : '';
  return typeof persons === 'string' ? persons.split(' ').filter((one) => one !== '') : undefined;
}
