/** Gives every process of a hub the same authorities: those in the database and those in the key folder. */
import { pinOf } from '../../../certs/authority/identifiers.ts';
import { readIntermediate, type ReadIntermediate } from '../../../certs/authority/readIntermediate.ts';
import { serialsOf } from '../../../certs/authority/refuseForgetful.ts';
import { readRevocationList } from '../../../certs/authority/revocationList.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { theHub, type AuditLog } from '../../log/draft.ts';
import { entry, type Entry } from '../../log/entry.ts';
import { newestCheckpoint } from '../../log/evidence/logAccess.ts';
import type { Authorities } from '../../platform/keys/hubKeys.ts';
import type { IdentityOptions } from '../identity.ts';
import { acceptedRoot, holdAgainst, refuseUntold } from './acceptedRoot.ts';
import { currentRoot, type CurrentRoot } from './currentRoot.ts';
import { storeCheckpoint } from '../../log/store/checkpoints.ts';
import {
  followRoot,
  storeIntermediate,
  storeRootList,
  storedAuthorities,
  type StoredAuthorities,
} from '../store/authorities.ts';
import { defined } from '../../../terms/defined.ts';
import { Problem } from '../../../terms/problem.ts';

type Access = Pick<IdentityOptions, 'database' | 'keys' | 'audit'>;

/**
 * @returns index of a missing entry, without which the current root cannot be proven: this process continues under the root that it
 * proved before; undefined: all is proven
 * @throws Problem authority_foreign where another root followed: start this process with the key folder of that root;
 * authority_unsuitable where one list of the root omits what another revokes; and the database's error
 */
type Learn = () => Promise<number | undefined>;

/** Without `append`: a check, which refuses what the start refuses and writes nothing. */
type Agreeing = Omit<Access, 'audit'> & {
  readonly audit: Pick<AuditLog, 'checkpoint' | 'storedTree'> & Partial<Pick<AuditLog, 'append'>>;
};

/** Returns a function that reads the authorities from the database each time it is called. */
export function authoritiesLearner(access: Agreeing): Learn {
  const { authority } = access.keys;
  const own = pinOf(authority.rootCertificate);
  let learned: string | undefined;
  return async () => {
    const { nth, pin, missing } = await currentRoot(access, own);
    if (pin !== undefined && pin !== own) throw new Problem('authority_foreign', { what: 'certificate' });
    const stored = await storedAuthorities(access.database.app, nth);
    // every act calls this: unchanged rows are not parsed again and their signatures are not checked again
    const said = JSON.stringify([stored.certificates, stored.lists]);
    if (said === learned) return missing;
    const { certificates, list } = await signedBy(authority.rootCertificate, stored);
    await authority.learn(certificates, list);
    learned = said;
    return missing;
  };
}

/** How many database rows are unproven: no entry reports that root, or the current root did not sign them. */
export async function untoldRows(
  access: Pick<Access, 'database' | 'keys'>,
  { nth, untold }: Pick<CurrentRoot, 'nth' | 'untold'>,
): Promise<number> {
  const stored = await storedAuthorities(access.database.app, nth);
  return untold + (await signedBy(access.keys.authority.rootCertificate, stored)).foreign;
}

/**
 * The rows that this root signed, and the newest of its lists. Otherwise an actor with write access to the rows could stop every start.
 */
async function signedBy(
  root: string,
  stored: StoredAuthorities,
): Promise<{
  readonly certificates: readonly string[];
  readonly list: string | undefined;
  /** of that list; -1: there is none */
  readonly number: number;
  readonly foreign: number;
}> {
  const bySerial = new Map<string, string>();
  let signed = 0;
  for (const pem of stored.certificates) {
    const read = readSigned(() => readIntermediate(pem, root));
    if (read === undefined) continue;
    signed += 1;
    bySerial.set(read.serial, read.certificate);
  }
  let newest: { readonly number: number; readonly list: string } | undefined;
  let lists = 0;
  for (const list of stored.lists) {
    const read = await readRevocationList(list, root).catch(foreignAlone);
    if (read === undefined) continue;
    lists += 1;
    if (newest === undefined || read.number > newest.number) newest = { number: read.number, list };
  }
  const foreign = stored.certificates.length - signed + stored.lists.length - lists;
  return { certificates: [...bySerial.values()], list: newest?.list, number: newest?.number ?? -1, foreign };
}

function readSigned<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    foreignAlone(error);
    return undefined;
  }
}

function foreignAlone(error: unknown): undefined {
  if (!(error instanceof Problem) || !error.code.startsWith('authority_')) throw error;
}

/** Another process took the root, or an invented row took its number, while this process was about to. */
class Overtaken extends Error {}

/** far more than there are processes */
const maxTries = 20;

/**
 * Runs at the start. The folder's list counts where it is newer, because an older archive contains fewer revocations; it must not omit
 * what the database revokes. A certificate that is only in the folder lacks the two persons who would have vouched for it. It counts only
 * where every other authority has ended, because otherwise no department could enter the hub. A folder of another root is accepted where
 * two persons accepted that root as the successor of the current one, by the newest acceptance (acceptedRoot.ts). From then on nothing of
 * the former root counts. Each change leaves an entry and reaches every process. If several processes take another root at the same
 * moment, one succeeds and the others detect it.
 * @param now Unix ms
 * @throws Problem log_entry_missing where the current root cannot be proven; authority_unsuitable where one list omits what the other
 * revokes, authority_foreign, and as `Learn`
 */
export async function agreeOnAuthorities(options: Agreeing, now: number): Promise<void> {
  for (let tries = 1; ; tries += 1)
    try {
      await agreeOnce(options, now);
      return;
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      if (tries === maxTries) throw new Problem('authority_foreign', { what: 'certificate' });
    }
}

async function agreeOnce(options: Agreeing, now: number): Promise<void> {
  const { audit } = options;
  const { app } = options.database;
  const { authority } = options.keys;
  const own = await compareRoot(options, now);
  const { list, accepted } = own;
  const { number, revoked } = authority.rootList;
  // a hub that has issued certificates and knows no list of its root was given another root: it logs that, and does not start as a new
  // hub
  const begins = list === undefined && revoked.length === 0 && !own.issued && accepted === undefined;
  if (begins && audit.append !== undefined) await storeRootList(app, listOf(own, authority), null);
  // compares numbers: another text of the same list would be reported at every start
  const isNewer = !begins && (list === undefined || own.storedNumber < number);
  const needed = accepted === undefined ? neededOf(authority, now) : undefined;
  if (!isNewer && needed === undefined) return;
  if (audit.append === undefined) {
    await authority.learn(needed === undefined ? [] : [needed.certificate], undefined);
    return;
  }
  await audit.append(takeOver(authority, own, { isNewer, needed }, now));
  await storeProof(options);
  await authoritiesLearner(options)();
}

/** The root of this process's key folder, and what the database has of it. */
interface OwnRoot {
  readonly pin: string;
  /** its number; where it follows the current root, the next one */
  readonly nth: number;
  readonly isAnother: boolean;
  /** id of the entry of the acceptance by which it follows the current root */
  readonly accepted: string | undefined;
  readonly list: string | undefined;
  /** of that list; -1: there is none */
  readonly storedNumber: number;
  /** whether the hub has issued certificates */
  readonly issued: boolean;
}

/**
 * Compares the root of the folder with the current one, and learns what counts of the database.
 * @throws Problem as `agreeOnAuthorities`
 */
async function compareRoot(options: Agreeing, now: number): Promise<OwnRoot> {
  const { authority } = options.keys;
  const standing = await currentRoot(options);
  const { nth, next, missing } = standing;
  // another root may have followed: a process does not start with the folder of an earlier or unproven root
  if (missing !== undefined) throw new Problem('log_entry_missing', { index: missing });
  const known = await storedAuthorities(options.database.app, nth);
  const { issued } = known;
  const { certificates, list: stored, number } = await signedBy(authority.rootCertificate, known);
  const pin = pinOf(authority.rootCertificate);
  const isInForce = nth === 0 ? stored !== undefined : standing.pin === pin;
  const accepted = isInForce
    ? undefined
    : await acceptedRoot(options, { nth, accepted: known.accepted }, now);
  if (accepted?.pin === pin) {
    holdAgainst(accepted, authority);
    await authority.learn([], undefined);
    return {
      pin,
      nth: next,
      isAnother: true,
      accepted: accepted.entry,
      list: undefined,
      storedNumber: number,
      issued,
    };
  }
  refuseUntold(standing, known, { own: pin, list: stored });
  await authority.learn(certificates, stored);
  // a root that two persons did not accept also gets a number: acceptances to follow the former root no longer count
  const isAnother = stored === undefined && issued && standing.pin !== pin;
  return {
    pin,
    nth: isAnother ? next : nth,
    isAnother,
    accepted: undefined,
    list: stored,
    storedNumber: number,
    issued,
  };
}

const listOf = ({ nth }: OwnRoot, { rootList, rootRevocationList }: Authorities): RootList => ({
  root: nth,
  number: rootList.number,
  list: rootRevocationList,
});

type RootList = Parameters<typeof storeRootList>[1];

/** The entry by which the folder's root, its newer list or a needed authority counts for every process. */
function takeOver(
  authority: Authorities,
  own: OwnRoot,
  { isNewer, needed }: { readonly isNewer: boolean; readonly needed: ReadIntermediate | undefined },
  now: number,
): Entry<undefined> {
  const { pin, nth } = own;
  const list = listOf(own, authority);
  const { serial, id } = needed ?? signingOf(authority, now);
  const exchange = uuid7(now);
  return entry({
    exchange,
    now,
    operation: 'takeAuthority',
    kind: 'management',
    actor: theHub,
    facts: {
      change: {
        list: list.number,
        revoked: serialsOf(authority.rootList).join(' '),
        serial,
        id,
        ...(own.list === undefined ? { root: pin, nth } : {}),
        ...defined({ accepted: own.accepted }),
      },
    },
    work: async (transaction) => {
      if (own.isAnother && !(await followRoot(transaction, { nth, pin }, exchange))) throw new Overtaken();
      if (isNewer) await storeRootList(transaction, list, exchange);
      if (needed !== undefined) await storeIntermediate(transaction, { ...needed, root: nth }, exchange);
    },
    bumpsEpoch: true,
    carried: undefined,
  });
}

/**
 * Stores a proof of the entry against the log's present state, so it stays provable when a later entry is missing. Nothing depends on it.
 */
async function storeProof(options: Agreeing): Promise<void> {
  try {
    const { size, note } = newestCheckpoint(options);
    await storeCheckpoint(options.database.app, size, note);
  } catch {
    // the log stores a checkpoint every few seconds by itself
  }
}

/** The authority that signs now, of those that count; the first where none signs. */
function signingOf(authority: Authorities, now: number): Pick<ReadIntermediate, 'serial' | 'id'> {
  const signing = authority
    .issuers(now)
    .filter(({ notBefore }) => notBefore <= now)
    .sort((a, b) => a.notBefore - b.notBefore)
    .at(-1);
  const one = signing ?? authority.all()[0];
  if (one === undefined) throw new TypeError('a key folder without an authority');
  return one;
}

/** The folder's newest authority that signs now, where no vouched authority could sign. A missing key alone is not such a case. */
function neededOf(authority: Authorities, now: number): ReadIntermediate | undefined {
  const isInForce = ({ serial, notBefore, notAfter }: ReadIntermediate): boolean =>
    notBefore <= now && now < notAfter && authority.revokedAt(serial) === undefined;
  if (authority.all().some(isInForce)) return undefined;
  return authority
    .unvouched()
    .filter((one) => isInForce(one) && authority.holds(one.id))
    .sort((a, b) => a.notBefore - b.notBefore)
    .at(-1);
}

/** @param now Unix ms @throws Problem authority_ended: no caller could be admitted */
export function refuseEnded(authority: Authorities, now: number): void {
  authority.advance(now);
  const { signer, rootList } = authority;
  const [what, end] =
    signer.notAfter <= rootList.nextUpdate
      ? (['certificate', signer.notAfter] as const)
      : (['revocation list', rootList.nextUpdate] as const);
  if (end <= now || authority.revokedAt(signer.serial) !== undefined)
    throw new Problem('authority_ended', { what, ended: new Date(end).toISOString() });
}
