/** Whose signatures a policy document needs, and whether those it has are theirs. */
import type { Bilingual } from '../../../../terms/bilingual.ts';
import type { FaultWord } from '../../../../terms/factWords.ts';
import type { components } from '../../../../api/openapi.ts';
import { verifyJws } from '../../../../certs/jws.ts';
import { verificationKey } from '../../../../certs/signatures/index.ts';
import type { PolicyDocument } from '../../../../policies/documents/storedDocument.ts';
import { Problem } from '../../../../terms/problem.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { isObject } from '../../../../policies/masks/rows/fieldPath.ts';
import { policySignatureType, type Party } from '../../../registry/policyParties.ts';
import type { PolicySignature } from '../../../registry/store/policy/policyDocuments.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { listSigningKeys } from '../../../identity/store/signingKeys.ts';

/** Whom a submission concerns, as it says itself; the document is not parsed yet. A restriction is the data office's. */
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

/** The consumer that a document names, as it says itself; none where it names none. */
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
 * Checks each signature: over the canonical text, by a key in force of the very department that has that role.
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
