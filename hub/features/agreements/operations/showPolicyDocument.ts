import type { components } from '../../../../api/openapi.ts';
import { parsePolicyDocument } from '../../../../policies/documents/parseDocument.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { allowed, type Call } from '../../../pipeline/call.ts';
import { viewsWith, type JointView } from '../../../../policies/joint/jointViews.ts';
import type { PolicyDocument } from '../../../../policies/documents/storedDocument.ts';
import { isSamePerson } from '../../../domain/standIn.ts';
import { signableBy } from '../../mandates/operations/signableBy.ts';
import { stopSides } from '../../../domain/stops.ts';
import { effectTogether } from '../../../registry/compileTogether.ts';
import {
  isMandated,
  listPolicyDocumentsInForce,
  policyDocumentVersions,
  type PolicyDocumentRow,
} from '../../../registry/store/policy/policyDocuments.ts';
import { stopReasons } from '../../../registry/store/policy/stops.ts';
import { requestOfDocument } from '../../requests/store/requestOfDocument.ts';
import type { Services } from '../../common/services.ts';
import { requiredParties } from '../../../registry/policyContext.ts';
import { missingParties } from './parties.ts';
import { reportedStops } from './suspendAgreement.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { seen } from '../../../domain/cells.ts';
import { ofAgreementParties } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { defined } from '../../../../terms/defined.ts';

/**
 * Returns what an approver must see: the text, the signatures with their keys, and what it would loosen and tighten if it came into force
 * now.
 * @throws Problem not_found; policy_does_not_compile if it no longer compiles together with the policy in force
 */
export const showPolicyDocument = operation('showPolicyDocument', {
  kind: 'inspect',
  permission: seen,
  owner: ofAgreementParties,
  run: async (call, services) => {
    const versions = await policyDocumentVersions(services.database.app, call.params.document);
    const row = versions.find(({ version }) => version === Number(call.params.version));
    if (row === undefined) throw new Problem('not_found');
    const document = parsePolicyDocument(row.text, `${row.id}@${row.version}`);
    const missing =
      row.state === 'submitted'
        ? missingParties(requiredParties(document, services.identity.departments()), row.signatures)
        : [];
    const signable = await signableNow(call, { row, document }, services);
    const effect = await effectTogether(
      services.database.app,
      document,
      call.now,
      listPolicyDocumentsInForce,
    );
    const { id, version, kind, state, digest, text, author, writtenAgainst } = row;
    const requested = await requestOfDocument(services.database.app, row);
    const stopped = stopSides.filter((side) => row.stops[side] !== undefined);
    const reasons = reportedStops(row.stops, await stopReasons(services.database.app, [row.stops]));
    const body = {
      id,
      version,
      kind,
      state,
      digest,
      text,
      author,
      writtenAgainst,
      ...namesOfIds(services.identity, { author }),
      ...(stopped.length === 0 ? {} : { stopped, reasons }),
      ...(missing.length === 0 ? {} : { missing: missing.map((party) => party.department) }),
      ...defined({ request: requested }),
      // signatures by mandate are returned in full, so that the approver can verify them independently
      signatures: row.signatures.map((one) => {
        const { role, department, keyid } = one;
        if (!isMandated(one)) return { role, department, keyid };
        const { person, mandate, artefact, evidence } = one;
        return {
          role,
          department,
          keyid,
          person,
          mandate,
          artefact,
          evidence: evidence as components['schemas']['PasskeyEvidence'],
        };
      }),
      ...(signable.length === 0 ? {} : { signable }),
      effect: {
        digest: effect.toApprove,
        toSign: effect.digest,
        loosens: effect.loosens,
        tightens: effect.diff.cells.filter((cell) => cell.kind === 'tightened' || cell.kind === 'removed'),
        unions: unionsSeenBy(call.caller, effect.unions),
        ...defined({ gap: effect.gap }),
      },
    };
    return allowed<'showPolicyDocument'>(200, body, {
      facts: { change: { document: `${id}@${version}`, digest } },
    });
  },
});

/** The departments for which the caller may sign by passkey, as far as this is known before signing. */
async function signableNow(
  { caller, now }: Call<StaffCaller>,
  shown: { readonly row: PolicyDocumentRow; readonly document: PolicyDocument },
  services: Services,
) {
  if (shown.row.state !== 'submitted' || isSamePerson(caller, shown.row.author)) return [];
  const { found } = await signableBy(caller, shown, now, services);
  return found.map(({ party: { role, department }, row: { id } }) => ({ role, department, mandate: id }));
}

/** The data office sees what agreements reveal together; a department sees the unions that include its own parts. */
export function unionsSeenBy({ grants }: StaffCaller, unions: readonly JointView[]): readonly JointView[] {
  if (grants.some(({ department }) => department === undefined)) return unions;
  const own = new Set(grants.map(({ department }) => department));
  return viewsWith(unions, ({ provider, consumer }) => own.has(provider) || own.has(consumer));
}
