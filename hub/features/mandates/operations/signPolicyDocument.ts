import { createHash } from 'node:crypto';
import { challengeOf, type PasskeyEvidence } from '../../../../certs/mandates/passkeySignature.ts';
import { canonicalJson, type CanonicalValue } from '../../../../terms/canonicalJson.ts';
import { Problem } from '../../../../terms/problem.ts';
import { DecideAfresh } from '../../../pipeline/call.ts';
import { verifyMandated } from '../../../registry/mandatedSignature.ts';
import { requiredParties } from '../../../registry/policyContext.ts';
import {
  setPolicySignatures,
  type MandatedSignature,
} from '../../../registry/store/policy/policyDocuments.ts';
import { missingParties } from '../../agreements/operations/parties.ts';
import { answer } from '../../agreements/operations/submitPolicyDocument.ts';
import { digestOf } from './offerPolicySignature.ts';
import { signingOf } from './signing.ts';
import { own } from '../../../domain/cells.ts';
import { ofAgreementParties } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * Records the department's signature by the passkey of the mandated person. All data needed to verify it is stored, and the entry contains
 * its digest. It replaces an earlier signature by mandate, but never one by the department's key.
 * @throws Problem those of signingOf; mandate_refused if the statement is for something else; challenge_invalid, passkey_invalid
 */
export const signPolicyDocument = operation('signPolicyDocument', {
  kind: 'management',
  permission: { 'office steward': own, 'office security': own, steward: own, security: own },
  owner: ofAgreementParties,
  run: async (call, services) => {
    const { statement, assertion } = call.body;
    const { identity, hub } = services;
    const { digest, effect, role } = statement;
    const { row, document, signable } = await signingOf(call, { digest, effect, role }, services);
    const { party, mandate } = signable;
    const { offer, ...requested } = statement;
    const named =
      statement.document === `${row.id}@${row.version}` &&
      statement.department === party.department &&
      statement.mandate === signable.digest &&
      statement.person === call.caller.person;
    if (!named)
      throw refused(party.department, {
        zh: '所签内容不是给您的这份授权书下的这份文件',
        en: 'what was signed is not this document by this mandate of yours',
      });
    const { id, ...response } = assertion;
    const answered = await identity.sessions.answeredByPasskey(
      call.caller.person,
      { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response },
      { signed: digestOf(requested), offer, challenge: challengeOf(statement) },
      call.now,
      hub.staff.origin,
    );
    const { authenticatorData, clientDataJSON, signature } = assertion;
    const { publicKey } = answered;
    const evidence: PasskeyEvidence = { statement, publicKey, authenticatorData, clientDataJSON, signature };
    const made: MandatedSignature = {
      ...party,
      keyid: signable.row.keyid,
      person: call.caller.person,
      mandate: signable.row.id,
      artefact: signable.row.jws,
      evidence,
    };
    const verified = await verifyMandated(made, { document, party }, (keyid, of) =>
      identity.keyInForce(keyid, of),
    );
    if ('fault' in verified) throw refused(party.department, verified.fault);
    const signatures = [...row.signatures.filter((one) => one.role !== party.role), made];
    const missing = missingParties(requiredParties(document, identity.departments()), signatures);
    return answer(200, row, missing, true, {
      change: {
        act: 'sign',
        role,
        department: party.department,
        person: made.person,
        mandate: made.mandate,
        effect,
        passkey: mandate.passkey,
        signature: evidenceDigest(evidence),
      },
      work: async (transaction) => {
        await answered.work(transaction);
        const { id: name, version, signatures: before } = row;
        // the other party signed in the meantime, or the document was decided: read it again
        if (!(await setPolicySignatures(transaction, { id: name, version, before, signatures })))
          throw new DecideAfresh();
      },
    });
  },
});

const refused = (department: string, reason: { readonly zh: string; readonly en: string }): Problem =>
  new Problem('mandate_refused', { department, reason });

/** Hex SHA-256 of the stored evidence as canonical JSON. */
const evidenceDigest = (evidence: PasskeyEvidence): string =>
  createHash('sha256')
    .update(canonicalJson(evidence as unknown as CanonicalValue))
    .digest('hex');
