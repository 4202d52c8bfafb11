import type { components } from '../../../api/openapi.ts';
import { parsePolicyDocument } from '../../../policies/documents/parseDocument.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { effectTogether } from '../../registry/effectTogether.ts';
import { policyDocumentVersions } from '../../store/policy/policyDocuments.ts';
import type { Services } from '../services.ts';
import { checkNumber } from './sameParties.ts';
import { unionsSeenBy } from './showPolicyDocument.ts';
import { checkSharing } from './submitPolicyDocument.ts';

/**
 * POST /v1/policy/trials: what submitting it would be refused for, and what approving it would change.
 * @throws Problem policy_invalid, parties_differ, policy_does_not_compile, unknown_reference, sharing_refused
 */
export async function tryPolicyDocument(call: Call<StaffCaller>, { database }: Services): Promise<Outcome> {
  const body = call.body as components['schemas']['WrittenDocument'];
  const document = parsePolicyDocument(body.document, 'document');
  await checkNumber(database.app, document, await policyDocumentVersions(database.app, document.id));
  if (document.kind === 'Agreement') await checkSharing(database.app, document);
  const effect = await effectTogether(database.app, document, call.now);
  const tried = {
    ...{ document: effect.document, tightening: effect.tightens, loosens: effect.loosens },
    tightens: effect.diff.cells.filter(({ kind }) => kind === 'tightened' || kind === 'removed'),
    unions: unionsSeenBy(call.caller, effect.unions),
    ...(effect.gap === undefined ? {} : { gap: effect.gap }),
  };
  return allowed(200, tried, { facts: { change: { document: effect.document } } });
}
