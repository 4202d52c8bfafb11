/** Determines for which sides a person may sign a waiting document, by which mandate, and the reason if they may not. */
import {
  covers,
  holdsAt,
  mandateDigest,
  mandateText,
  type Mandate,
} from '../../../../certs/mandates/mandate.ts';
import type { PolicyDocument } from '../../../../policies/documents/storedDocument.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { datasetsOf, outOfScope } from '../../../registry/mandatedSignature.ts';
import { requiredParties, type Party } from '../../../registry/policyContext.ts';
import { mandatesOf, type MandateRow } from '../../../identity/store/mandates.ts';
import { isMandated, type PolicyDocumentRow } from '../../../registry/store/policy/policyDocuments.ts';
import { ownerOf } from '../../../identity/owners.ts';
import type { Services } from '../../common/services.ts';
import { loadedMandates, type LoadedMandate } from './loadedMandates.ts';
import { mandateIn, stateOf } from './mandates.ts';

export interface Signable {
  readonly party: Party;
  readonly row: MandateRow;
  readonly mandate: Mandate;
  /** hex SHA-256 of the mandate's content */
  readonly digest: string;
}

interface Document {
  readonly row: PolicyDocumentRow;
  readonly document: PolicyDocument;
}

/**
 * The sides that the caller may sign for, each by one mandate. A side that its department signed with its own key needs no further
 * signature.
 * @returns the sides, and the reason why no mandate fits if there is none
 */
export async function signableBy(
  caller: StaffCaller,
  shown: Document,
  now: number,
  services: Services,
): Promise<SignableFound> {
  return signableUnder(await ownMandates(caller, services), caller, shown, now, services);
}

interface SignableFound {
  readonly found: readonly Signable[];
  readonly reason: Bilingual;
  readonly department: string;
}

/** Mandates that name the person, verified by the hub. */
export const ownMandates = async (
  { person }: StaffCaller,
  services: Services,
): Promise<readonly LoadedMandate[]> =>
  loadedMandates(await mandatesOf(services.database.app, person), services);

/** The same for many documents; the mandates are read once. */
export function signableUnder(
  mandates: readonly LoadedMandate[],
  caller: StaffCaller,
  { row, document }: Document,
  now: number,
  services: Services,
): SignableFound {
  const parties = requiredParties(document, services.identity.departments());
  const found: Signable[] = [];
  let reason: Bilingual = { zh: '没有给您的授权书', en: 'no mandate is in your name' };
  let department = parties[0]?.department ?? '–';
  for (const given of mandates) {
    department = given.department;
    if (given.altered) {
      reason = altered;
      continue;
    }
    const mandate = mandateIn(given);
    const party = parties.find((one) => covers(mandate, { ...one, datasets: datasetsOf(document) }));
    const fault =
      party === undefined
        ? outOfScope
        : (faultOfMandate(given, mandate, caller, now, services) ?? faultOfSide(party, row));
    if (fault !== undefined) reason = fault;
    else if (party !== undefined && !found.some((one) => one.party.role === party.role))
      found.push({ party, row: given, mandate, digest: mandateDigest(Buffer.from(mandateText(mandate))) });
  }
  return { found, reason, department };
}

/** The reason why a person may not sign by a mandate now. @param now Unix milliseconds */
function faultOfMandate(
  row: LoadedMandate,
  mandate: Mandate,
  caller: StaffCaller,
  now: number,
  { identity, hub }: Services,
): Bilingual | undefined {
  if (row.revokedAt !== null) return revoked;
  if (row.person !== caller.person)
    return { zh: '授权书给的是另一个人', en: 'the mandate is another person’s' };
  if (!holdsAt(mandate, now))
    return { zh: '授权书不在有效期内', en: 'the mandate does not hold at this time' };
  if (stateOf(row, now, identity) === 'keyRevoked') return keyEnded;
  if (mandate.console !== hub.staff.origin)
    return { zh: '授权书写的是另一个控制台地址', en: 'the mandate names another console' };
  const owner = ownerOf(identity, mandate.department);
  const decides = caller.grants.some(
    ({ role, department }) =>
      (role === 'steward' || role === 'security') && ownerOf(identity, department) === owner,
  );
  return decides
    ? undefined
    : { zh: '您在该部门已没有相应角色', en: 'you have no role in that department any more' };
}

export const altered: Bilingual = {
  zh: '授权书的记录与其签名或日志不符',
  en: 'the record of the mandate is not what was signed and handed in',
};
export const revoked: Bilingual = { zh: '授权书已撤销', en: 'the mandate is revoked' };
export const keyEnded: Bilingual = {
  zh: '签署授权书的密钥已失效',
  en: 'the key that signed the mandate is no longer in force',
};

function faultOfSide(party: Party, { signatures }: PolicyDocumentRow): Bilingual | undefined {
  return signatures.some((one) => one.role === party.role && !isMandated(one))
    ? { zh: '该部门已用签名密钥签署', en: 'the department has signed with its own key' }
    : undefined;
}
