import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { requestById, type StoredRequest } from '../store/requests.ts';
import { seen } from '../../../domain/cells.ts';
import { ofRequest } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import type { components } from '../../../../api/openapi.ts';
import type { Agreement } from '../../../../policies/documents/agreement.ts';
import type { Actors } from '../../../domain/requests/mayAct.ts';
import type { Identity } from '../../../identity/identity.ts';
import { moment } from '../../common/listing.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { decree809, type Procedure, type RequestPlace } from '../../../domain/requests/procedure.ts';
import {
  deadlineOf,
  standingOf,
  type RequestDeadline,
  type RequestStanding,
} from '../../../domain/requests/standing.ts';
import type { RoleGrant, Role } from '../../../domain/permissions.ts';
import type { Services } from '../../common/services.ts';
import { defined } from '../../../../terms/defined.ts';

type Schemas = components['schemas'];

/** A request in a list: `RequestSummary` of openapi.yaml. @param now Unix milliseconds */
export function requestSummary(request: StoredRequest, now: number): Schemas['RequestSummary'] {
  const current = currentState(request, now);
  const { id, consumer, provider } = request;
  const { deadline, stages, at, state, assigned } = current;
  const stage = state === 'reviewing' || state === 'returned' ? stages[at] : undefined;
  const waitsFor = turnOf(current)?.by;
  return {
    id,
    consumer,
    provider,
    state: stateOf(request, current),
    agreement: `${request.agreement}@${request.version}`,
    ...requestedIn(current.document),
    extension: current.extension,
    ...defined({ stage: stage?.code }),
    ...(waitsFor === undefined ? {} : { waitsFor, since: moment(turnSince(request, current)) }),
    ...(assigned === undefined || stage === undefined ? {} : { assigned }),
    ...(deadline === undefined
      ? {}
      : { due: deadline.day, provisional: deadline.provisional, escalated: deadline.escalated }),
  };
}

/** Title and datasets, from the agreement that is asked for. */
function requestedIn(document: string): Pick<Schemas['RequestSummary'], 'title' | 'datasets'> {
  const { title, grants } = JSON.parse(document) as Pick<Agreement, 'title' | 'grants'>;
  return {
    ...defined({ title }),
    datasets: [...new Set(grants.map(({ dataset }) => dataset))],
  };
}

/** A complete request: `RequestView` of openapi.yaml. */
export function requestView(
  request: StoredRequest,
  persons: ReturnType<Identity['persons']>,
  now: number,
): Schemas['RequestView'] {
  const { procedure, document, papers, stages } = currentState(request, now);
  const names = new Map<string, string>(persons.map(({ id, name }) => [id, name]));
  return {
    ...requestSummary(request, now),
    procedure: `${procedure.id}@${procedure.version}`,
    procedureTitle: procedure.title,
    document: JSON.parse(document) as Schemas['RequestView']['document'],
    papers,
    stages: stages.map((stage) => ({ ...stage })),
    events: request.events.map(({ at, missing, insteadOf, person, ...event }) => {
      const name = names.get(person);
      return {
        ...event,
        person,
        ...defined({ name }),
        at: moment(at),
        ...(missing === undefined ? {} : { missing: [...missing] }),
        ...(insteadOf === undefined ? {} : { insteadOf: [...insteadOf] }),
      };
    }),
  };
}

/** An approved request becomes granted once its agreement is in force. */
function stateOf(
  { agreementState }: StoredRequest,
  { state }: CurrentState,
): Schemas['RequestView']['state'] {
  const granted =
    agreementState === 'active' || agreementState === 'suspended' || agreementState === 'superseded';
  return state === 'approved' && granted ? 'granted' : state;
}

/** The side that must act next, with the role; undefined where no act is needed. */
export function turnOf({ state, stages, at }: CurrentState): Actors | undefined {
  if (state === 'returned' || state === 'offered') return { by: 'consumer', role: 'steward' };
  return state === 'reviewing' ? stages[at] : undefined;
}

/** Start of that side's turn, Unix milliseconds: when the stage began, or when the request was returned or offered. */
const turnSince = ({ events }: StoredRequest, { state, stageSince, returnedAt }: CurrentState): number =>
  state === 'reviewing' ? stageSince : (returnedAt ?? events.at(-1)?.at ?? stageSince);

/** GET /v1/requests/{request}. @throws Problem not_found */
export const showRequest = operation('showRequest', {
  kind: 'inspect',
  permission: seen,
  owner: ofRequest,
  run: async (call, { database, identity }) => {
    const request = await requestById(database.app, call.params.request);
    if (request === undefined) throw new Problem('not_found');
    return allowed<'showRequest'>(200, requestView(request, identity.persons(), call.now), {
      facts: { change: { request: request.id } },
    });
  },
});

/** A request with its current state. */
export interface CurrentState extends RequestStanding {
  readonly procedure: Procedure;
  readonly deadline: RequestDeadline | undefined;
}

/** @param now Unix milliseconds */
export function currentState(
  request: Pick<StoredRequest, 'procedure' | 'unconditional' | 'events'>,
  now: number,
): CurrentState {
  const procedure = request.procedure ?? decree809;
  const stages = request.unconditional ? procedure.unconditional : procedure.stages;
  const current = standingOf(request.events, stages, chinaWorkingCalendar);
  return { ...current, procedure, deadline: deadlineOf(current, procedure, chinaWorkingCalendar, now) };
}

/**
 * Sides of a request on which a person acts, with their role there. Persons of the data office do not count as persons of its departments.
 */
export function placesOf(
  { consumer, provider }: Pick<StoredRequest, 'consumer' | 'provider'>,
  grants: readonly RoleGrant[],
  { identity }: Pick<Services, 'identity'>,
): readonly { readonly by: RequestPlace; readonly role: Role }[] {
  return grants.flatMap(({ role, department }) => {
    const office = department === undefined || identity.department(department)?.dataOffice === true;
    return [
      ...(department === consumer ? [{ by: 'consumer', role } as const] : []),
      ...(department === provider ? [{ by: 'provider', role } as const] : []),
      ...(office ? [{ by: 'office', role } as const] : []),
    ];
  });
}
