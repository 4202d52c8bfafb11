import { leafHash, sameHash } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { firstWordOf, proposesSchema, type FirstWord, type Made } from './firstWord.ts';
import { leafOf, leafOrNone } from './storedLeaves.ts';

/**
 * Persons in whose place it was made by a deputy, as the entry of it says.
 * @throws Problem made_by_unread where the log does not tell: its entry is gone, stands there twice, has other bytes than its hash, or is that
 *   of another act or another person than the row's. Nobody may agree to what she may have made herself, so «it says nothing» is never
 *   read as «nobody»
 */
export async function insteadOf(reader: Reader, made: Made): Promise<readonly string[]> {
  const leaf = await entryOf(reader, firstWordOf(made));
  if (!('schema' in made) || leaf.operation !== 'acceptProposal') return deputised(leaf);
  // the acceptance tells in whose place it was accepted, the proposal in whose it was written
  const values = [leaf.change?.['proposal']];
  const says: FirstWord['says'] = (proposal) => proposesSchema(proposal, made.schema);
  return [...deputised(await entryOf(reader, { id: '$1', values, says })), ...deputised(leaf)];
}

interface Stored {
  readonly id: string;
  readonly leaf: Uint8Array;
  readonly hash: Uint8Array;
  /** whether the log is as long: a row beyond its head is no entry of it */
  readonly within: boolean;
}

/** @throws Problem made_by_unread */
async function entryOf(reader: Reader, { id, values, says }: FirstWord): Promise<Leaf> {
  const { rows } = await reader.query<Stored & Record<string, unknown>>(
    `SELECT id, leaf, hash, idx < (SELECT size FROM audit_head WHERE id = 1) AS within FROM audit_entry WHERE id = ${id}`,
    [...values],
  );
  const [entry, ...more] = rows;
  const leaf = entry === undefined || more.length > 0 ? undefined : readable(entry);
  if (leaf?.decision !== 'allow' || !says(leaf)) throw new Problem('made_by_unread');
  return leaf;
}

/** Undefined where the entry cannot be read. */
function readable({ id, leaf: stored, hash, within }: Stored): Leaf | undefined {
  const bytes = leafOf(stored);
  if (!within || !sameHash(leafHash(bytes), hash)) return undefined;
  const leaf = leafOrNone(bytes);
  const actor: unknown = leaf?.actor;
  if (leaf?.id !== id || typeof actor !== 'object' || actor === null) return undefined;
  return typeof (leaf.actor.insteadOf ?? '') === 'string' ? leaf : undefined;
}

const deputised = ({ actor }: Leaf): readonly string[] =>
  (actor.insteadOf ?? '').split(' ').filter((one) => one !== '');
