/** Which root may follow the one that stands, as entries of the log tell it that lead to its signed root: a row of the database alone is no word. */
import type { Leaf } from '../../../log/leaf.ts';
import { Problem } from '../../../terms/problem.ts';
import { refuseForgetful } from '../../../certs/authority/refuseForgetful.ts';
import type { Authorities } from '../../keys/hubKeys.ts';
import { keptAuthorities, type KeptAuthorities } from '../../store/identity/authorities.ts';
import { provenEntries, standingRoot, type RootAccess, type StandingRoot } from './standingRoot.ts';

/** ms for which two persons' acceptance of another root is good: a key folder is brought within days, and what nobody brought ends by itself */
export const acceptanceLasts = 30 * 86_400_000;

/** What two persons saw of the root that they accepted. */
export interface AcceptedRoot {
  /** id of the entry of the acceptance */
  readonly entry: string;
  readonly pin: string;
  /** Unix ms from which on it is good no more */
  readonly until: number;
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
  access: RootAccess,
  { nth, accepted }: Pick<StandingRoot, 'nth'> & Pick<KeptAuthorities, 'accepted'>,
  now: number,
): Promise<AcceptedRoot | undefined> {
  let newest: Leaf | undefined;
  for (const leaf of await provenEntries(access, accepted))
    if (leaf.change?.['after'] === nth && (await isByTwo(access, leaf))) newest = leaf;
  if (newest === undefined) return undefined;
  const until = Date.parse(newest.at) + acceptanceLasts;
  if (now >= until) return undefined;
  const { root, serial, list, revoked } = newest.change ?? {};
  if (typeof root !== 'string' || typeof serial !== 'string' || typeof list !== 'number') return undefined;
  const serials = typeof revoked === 'string' ? revoked.split(' ').filter((one) => one !== '') : [];
  return { entry: newest.id, pin: root, until, serial, list, revoked: serials };
}

/**
 * The acceptance of a root that waits for its key folder: nothing of it counts before every process is started with that.
 * @param now Unix ms
 * @throws Problem log_entry_missing, log_inconsistent
 */
export async function rootToCome(access: RootAccess, now: number): Promise<AcceptedRoot | undefined> {
  const { nth } = await standingRoot(access);
  const { accepted } = await keptAuthorities(access.database.app, nth);
  return acceptedRoot(access, { nth, accepted }, now);
}

/** The entry and that of the proposal before it name different persons. */
async function isByTwo(access: RootAccess, { operation, decision, actor, change }: Leaf): Promise<boolean> {
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
 * @param own pin of this process's root, and the newest list that it signed
 * @throws Problem authority_foreign
 */
export function refuseUntold(
  { nth, pin }: Pick<StandingRoot, 'nth' | 'pin'>,
  { listed }: Pick<KeptAuthorities, 'listed'>,
  { own, list }: { readonly own: string; readonly list: string | undefined },
): void {
  if (!listed) return; // nothing is known of any root: the owner of the database took it out, or there was none yet
  if (nth === 0 ? list !== undefined : pin === own) return;
  throw new Problem('authority_foreign', { what: 'certificate' });
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
  refuseForgetful(rootList, revoked);
}
