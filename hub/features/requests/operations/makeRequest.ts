import type { RequestEvent, RequestActContent } from '../../../domain/requests/requestLife.ts';
import { allowed } from '../../../pipeline/call.ts';
import { procedureForNewRequest } from '../store/procedures.ts';
import { appendRequestEvent, insertRequest, nextRequestId, type StoredRequest } from '../store/requests.ts';
import { requestFacts } from './requestFacts.ts';
import { requestView, currentState } from './showRequest.ts';
import { writeGrant } from './writeGrant.ts';
import { own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { checkPseudonyms } from '../../agreements/operations/checkPseudonyms.ts';
import { consumersOf, checkNumber } from '../../agreements/operations/parties.ts';
import { operation } from '../../common/operation.ts';
import type { components } from '../../../../api/openapi.ts';
import { consumerOf, type Agreement } from '../../../../policies/documents/agreement.ts';
import { parseAgreement } from '../../../../policies/documents/parseDocument.ts';
import { Problem } from '../../../../terms/problem.ts';
import { effectTogether } from '../../../registry/compileTogether.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { policyDocumentVersions } from '../../../registry/store/policy/policyDocuments.ts';
import { refuseGap } from '../../agreements/operations/activate.ts';
import { writeAutomatic } from '../../agreements/operations/automatic.ts';
import { checkSharing } from '../../agreements/operations/submitPolicyDocument.ts';
import { versionNotNext } from '../../common/versionNotNext.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';

/**
 * POST /v1/requests: a steward submits a request for their department. It asks for an agreement, which must compile together with what is
 * in force before a reviewer reads it. The procedure in force now applies to the request until it ends.
 * @throws Problem of `requestedAgreement`, text_identity_number
 */
export const makeRequest = operation('makeRequest', {
  kind: 'management',
  permission: { 'office steward': own, steward: own },
  owner: (call) => {
    const { document = {}, automatic } = call.body;
    const [consumer] = consumersOf(automatic ?? document);
    return anyOf(consumer);
  },
  run: async (call, services) => {
    const body = call.body;
    const { app } = services.database;
    refuseIdentityNumbers({ papers: body.papers });
    const agreement = await requestedAgreement(app, body, call.now);
    const { papers } = body;
    const { person, insteadOf } = call.caller;
    const made: RequestEvent = {
      seq: 1,
      act: 'make',
      person,
      at: call.now,
      document: agreement.canonical,
      papers,
      ...(insteadOf.length === 0 ? {} : { insteadOf }),
    };
    const request: StoredRequest = {
      id: await nextRequestId(app),
      consumer: consumerOf(agreement),
      provider: agreement.provider,
      agreement: agreement.id,
      version: agreement.version,
      procedure: (await procedureForNewRequest(app)) ?? null,
      unconditional: body.automatic !== undefined,
      events: [{ ...made, exchange: call.exchange }],
      agreementState: null,
    };
    const current = currentState(request, call.now);
    const granted = current.state === 'approved' ? await writeGrant(app, current, call) : undefined;
    const after = { ...request, agreementState: granted?.state ?? null };
    return allowed<'makeRequest'>(201, requestView(after, services.identity.persons(), call.now), {
      facts: requestFacts(after, made, current),
      work: async (transaction) => {
        await insertRequest(transaction, request, call.exchange);
        await appendRequestEvent(transaction, request.id, made, call.exchange);
        await granted?.work(transaction, request.id);
      },
      bumpsEpoch: granted?.atOnce === true,
    });
  },
});

type Requested = Pick<components['schemas']['DataRequest'], 'document' | 'automatic'>;

/**
 * The agreement that is asked for: compiled together with what is in force, on data that is shared, as the next version of its name.
 * @throws Problem request_unfit, policy_invalid, policy_does_not_compile, sharing_refused, sharing_not_unconditional,
 *   sharing_without_entry, parties_differ, version_not_next, answers_would_break, text_identity_number
 */
export async function requestedAgreement(
  pool: Pool,
  { document, automatic }: Requested,
  now: number,
): Promise<Agreement> {
  const agreement =
    automatic === undefined ? parseAgreement(document, 'document') : await writeAutomatic(pool, automatic);
  // only the hub writes automatic agreements
  if (automatic === undefined && agreement.automatic === true) throw new Problem('automatic_by_hub_only');
  if (agreement.approval !== undefined) throw new Problem('approval_by_import_only');
  const versions = await policyDocumentVersions(pool, agreement.id);
  await checkNumber(pool, agreement, versions);
  const expected = (versions.at(-1)?.version ?? 0) + 1;
  if (agreement.version !== expected)
    throw versionNotNext(`Agreement ${agreement.id}`, expected, agreement.version);
  await checkSharing(pool, agreement);
  const effect = await effectTogether(pool, agreement, now);
  await checkPseudonyms(pool, agreement, effect);
  // it will be in force at once, without a person who reviews its effect
  if (automatic !== undefined) refuseGap(effect);
  return agreement;
}

/** The texts of a request are stored and printed, so they must not identify a person. @throws Problem text_identity_number */
export function refuseIdentityNumbers({ papers, reason, missing = [], wouldGrant }: RequestActContent): void {
  const texts = [
    ...[papers?.reason, papers?.volume, reason, wouldGrant],
    ...missing.flatMap(({ item, note }) => [item, note]),
  ];
  if (texts.some((text) => text !== undefined && holdsIdentityNumber(text)))
    throw new Problem('text_identity_number');
}
