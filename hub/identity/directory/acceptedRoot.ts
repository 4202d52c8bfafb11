/** Which root may follow the one that stands, as entries of the log tell it that lead to its signed root: a row of the database alone is no word. */
import type { Leaf } from '../../../log/leaf.ts';
import { Problem } from '../../../terms/problem.ts';
import type { LogAccess } from '../../audit/evidence/logAccess.ts';
import { provenLeaves } from '../../audit/retention/provenLeaves.ts';
import type { Authorities } from '../../keys/hubKeys.ts';
import { entriesOfExchanges } from '../../store/audit/entries.ts';
import type { KeptAuthorities } from '../../store/identity/authorities.ts';

/** ms for which two persons' acceptance of another root is good: a key folder is brought within days, and what nobody brought ends by itself */
export const acceptanceLasts = 30 * 86_400_000;

/** What two persons saw of the root that they accepted. */
export interface AcceptedRoot {
  /** id of the entry of the acceptance */
  readonly entry: string;
  readonly pin: string;
  /** of the intermediate authority that came with it */
  readonly serial: string;
  /** number of the root's list that came with it, and the serials that it revokes */
  readonly list: number;
  readonly revoked: readonly string[];
}

/**
 * The newest acceptance, where it is not too old: any before it was withdrawn by it.
 * @param now Unix ms
 * @throws Problem log_entry_missing
 */
export async function acceptedRoot(
  access: LogAccess,
  { nth, accepted }: Pick<KeptAuthorities, 'nth' | 'accepted'>,
  now: number,
): Promise<AcceptedRoot | undefined> {
  let newest: Leaf | undefined;
  for (const leaf of await provenEntries(access, accepted))
    if (leaf.change?.['after'] === nth && (await isByTwo(access, leaf))) newest = leaf;
  if (newest === undefined || now - Date.parse(newest.at) >= acceptanceLasts) return undefined;
  const { root, serial, list, revoked } = newest.change ?? {};
  if (typeof root !== 'string' || typeof serial !== 'string' || typeof list !== 'number') return undefined;
  const serials = typeof revoked === 'string' ? revoked.split(' ').filter((one) => one !== '') : [];
  return { entry: newest.id, pin: root, serial, list, revoked: serials };
}

/** The entry and that of the proposal before it name different persons. */
async function isByTwo(access: LogAccess, { operation, decision, actor, change }: Leaf): Promise<boolean> {
  const proposal = change?.['proposal'];
  if (operation !== 'acceptProposal' || decision !== 'allow' || typeof proposal !== 'string') return false;
  const [asked] = await provenEntries(access, [proposal]);
  return (
    asked?.operation === 'replaceAuthority' &&
    asked.decision === 'allow' &&
    asked.actor.person !== undefined &&
    actor.person !== undefined &&
    asked.actor.person !== actor.person
  );
}

/**
 * The root that stands is the first, which its own list proves, or the one that an entry of the hub tells to have followed.
 * @throws Problem authority_foreign, log_entry_missing
 */
export async function refuseUntold(
  access: LogAccess,
  { nth, list, listed, standing }: Pick<KeptAuthorities, 'nth' | 'list' | 'listed' | 'standing'>,
  pin: string,
): Promise<void> {
  if (!listed) return; // nothing is known of any root: the owner of the database took it out, or there was none yet
  const told = standing === undefined ? undefined : (await provenEntries(access, [standing.exchange]))[0];
  const follows =
    nth === 0 ||
    (standing?.pin === pin &&
      told?.operation === 'takeAuthority' &&
      told.decision === 'allow' &&
      told.change?.['root'] === pin);
  if (!follows || list === undefined) throw new Problem('authority_foreign', { what: 'certificate' });
}

/**
 * A folder of the accepted root holds what both persons saw of it, or what the root revoked since.
 * @throws Problem authority_foreign, authority_unsuitable
 */
export function holdAgainst({ serial, list, revoked }: AcceptedRoot, authority: Authorities): void {
  if (!authority.isFirst(serial)) throw new Problem('authority_foreign', { what: 'certificate' });
  const { rootList } = authority;
  if (rootList.number < list)
    throw new Problem('authority_unsuitable', { what: 'the list is older than the one that counts' });
  const named = new Set(rootList.revoked.map((one) => one.serial));
  if (revoked.some((one) => !named.has(one)))
    throw new Problem('authority_unsuitable', { what: 'the list forgets what was revoked' });
}

/** Entries of these exchanges that lead to the signed root, the earlier first. */
async function provenEntries(access: LogAccess, exchanges: readonly string[]): Promise<Leaf[]> {
  if (exchanges.length === 0) return [];
  const entries = await entriesOfExchanges(access.database.app, exchanges);
  const proven = await provenLeaves(
    access,
    entries.map(({ index }) => index),
  );
  return entries.flatMap(({ index }) => {
    const leaf = proven.get(index);
    return leaf !== undefined && exchanges.includes(leaf.id) ? [leaf] : [];
  });
}
