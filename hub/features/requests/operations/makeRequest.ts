import type { RequestEvent } from '../../../domain/requests/requestEvent.ts';
import { allowed } from '../../../pipeline/call.ts';
import { consumerOf } from '../../../registry/policyParties.ts';
import { newestProcedure } from '../store/procedures.ts';
import { appendRequestEvent, insertRequest, nextRequestId, type KeptRequest } from '../store/requests.ts';
import { askedAgreement } from './askedAgreement.ts';
import { refuseIdentityNumbers } from './refuseIdentityNumbers.ts';
import { requestFacts } from './requestFacts.ts';
import { requestView } from './requestView.ts';
import { standingNow } from './standingNow.ts';
import { writeGrant } from './writeGrant.ts';
import { own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { consumersOf } from '../../agreements/operations/parties.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/requests: a steward asks for her department. What is asked for is an agreement, so it compiles with what is in force before
 * anybody has to read it; the procedure that holds now holds for it to its end.
 * @throws Problem of `askedAgreement`, text_identity_number
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
    const agreement = await askedAgreement(app, body, call.now);
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
    const request: KeptRequest = {
      id: await nextRequestId(app),
      consumer: consumerOf(agreement),
      provider: agreement.provider,
      agreement: agreement.id,
      version: agreement.version,
      procedure: (await newestProcedure(app)) ?? null,
      unconditional: body.automatic !== undefined,
      events: [{ ...made, exchange: call.exchange }],
      agreementState: null,
    };
    const standing = standingNow(request, call.now);
    const granted = standing.state === 'approved' ? await writeGrant(app, standing, call) : undefined;
    const after = { ...request, agreementState: granted?.state ?? null };
    return allowed<'makeRequest'>(201, requestView(after, services.identity.persons(), call.now), {
      facts: requestFacts(after, made, standing),
      work: async (transaction) => {
        await insertRequest(transaction, request, call.exchange);
        await appendRequestEvent(transaction, request.id, made, call.exchange);
        await granted?.work(transaction, request.id);
      },
      bumpsEpoch: granted?.atOnce === true,
    });
  },
});
