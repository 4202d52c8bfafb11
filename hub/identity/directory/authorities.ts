/** Every process of a hub has the same authorities: what the database says of them, and what the key folder knows. */
import { pinOf } from '../../../certs/authority/pin.ts';
import type { ReadIntermediate } from '../../../certs/authority/readIntermediate.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { theHub } from '../../audit/actor.ts';
import { entry } from '../../audit/entry.ts';
import type { Authorities } from '../../keys/hubKeys.ts';
import type { IdentityOptions } from '../identity.ts';
import { acceptedRoot, holdAgainst, refuseUntold } from './acceptedRoot.ts';
import {
  followRoot,
  keepIntermediate,
  keepRootList,
  keptAuthorities,
} from '../../store/identity/authorities.ts';
import type { Reader } from '../../store/database/reader.ts';
import { Problem } from '../../../terms/problem.ts';

/** @throws Problem authority_… for what this hub's root did not sign, and the database's error */
export async function learnAuthorities(reader: Reader, authority: Authorities): Promise<void> {
  const { certificates, list } = await keptAuthorities(reader);
  await authority.learn(certificates, list);
}

/**
 * At the start. The folder's list counts where it is newer, because an archive from before knows less of what was stolen; it never forgets
 * what the database revokes. A certificate that lies in the folder alone, without the two persons who would have vouched for it, counts only
 * where every other authority has ended: a hub could not be let in by anything else. A folder of another root is taken where two persons
 * accepted that root to follow the one that stands, as the newest acceptance has it (acceptedRoot.ts), and from then on nothing of before counts. Each leaves an entry, and goes to every process.
 * @param now Unix ms
 * @throws Problem authority_unsuitable where the one list forgets what the other revokes, authority_foreign, and as learnAuthorities
 */
export async function agreeOnAuthorities(
  options: Pick<IdentityOptions, 'database' | 'keys' | 'audit'>,
  now: number,
): Promise<void> {
  const { audit } = options;
  const { app } = options.database;
  const { authority } = options.keys;
  const known = await keptAuthorities(app);
  const { certificates, list: kept, issued, nth } = known;
  const pin = pinOf(authority.rootCertificate);
  const accepted = await acceptedRoot(options, known, now);
  const follows = accepted?.pin === pin;
  if (follows) holdAgainst(accepted, authority);
  else await refuseUntold(options, known, pin);
  const list = follows ? undefined : kept;
  await authority.learn(follows ? [] : certificates, list);
  const { number, revoked } = authority.rootList;
  // one that no two persons accepted is numbered all the same: what was accepted to follow the one before it counts no more
  const another = follows || (list === undefined && issued);
  const root = { root: another ? nth + 1 : nth, number, list: authority.rootRevocationList };
  // a hub that has issued certificates and knows no list of its root was given another root: that is told, and not how a hub begins
  const begins = list === undefined && revoked.length === 0 && !issued && !follows;
  if (begins) await keepRootList(app, root, null);
  const newer = !begins && list !== root.list;
  const needed = follows ? undefined : neededOf(authority, now);
  if (!newer && needed === undefined) return;
  const { serial, id } = needed ?? signingOf(authority, now);
  const exchange = uuid7(now);
  await audit.append(
    entry({
      ...{ exchange, now, operation: 'takeAuthority', kind: 'management', actor: theHub },
      facts: {
        change: {
          ...{ list: number, revoked: revoked.map((one) => one.serial).join(' '), serial, id },
          ...(list === undefined ? { root: pin } : {}),
          ...(follows ? { accepted: accepted.entry } : {}),
        },
      },
      work: async (transaction) => {
        if (another && !(await followRoot(transaction, { after: nth, pin }, exchange)))
          throw new Problem('authority_foreign', { what: 'certificate' });
        if (newer) await keepRootList(transaction, root, exchange);
        if (needed !== undefined)
          await keepIntermediate(transaction, { ...needed, root: root.root }, exchange);
      },
      bumpsEpoch: true,
      carried: undefined,
    }),
  );
  await learnAuthorities(app, authority);
}

/** Of those that count the one that signs now; the first where none does. */
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

/** Of the folder's own: the newest that signs now, where nothing that was vouched for could. A missing key alone is no such need. */
function neededOf(authority: Authorities, now: number): ReadIntermediate | undefined {
  const stands = ({ serial, notBefore, notAfter }: ReadIntermediate): boolean =>
    notBefore <= now && now < notAfter && authority.revokedAt(serial) === undefined;
  if (authority.all().some(stands)) return undefined;
  return authority
    .unvouched()
    .filter((one) => stands(one) && authority.holds(one.id))
    .sort((a, b) => a.notBefore - b.notBefore)
    .at(-1);
}

/** @param now Unix ms @throws Problem authority_ended: it could let nobody in */
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
