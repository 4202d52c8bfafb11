/** Common checks of offering and accepting a signature. */
import { parsePolicyDocument } from '../../../../policies/documents/parseDocument.ts';
import type { PolicyDocument } from '../../../../policies/documents/storedDocument.ts';
import { Problem } from '../../../../terms/problem.ts';
import { isSamePerson } from '../../../domain/standIn.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { effectTogether } from '../../../registry/compileTogether.ts';
import {
  isMandated,
  policyDocumentVersions,
  type PolicyDocumentRow,
} from '../../../registry/store/policy/policyDocuments.ts';
import { effectAccepted } from '../../agreements/operations/approvePolicyDocument.ts';
import { refuseDoneOnBehalf } from '../../common/onBehalfOf.ts';
import type { Services } from '../../common/services.ts';
import { signableBy, type Signable } from './signableBy.ts';

export interface Signing {
  readonly row: PolicyDocumentRow;
  readonly document: PolicyDocument;
  readonly signable: Signable;
}

/**
 * Returns the waiting document, as shown to the caller, and the mandate by which the caller may sign it.
 * @param seen digests of the text and of the effect that were shown
 * @param role the side, if the caller may sign for several
 * @throws Problem not_found, version_exists (another text was read), transition_not_allowed, four_eyes (the caller submitted it),
 *   effect_not_accepted, mandate_refused, both_sides
 */
export async function signingOf(
  call: Call<StaffCaller>,
  seen: { readonly digest: string; readonly effect: string; readonly role: string | undefined },
  services: Services,
): Promise<Signing> {
  const { app } = services.database;
  const versions = await policyDocumentVersions(app, call.params['document'] ?? '');
  const row = versions.find(({ version }) => version === Number(call.params['version']));
  if (row === undefined) throw new Problem('not_found');
  const what = `${row.kind} ${row.id}@${row.version}` as const;
  if (row.digest !== seen.digest) throw new Problem('version_exists', { what });
  if (row.state !== 'submitted')
    throw new Problem('transition_not_allowed', { what, state: row.state, act: 'sign' });
  if (isSamePerson(call.caller, row.author)) throw new Problem('four_eyes');
  await refuseDoneOnBehalf(call.caller, { document: row }, services);
  const document = parsePolicyDocument(row.text, what);
  const { found, reason, department } = await signableBy(call.caller, { row, document }, call.now, services);
  const signable = found.find(({ party }) => seen.role === undefined || party.role === seen.role);
  if (signable === undefined) throw new Problem('mandate_refused', { department, reason });
  refuseBothSides(call.caller, row, signable.party.role);
  const { digest, unions } = await effectTogether(app, document, call.now);
  // the approver checks when it comes into force and which calls then fail: the signature may wait for that day
  effectAccepted({ digest, unions, gap: undefined }, seen.effect, call.caller.department, services);
  return { row, document, signable };
}

/**
 * One person cannot represent both sides: neither by two mandates, nor if the other side was signed by their deputy or by the steward they
 * deputize for.
 * @param role of the side the caller signs for
 * @throws Problem both_sides
 */
function refuseBothSides(caller: StaffCaller, { signatures }: PolicyDocumentRow, role: string): void {
  const other = signatures.find(
    (one) => isMandated(one) && one.role !== role && isSamePerson(caller, one.person),
  );
  if (other !== undefined) throw new Problem('both_sides', { department: other.department });
}
