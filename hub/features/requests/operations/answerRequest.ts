import type { ActWord } from '../../../../terms/factWords.ts';
import type { components } from '../../../../api/openapi.ts';
import { consumerOf, type Agreement } from '../../../../policies/documents/agreement.ts';
import { parseAgreement } from '../../../../policies/documents/parseDocument.ts';
import { changesReasons } from '../../../../policies/questions/changesReasons.ts';
import { Problem } from '../../../../terms/problem.ts';
import { answerTimes, officeClock, type AnswerTimes } from '../../../domain/answerTimes.ts';
import { actorsOf, refuseHandedOn, refuseSamePerson, type Actors } from '../../../domain/requests/mayAct.ts';
import type { RequestEvent, RequestActContent } from '../../../domain/requests/requestLife.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { widerCells } from '../../../registry/stoppedBy.ts';
import { isDuplicate } from '../../../platform/database/failure.ts';
import {
  appendRequestEvent,
  requestForNextAct,
  updateRequest,
  type StoredRequest,
} from '../store/requests.ts';
import type { Services } from '../../common/services.ts';
import { requestedAgreement, refuseIdentityNumbers } from './makeRequest.ts';
import { ableAt, refuseUnfitPerson } from './handingOn.ts';
import { requestView, currentState, type CurrentState, placesOf } from './showRequest.ts';
import { requestFacts } from './requestFacts.ts';
import { writeGrant } from './writeGrant.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { ofRequest } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

type Acted = components['schemas']['RequestActed'];

/**
 * POST /v1/requests/{request}/acts: one step in the life of a request, by a person of the side whose turn it is.
 * @throws Problem not_found, transition_not_allowed, not_your_department, four_eyes, return_once, handed_on, hand_on_unfit,
 *   not_the_last_stage, offer_not_narrower, rows_unauthenticated, request_unfit, text_identity_number, and the problems that prevent its
 *   agreement from compiling
 */
export const answerRequest = operation('answerRequest', {
  kind: 'management',
  permission: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  owner: ofRequest,
  run: async (call, services) => {
    const body = call.body;
    const { app } = services.database;
    const request = await requestForNextAct(app, call.params.request);
    if (request === undefined) throw new Problem('not_found');
    const before = currentState(request, call.now);
    const { act, ...actors } = actorsOf(request.id, before, body.act);
    refuseOthers(request, actors, call.caller, services);
    const { actingPersons, insteadOf, person } = call.caller;
    refuseMoved(request, body, act);
    refuseSamePerson(before, act, actingPersons);
    refuseHandedOn(before, act, actingPersons, (one) => ableAt(request, actors, one, services, call.now));
    if (body.act === 'hand-on') refuseUnfitPerson(request, before, actors, body.to, services, call.now);
    const content = await contentOfAct(services, request, before, body, call.now);
    refuseIdentityNumbers(content);
    const instead = insteadOf.length === 0 ? {} : { insteadOf };
    const event: RequestEvent = { ...content, ...instead, seq: before.seq + 1, act, person, at: call.now };
    const events = [...request.events, { ...event, exchange: call.exchange }];
    const current = currentState({ ...request, events }, call.now);
    const granted = current.state === 'approved' ? await writeGrant(app, current, call) : undefined;
    const { version } = parseAgreement(JSON.parse(current.document), request.agreement);
    const after: StoredRequest = { ...request, version, events, agreementState: granted?.state ?? null };
    return allowed<'answerRequest'>(200, requestView(after, services.identity.persons(), call.now), {
      facts: requestFacts(after, event, current, timesOf(request, before, act)),
      work: async (transaction) => {
        try {
          await appendRequestEvent(transaction, request.id, event, call.exchange);
        } catch (error) {
          throw isDuplicate(error) ? movedMeanwhile(request.id, act, error) : error;
        }
        const closed = current.state === 'refused' || current.state === 'withdrawn';
        await updateRequest(transaction, request.id, { closed, version });
        await granted?.work(transaction, request.id);
      },
      bumpsEpoch: granted?.atOnce === true,
    });
  },
});

/** Acts that end the turn of the side that answers. Handing on, or asking for more time, ends no turn. */
const answering: ReadonlySet<string> = new Set(['pass', 'approve', 'return', 'refuse', 'offer']);

/** The time limit of the stage that the act ends. */
function timesOf(request: StoredRequest, { stages, at, deadline }: CurrentState, act: string): AnswerTimes {
  const by = stages[at]?.by;
  if (by === undefined || !answering.has(act)) return {};
  return answerTimes(deadline, by === 'office' ? officeClock : request[by]);
}

/** Reports a concurrent answer: the event number of the second one is taken. */
const movedMeanwhile = (request: string, act: ActWord, cause?: unknown): Problem =>
  new Problem('transition_not_allowed', { what: `request ${request}`, state: 'moved', act }, { cause });

/** Consent is to what the person read: a request with other events may grant other fields by now. @throws Problem transition_not_allowed */
function refuseMoved({ id, events }: StoredRequest, body: Acted, act: ActWord): void {
  if ('seen' in body && body.seen !== events.length) throw movedMeanwhile(id, act);
}

/** @throws Problem not_your_department */
function refuseOthers(
  request: StoredRequest,
  { by, role }: Actors,
  { grants }: StaffCaller,
  services: Services,
): void {
  if (placesOf(request, grants, services).some((one) => one.by === by && one.role === role)) return;
  throw new Problem('not_your_department', { department: by === 'office' ? 'office' : request[by] });
}

async function contentOfAct(
  { database }: Services,
  request: StoredRequest,
  current: CurrentState,
  body: Acted,
  now: number,
): Promise<RequestActContent> {
  switch (body.act) {
    case 'supplement': {
      const { document: changed, papers } = body;
      if (changed === undefined) return { papers };
      const agreement = await requestedAgreement(database.app, { document: changed }, now);
      sameAgreement(request, agreement);
      return { papers, document: agreement.canonical };
    }
    case 'offer': {
      const offered = await requestedAgreement(database.app, { document: body.document }, now);
      sameAgreement(request, offered);
      const requested = parseAgreement(JSON.parse(current.document), request.agreement);
      const [wider] = await widerCells(database.app, requested, offered);
      if (wider !== undefined) throw new Problem('offer_not_narrower', { cell: wider.cell });
      refuseOtherReasons(requested, offered);
      return { reason: body.reason, document: offered.canonical };
    }
    case 'return':
      return { missing: body.missing };
    case 'refuse':
      return { reason: body.reason, wouldGrant: body.wouldGrant };
    case 'hand-on':
      return { reason: body.reason, to: body.to };
    case 'withdraw':
    case 'ask-extension':
      return { reason: body.reason };
    default:
      return {};
  }
}

/** The reasons for fields are the consumer's: an offer repeats those of the fields that it leaves. @throws Problem request_unfit */
function refuseOtherReasons(requested: Agreement, offered: Agreement): void {
  if (!changesReasons(requested, offered)) return;
  throw new Problem('request_unfit', {
    reason: {
      zh: '数据项的理由应与申请中的相同',
      en: 'the reasons for its fields are not those of the request',
    },
  });
}

/** @throws Problem request_unfit */
function sameAgreement(
  { agreement, consumer, provider, unconditional }: StoredRequest,
  changed: Agreement,
): void {
  const same =
    changed.id === agreement &&
    consumerOf(changed) === consumer &&
    changed.provider === provider &&
    !unconditional;
  if (same) return;
  throw new Problem('request_unfit', {
    reason: {
      zh: '与申请的共享协议编号或部门不一致',
      en: 'it names another agreement or other departments than the request',
    },
  });
}
