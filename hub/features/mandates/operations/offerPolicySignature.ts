import { createHash } from 'node:crypto';
import { challengeOf, type SigningStatement } from '../../../../certs/mandates/passkeySignature.ts';
import { canonicalJson } from '../../../../terms/canonicalJson.ts';
import { unlogged } from '../../../pipeline/call.ts';
import { signingOf } from './signing.ts';
import { own } from '../../../domain/cells.ts';
import { ofAgreementParties } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * Returns the statement for the person's device to sign: document, effect, side and mandate. Nothing is stored: its challenge carries the
 * hub's MAC over the rest.
 * @throws Problem those of signingOf
 */
export const offerPolicySignature = operation('offerPolicySignature', {
  kind: 'inspect',
  permission: { 'office steward': own, 'office security': own, steward: own, security: own },
  owner: ofAgreementParties,
  run: async (call, services) => {
    const { digest, effect, role: side } = call.body;
    const { row, signable } = await signingOf(call, { digest, effect, role: side }, services);
    const { role, department } = signable.party;
    const requested: Omit<SigningStatement, 'offer'> = {
      v: 1,
      act: 'sign',
      document: `${row.id}@${row.version}`,
      digest,
      effect,
      role,
      department,
      mandate: signable.digest,
      person: call.caller.person,
      at: new Date(call.now).toISOString(),
    };
    const offer = services.identity.sessions.signatureOffer(digestOf(requested), call.now);
    const statement: SigningStatement = { ...requested, offer };
    const { hostname } = new URL(services.hub.staff.origin);
    return unlogged<'offerPolicySignature'>(200, {
      statement,
      publicKey: {
        challenge: challengeOf(statement),
        rpId: hostname,
        timeout: 300_000,
        userVerification: 'required',
      },
    });
  },
});

/** Hex SHA-256 of a statement without its challenge. */
export const digestOf = (requested: Omit<SigningStatement, 'offer'>): string =>
  createHash('sha256')
    .update(canonicalJson({ ...requested }))
    .digest('hex');
