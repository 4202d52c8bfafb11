/**
 * Finds which root may follow the current one. Only log entries proven by its signed tree head count; a database row alone proves
 * nothing.
 */
import type { Leaf } from '../../../log/leaf.ts';
import { Problem } from '../../../terms/problem.ts';
import { pinOf } from '../../../certs/authority/identifiers.ts';
import { refuseForgetful } from '../../../certs/authority/refuseForgetful.ts';
import type { Authorities } from '../../platform/keys/hubKeys.ts';
import { storedAuthorities, type StoredAuthorities } from '../store/authorities.ts';
import { provenEntries, type RootAccess } from './provenEntries.ts';
import { currentRoot, type CurrentRoot } from './currentRoot.ts';

/**
 * How long two persons' acceptance of another root is valid, in ms. A key folder is delivered within days; an unused acceptance expires.
 */
export const acceptanceLasts = 30 * 86_400_000;

/** What two persons saw of the root that they accepted. */
export interface AcceptedRoot {
  /** id of the entry of the acceptance */
  readonly entry: string;
  readonly pin: string;
  /** Unix ms from which the acceptance is no longer valid */
  readonly until: number;
  /** of the intermediate authority that came with it */
  readonly serial: string;
  /** number of the root's list that came with it, and the serials that it revokes */
  readonly list: number;
  readonly revoked: readonly string[];
}

/**
 * The newest acceptance, unless it is too old. It withdraws all earlier ones.
 * @param now Unix ms
 * @throws Problem log_entry_missing
 */
export async function acceptedRoot(
  access: RootAccess,
  { nth, accepted }: Pick<CurrentRoot, 'nth'> & Pick<StoredAuthorities, 'accepted'>,
  now: number,
): Promise<AcceptedRoot | undefined> {
  const newest = await newestByTwo(access, nth, accepted);
  if (newest === undefined) return undefined;
  const until = Date.parse(newest.at) + acceptanceLasts;
  if (now >= until) return undefined;
  const { root, serial, list, revoked } = newest.change ?? {};
  if (typeof root !== 'string' || typeof serial !== 'string' || typeof list !== 'number') return undefined;
  const serials = typeof revoked === 'string' ? revoked.split(' ').filter((one) => one !== '') : [];
  return { entry: newest.id, pin: root, until, serial, list, revoked: serials };
}

/** What is reported about a root that waits. */
export interface RootToCome {
  /** absent: no root waits, as far as this can be proven */
  readonly coming?: AcceptedRoot;
  /** index of a missing entry; without it, whether a root waits cannot be proven */
  readonly missing?: number;
}

/**
 * The acceptance of a root that waits for its key folder. It has no effect before every process is started with that folder.
 * @param access with the root of this process @param now Unix ms
 * @throws Problem log_inconsistent
 */
export async function rootToCome(
  access: RootAccess & { readonly keys: { readonly authority: Pick<Authorities, 'rootCertificate'> } },
  now: number,
): Promise<RootToCome> {
  const { nth } = await currentRoot(access, pinOf(access.keys.authority.rootCertificate));
  const { accepted } = await storedAuthorities(access.database.app, nth);
  try {
    const coming = await acceptedRoot(access, { nth, accepted }, now);
    return coming === undefined ? {} : { coming };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'log_entry_missing') throw error;
    return { missing: Number(error.facts['index']) };
  }
}

/**
 * @throws Problem log_entry_missing where a newer acceptance may exist that cannot be proven: what it may have withdrawn does not count
 */
async function newestByTwo(
  access: RootAccess,
  nth: number,
  accepted: readonly string[],
): Promise<Leaf | undefined> {
  const { proven, missing } = await provenEntries(
    access,
    accepted,
    ({ operation, decision, change }) =>
      operation === 'acceptProposal' && decision === 'allow' && change?.['after'] === nth,
  );
  if (missing !== undefined) throw new Problem('log_entry_missing', { index: missing });
  for (const leaf of [...proven].reverse()) if (await isByTwo(access, leaf)) return leaf;
  return undefined;
}

/** Whether the entry and the preceding proposal name different persons. */
async function isByTwo(access: RootAccess, { actor, change }: Leaf): Promise<boolean> {
  const proposal = change?.['proposal'];
  if (typeof proposal !== 'string') return false;
  const { proven, missing } = await provenEntries(
    access,
    [proposal],
    ({ operation, decision }) => operation === 'replaceAuthority' && decision === 'allow',
  );
  if (missing !== undefined) throw new Problem('log_entry_missing', { index: missing });
  const [requested] = proven;
  return (
    requested?.actor.person !== undefined &&
    actor.person !== undefined &&
    requested.actor.person !== actor.person
  );
}

/**
 * Rejects a root that the log does not report. The current root is the first one, which its own list proves, or one that an entry of the
 * hub reports as its successor.
 * @param own pin of this process's root, and the newest list that it signed
 * @throws Problem authority_foreign
 */
export function refuseUntold(
  { nth, pin }: Pick<CurrentRoot, 'nth' | 'pin'>,
  { listed }: Pick<StoredAuthorities, 'listed'>,
  { own, list }: { readonly own: string; readonly list: string | undefined },
): void {
  if (!listed) return; // no root is known: the database owner removed it, or there was none yet
  if (nth === 0 ? list !== undefined : pin === own) return;
  throw new Problem('authority_foreign', { what: 'certificate' });
}

/**
 * Checks that a folder of the accepted root contains what both persons saw of it, or what the root revoked since.
 * @throws Problem authority_foreign, authority_unsuitable
 */
export function holdAgainst({ serial, list, revoked }: AcceptedRoot, authority: Authorities): void {
  if (!authority.isFirst(serial)) throw new Problem('authority_foreign', { what: 'certificate' });
  const { rootList } = authority;
  if (rootList.number < list)
    throw new Problem('authority_unsuitable', { what: 'the list is older than the one that counts' });
  refuseForgetful(rootList, revoked);
}
