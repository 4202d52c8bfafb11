/** Determines whose signatures a policy document needs, and checks that its signatures belong to those parties. */
import { consumerOf } from '../../../../policies/documents/agreement.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import type { FaultWord } from '../../../../terms/factWords.ts';
import type { components } from '../../../../api/openapi.ts';
import { verifyJws } from '../../../../certs/jws.ts';
import { verificationKey } from '../../../../certs/signatures/index.ts';
import type { PolicyDocument } from '../../../../policies/documents/storedDocument.ts';
import { Problem } from '../../../../terms/problem.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { policySignatureType, type Party } from '../../../registry/policyContext.ts';
import type { PolicySignature, PolicyDocumentRow } from '../../../registry/store/policy/policyDocuments.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { listSigningKeys } from '../../../identity/store/signingKeys.ts';
import { isAutomaticId } from '../../../../policies/automaticAgreement.ts';
import { listDepartments } from '../../../identity/store/departments.ts';
import { keyApprovalsOf, type KeyApprovalsRow } from '../../../identity/store/keyApprovals.ts';
import { isObject } from '../../../../terms/isObject.ts';

/** The parties that an unparsed submission names. A restriction belongs to the data office. */
export function partiesOfSubmission(
  body: components['schemas']['PolicySubmission'],
): readonly (string | undefined)[] {
  if ('automatic' in body) {
    const { consumer, dataset } = body.automatic;
    return [consumer, providerOf(datasetId(dataset))];
  }
  const { kind, provider, consumer } = body.document as Readonly<Record<string, unknown>>;
  if (kind !== 'Agreement') return [undefined];
  return [...[provider].filter((party) => typeof party === 'string'), ...consumersOf({ consumer })];
}

/** The consumer that a document names; empty if it names none. */
export function consumersOf({ consumer }: Readonly<Record<string, unknown>>): readonly string[] {
  return [isObject(consumer) ? consumer['department'] : consumer].filter(
    (party) => typeof party === 'string',
  );
}

/** Parties that have not signed. */
export const missingParties = (parties: readonly Party[], signatures: readonly PolicySignature[]): Party[] =>
  parties.filter(
    ({ role, department }) =>
      !signatures.some((signature) => signature.role === role && signature.department === department),
  );

/**
 * Checks each signature: over the canonical text, by a key in force of the department in that role.
 * @throws Problem policy_signature_invalid
 */
export async function checkSignatures(
  reader: Reader,
  document: PolicyDocument,
  parties: readonly Party[],
  offered: readonly { readonly role: PolicySignature['role']; readonly jws: string }[],
): Promise<PolicySignature[]> {
  const keys = new Map((await listSigningKeys(reader)).map((row) => [row.keyid, row]));
  const checked: PolicySignature[] = [];
  for (const { role, jws } of offered) {
    const party = parties.find((one) => one.role === role);
    const refuse = (reason: FaultWord | Bilingual): Problem =>
      new Problem('policy_signature_invalid', { department: party?.department ?? role, reason });
    if (party === undefined) throw refuse('no party of this document has that role');
    const verified = await verifyJws(jws, ({ kid }) => {
      const row = keys.get(kid ?? '');
      const held = row?.department === party.department && row.revokedAt === null;
      if (!held || row.state !== 'active') return undefined;
      return verificationKey(row.publicKey);
    }).catch((error: unknown) => {
      throw error instanceof Problem ? refuse('not by a registered key in force of that department') : error;
    });
    if (verified.header.typ !== policySignatureType)
      throw refuse({ zh: `typ 不是 ${policySignatureType}`, en: `typ is not ${policySignatureType}` });
    if (!Buffer.from(verified.payload).equals(Buffer.from(document.canonical))) {
      throw refuse('it covers other bytes than the canonical text');
    }
    checked.push({ ...party, keyid: verified.key.keyid, jws });
  }
  return checked;
}

type Named = Pick<PolicyDocumentRow, 'kind' | 'provider' | 'consumer'>;

/**
 * Checks that a further version has the same kind and the same departments as earlier versions of its number. Otherwise a department could
 * read what others agreed by writing a version, and end their agreement without their consent.
 * @param versions all versions of that number
 * @throws Problem parties_differ, which does not reveal the parties
 */
export function checkSameParties(document: PolicyDocument, versions: readonly Named[]): void {
  const { id, kind } = document;
  const [provider, consumer] =
    document.kind === 'Agreement' ? [document.provider, consumerOf(document)] : [null, null];
  const same = versions.every(
    (one) => one.kind === kind && one.provider === provider && one.consumer === consumer,
  );
  if (!same) throw new Problem('parties_differ', { id });
}

/**
 * Checks that the number may be taken, because the first document of a number owns it. Numbers of the hub (`auto-…`) are reserved, since
 * they are predictable. Numbers that begin with a department's code (`agr-education-…`) are reserved for that department as a consumer.
 * @param versions all versions of that number
 * @throws Problem parties_differ, automatic_by_hub_only, number_of_department
 */
export async function checkNumber(
  reader: Reader,
  document: PolicyDocument,
  versions: readonly Named[],
): Promise<void> {
  checkSameParties(document, versions);
  if (versions.length > 0) return;
  const { id } = document;
  const agreement = document.kind === 'Agreement' ? document : undefined;
  if (isAutomaticId(id) && agreement?.automatic !== true) throw new Problem('automatic_by_hub_only');
  if (!id.startsWith('agr-')) return;
  const [department] = (await listDepartments(reader))
    .map(({ code }) => code)
    .filter((code) => id.startsWith(`agr-${code}-`))
    // `agr-tax-east-7` belongs to tax-east if that department exists, else to tax
    .sort((one, other) => other.length - one.length);
  if (department === undefined || (agreement !== undefined && consumerOf(agreement) === department)) return;
  throw new Problem('number_of_department', { id, department });
}

/**
 * Rejects an agreement if one person could have enrolled the keys of both sides. This is so when one person issued the codes of both
 * departments and no other person confirmed them.
 * @throws Problem keys_of_one_hand; rows_unauthenticated where the row of a key was changed past the hub
 */
export async function checkActingPersons(
  reader: Reader,
  signatures: readonly PolicySignature[],
): Promise<void> {
  const found = await Promise.all(signatures.map(({ keyid }) => keyApprovalsOf(reader, keyid)));
  const keys = found.flatMap((row): readonly KeyApprovalsRow[] => {
    if (row === undefined) throw new Problem('rows_unauthenticated', { table: 'signing_key' });
    return row.issuer === null ? [] : [row];
  });
  const alone = keys.filter(({ confirmedBy }) => confirmedBy === null);
  const [one, ...others] = alone;
  if (one === undefined) return;
  const { department, issuer } = one;
  const other = others.find((key) => key.issuer === issuer && key.department !== department);
  if (other === undefined) return;
  throw new Problem('keys_of_one_hand', {
    departments: `${one.department}, ${other.department}`,
    keyid: other.keyid,
  });
}
