import type { components } from '../../../../api/openapi.ts';
import { X509Certificate } from 'node:crypto';
import { authorityId, pinOf } from '../../../../certs/authority/identifiers.ts';
import { isRootOf } from '../../../../certs/authority/issueIntermediate.ts';
import { readIntermediate, type ReadIntermediate } from '../../../../certs/authority/readIntermediate.ts';
import { refuseForgetful, serialsOf } from '../../../../certs/authority/refuseForgetful.ts';
import { readRevocationList, type ReadList } from '../../../../certs/authority/revocationList.ts';
import type { FaultWord } from '../../../../terms/factWords.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { AllowedOutcome, Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { intermediateFile } from '../../../platform/keys/createKeys.ts';
import type { Authorities } from '../../../platform/keys/hubKeys.ts';
import { currentRoot } from '../../../identity/directory/currentRoot.ts';
import { acceptRoot, storeIntermediate, storeRootList } from '../../../identity/store/authorities.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

type Requested = components['schemas']['AuthorityReplacementAsked'];

/**
 * The replacement that waits for the second person, with the data to review: the key owner, the validity period, and the serials that the
 * root revokes.
 */
export interface StoredReplacement extends Requested {
  /** pin of another root, as `datong hub authority root` printed it */
  readonly pin?: string;
  /** id of the key, as `datong hub authority request` and `sign` showed it; absent: a revocation list alone */
  readonly id?: string;
  readonly serial?: string;
  /** RFC 3339 */
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** serials of revoked authorities */
  readonly revoked: readonly string[];
  /** RFC 3339: end of the list's validity; afterwards no connection is accepted */
  readonly listUntil: string;
}

const text = (moment: number): string => new Date(moment).toISOString();

/** The issuing root: the current root, or another one that is to replace it. @throws Problem authority_unsuitable */
function speakerOf(
  { root }: Requested,
  { keys: { authority }, hub }: Pick<Services, 'keys' | 'hub'>,
): string {
  if (root === undefined) return authority.rootCertificate;
  if (!isRootOf(root, hub.name)) throw unsuitable('not the root of this hub');
  if (pinOf(root) === pinOf(authority.rootCertificate)) throw unsuitable('it is the current root');
  return root;
}

/** @throws Problem authority_malformed, authority_foreign, authority_unsuitable */
async function storedReplacement(
  requested: Requested,
  services: Pick<Services, 'keys' | 'hub'>,
): Promise<StoredReplacement> {
  const { root, certificate, revocationList, reason } = requested;
  const speaker = speakerOf(requested, services);
  const list = await readRevocationList(revocationList, speaker);
  const read = certificate === undefined ? undefined : readIntermediate(certificate, speaker);
  return {
    ...(root === undefined ? {} : { root, pin: pinOf(root) }),
    revocationList,
    reason,
    revoked: serialsOf(list),
    listUntil: text(list.nextUpdate),
    ...(read === undefined
      ? {}
      : {
          certificate: read.certificate,
          id: read.id,
          serial: read.serial,
          notBefore: text(read.notBefore),
          notAfter: text(read.notAfter),
        }),
  };
}

/**
 * Accepts the root's latest documents: another intermediate authority, a list that revokes one, or both. A second person, of the data
 * office, accepts. Every process reads the new authority from the database, and signing processes use it as soon as its certificate is
 * valid. Another root is accepted in the same way. It takes over with its key folder when the processes are restarted.
 * @throws Problem authority_malformed, authority_foreign, authority_unsuitable, keys_missing if its key is not in this process's folder
 */
export const replaceAuthority = proposable('replaceAuthority', {
  permission: { operator: everywhere, 'office security': own },
  owner: ofOffice,
  secondPerson: true,
  bodyToStore: (call, services) => storedReplacement(call.body, services),
  run: async (call, services, _) => {
    const requested = call.body;
    if (requested.root !== undefined) return acceptAnotherRoot(call, requested, services);
    const { authority } = services.keys;
    const { certificate, revocationList, reason } = requested;
    const list = await readRevocationList(revocationList, authority.rootCertificate);
    const read =
      certificate === undefined ? undefined : readIntermediate(certificate, authority.rootCertificate);
    const newer = list.number > authority.rootList.number;
    const known = read === undefined || authority.all().some(({ serial }) => serial === read.serial);
    const isCurrent = !newer && known && revocationList === authority.rootRevocationList;
    // after restoring an older archive, only the key folder has this authority; its list may already be valid
    const back =
      revocationList === authority.rootRevocationList &&
      authority.unvouched().some(({ serial }) => serial === read?.serial);
    if (!isCurrent) refuse(authority, { ...list, newer: newer || back }, read, call.now);
    const { number } = list;
    const root = await ownRoot(services);
    const digest = digestOf({ certificate: read?.certificate ?? '', revocationList, reason });
    return registered({
      kind: 'Authority',
      id: read === undefined ? `list-${number}` : `intermediate-${read.id}`,
      digest,
      registered: isCurrent ? digest : undefined,
      versioned: false,
      work: async (transaction) => {
        if (read !== undefined) await storeIntermediate(transaction, { ...read, root }, call.exchange);
        await storeRootList(transaction, { root, number, list: revocationList }, call.exchange);
      },
      change: {
        reason,
        list: number,
        listUntil: text(list.nextUpdate),
        ...(read === undefined
          ? {}
          : { serial: read.serial, notBefore: text(read.notBefore), notAfter: text(read.notAfter) }),
        ...(list.revoked.length === 0 ? {} : { revoked: serialsOf(list).join(' ') }),
      },
    });
  },
});

/** Number of the root of this process. @throws Problem authority_foreign if another root replaced it in the meantime */
async function ownRoot(services: Services): Promise<number> {
  const own = pinOf(services.keys.authority.rootCertificate);
  const { nth, pin } = await currentRoot(services, own);
  if (pin !== undefined && pin !== own) throw new Problem('authority_foreign', { what: 'certificate' });
  return nth;
}

/** Checks that the new root is complete and valid now: a hub that accepted an unusable root could not start. @throws Problem authority_… */
async function acceptAnotherRoot(
  call: Call<StaffCaller>,
  requested: Requested,
  services: Services,
): Promise<AllowedOutcome> {
  const { certificate, revocationList, reason } = requested;
  const root = speakerOf(requested, services);
  const list = await readRevocationList(revocationList, root);
  if (certificate === undefined) throw unsuitable('no certificate came with another root');
  const read = readIntermediate(certificate, root);
  refuseUnready(list, call.now);
  const { validTo, publicKey } = new X509Certificate(root);
  if (read.notAfter <= call.now || Date.parse(validTo) <= call.now) throw unsuitable('it has ended');
  if (read.notBefore > call.now) throw unsuitable('it counts only later');
  if (list.revoked.some(({ serial }) => serial === read.serial))
    throw unsuitable('it is revoked by the list that came with it');
  const pin = pinOf(root);
  const after = await ownRoot(services);
  return registered({
    kind: 'Authority',
    id: `root-${authorityId(publicKey)}`,
    digest: digestOf({ root: pin, certificate: read.certificate, revocationList, reason }),
    registered: undefined,
    versioned: false,
    work: (transaction) => acceptRoot(transaction, { after, pin }, call.exchange),
    // the take-over is compared with this entry, so the entry contains everything relevant
    change: {
      reason,
      root: pin,
      after,
      serial: read.serial,
      intermediate: read.id,
      list: list.number,
      revoked: serialsOf(list).join(' '),
    },
  });
}

/** @throws Problem authority_unsuitable */
function refuseUnready(list: ReadList, now: number): void {
  if (list.thisUpdate > now)
    throw unsuitable('the list begins later: the clock of the offline machine is ahead');
  if (list.nextUpdate <= now) throw unsuitable('the list has ended');
}

/** @throws Problem authority_unsuitable, keys_missing */
function refuse(
  authority: Authorities,
  list: ReadList & { readonly newer: boolean },
  read: ReadIntermediate | undefined,
  now: number,
): void {
  if (!list.newer) throw unsuitable('the list is older than the one that counts');
  refuseUnready(list, now);
  refuseForgetful(list, serialsOf(authority.rootList));
  const revoked = new Set(serialsOf(list));
  if (read !== undefined) {
    if (read.notAfter <= now) throw unsuitable('it has ended');
    if (revoked.has(read.serial)) throw unsuitable('it is revoked by the list that came with it');
    if (authority.all().some(({ id, serial }) => id === read.id && serial !== read.serial))
      throw unsuitable('its key served before');
    const others = authority.all().filter(({ serial }) => serial !== read.serial && !revoked.has(serial));
    if (others.some(({ notBefore }) => notBefore >= read.notBefore))
      throw unsuitable('another one begins after it');
    if (!authority.holds(read.id))
      throw new Problem('keys_missing', { file: intermediateFile(read.id, 'pem') });
  }
  const signs = [...authority.issuers(now), ...(read === undefined ? [] : [read])].some(
    ({ serial, notBefore }) => notBefore <= now && !revoked.has(serial),
  );
  if (!signs) throw unsuitable('the list revokes the authority that signs now');
}

const unsuitable = (what: FaultWord): Problem => new Problem('authority_unsuitable', { what });
