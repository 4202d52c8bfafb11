/** Computes the state of a request: a pure function of its events and of the procedure it is answered under. */
import { dayInChina } from '../../../terms/civilDate.ts';
import {
  afterWorkingDays,
  workingDaysBetween,
  type Deadline,
  type WorkingCalendar,
} from '../../../terms/calendar/workingDays.ts';
import type { Procedure, RequestPlace, Stage } from './procedure.ts';
import { requestLife, type RequestState, type RequestEvent, type RequestPapers } from './requestLife.ts';

export interface RequestStanding {
  readonly state: RequestState;
  readonly stages: readonly Stage[];
  /** index of its present stage, or of its stage when it ended */
  readonly at: number;
  /** canonical text of the current agreement: asked for, supplemented, or accepted */
  readonly document: string;
  readonly papers: RequestPapers;
  readonly maker: string;
  /** persons who ended a stage, and all whose deputies ended one or made the request */
  readonly deciders: readonly string[];
  /** to whom the stage was handed on */
  readonly assigned: string | undefined;
  /** places that have returned it: each names all that is missing in one list */
  readonly returnedBy: readonly RequestPlace[];
  readonly extension: 'none' | 'asked' | 'agreed';
  readonly extensionAsker: string | undefined;
  /** index of the stage in which the extension was agreed to: it extends no later stage */
  readonly extendedAt: number | undefined;
  /** the last event's number */
  readonly seq: number;
  /** Unix milliseconds: when the stage, and the provider's first one, began */
  readonly stageSince: number;
  readonly providerSince: number | undefined;
  /** working days that the clock stopped: in the present stage, and since the provider's first one began */
  readonly stoppedDays: number;
  readonly providerStood: number;
  readonly returnedAt: number | undefined;
}

/** @param events in order, `make` first @param stages those of the procedure that fit the data @throws TypeError for invalid events */
export function standingOf(
  events: readonly RequestEvent[],
  stages: readonly Stage[],
  calendar: WorkingCalendar,
): RequestStanding {
  const [made, ...later] = events;
  if (made?.document === undefined || made.papers === undefined || made.act !== 'make')
    throw new TypeError('a request begins by being made');
  const { document, papers, at, person, seq } = made;
  const first: RequestStanding = {
    state: stages.length === 0 ? 'approved' : 'reviewing',
    stages,
    at: 0,
    document,
    papers,
    maker: person,
    seq,
    stageSince: at,
    deciders: made.insteadOf ?? [],
    assigned: undefined,
    returnedBy: [],
    extension: 'none',
    extensionAsker: undefined,
    extendedAt: undefined,
    providerSince: stages[0]?.by === 'provider' ? at : undefined,
    stoppedDays: 0,
    providerStood: 0,
    returnedAt: undefined,
  };
  return later.reduce((standing, event) => after(standing, event, calendar), first);
}

function after(standing: RequestStanding, event: RequestEvent, calendar: WorkingCalendar): RequestStanding {
  const { act, person, at, seq } = event;
  if (act === 'make') throw new TypeError('a request is made once');
  const state = requestLife[standing.state][act];
  if (state === undefined) throw new TypeError(`${act} of a request that is ${standing.state}`);
  const next = { ...standing, state, seq };
  const deciders = [...standing.deciders, ...decidersOf(event)];
  switch (act) {
    case 'pass':
      return { ...inNextStage(next, at), deciders };
    case 'approve':
    case 'refuse':
      return { ...next, deciders };
    case 'offer':
      return { ...next, deciders, document: event.document ?? next.document };
    case 'return':
      return { ...next, ...returned(standing, at) };
    case 'supplement':
      return { ...next, ...supplementedBy(event, standing, calendar) };
    case 'hand-on':
      return { ...next, assigned: event.to };
    case 'ask-extension':
      return { ...next, extension: 'asked', extensionAsker: person };
    case 'agree-extension':
      return { ...next, extension: 'agreed', extendedAt: standing.at };
    case 'accept':
    case 'withdraw':
      return next;
  }
}

const decidersOf = ({ person, insteadOf = [] }: RequestEvent): readonly string[] => [person, ...insteadOf];

function inNextStage(standing: RequestStanding, now: number): RequestStanding {
  const at = standing.at + 1;
  const isProviders = standing.stages[at]?.by === 'provider';
  return {
    ...standing,
    at,
    stageSince: now,
    assigned: undefined,
    stoppedDays: 0,
    providerSince: standing.providerSince ?? (isProviders ? now : undefined),
  };
}

function returned(
  { stages, at, returnedBy }: RequestStanding,
  now: number,
): Pick<RequestStanding, 'returnedAt' | 'returnedBy'> {
  const stage = stages[at];
  return { returnedAt: now, returnedBy: stage === undefined ? returnedBy : [...returnedBy, stage.by] };
}

function supplementedBy(
  { at, document: sent, papers }: RequestEvent,
  standing: RequestStanding,
  calendar: WorkingCalendar,
): Pick<RequestStanding, 'document' | 'papers' | 'returnedAt' | 'stoppedDays' | 'providerStood'> {
  const days = workingDaysBetween(dayInChina(standing.returnedAt ?? at), dayInChina(at), calendar);
  const document = sent ?? standing.document;
  return {
    document,
    papers: supplemented(standing, document, papers),
    returnedAt: undefined,
    stoppedDays: standing.stoppedDays + days,
    providerStood: standing.providerStood + (standing.providerSince === undefined ? 0 : days),
  };
}

/** A text that the basis cites remains among the papers unless another is sent, or the basis changes. */
function supplemented(
  before: RequestStanding,
  document: string,
  papers: RequestPapers = before.papers,
): RequestPapers {
  const { basisText } = before.papers;
  if (basisText === undefined || basisOf(before.document) !== basisOf(document)) return papers;
  return { basisText, ...papers };
}

/** basis in the canonical text of an agreement */
const basisOf = (document: string): string | undefined =>
  JSON.stringify((JSON.parse(document) as { readonly basis?: unknown }).basis);

export interface RequestDeadline extends Deadline {
  /** the deadline is so near that the data office is notified, or past */
  readonly escalated: boolean;
}

/**
 * The deadline of the present stage: its own days, and for the provider's stages the days of its answer. An extension applies to the
 * stage in which it was agreed to, and to that answer. There is none while the request waits for the asking department, except for a
 * return that does not stop the clock.
 * @param now Unix milliseconds
 */
export function deadlineOf(
  standing: RequestStanding,
  { clock }: Pick<Procedure, 'clock'>,
  calendar: WorkingCalendar,
  now: number,
): RequestDeadline | undefined {
  const { state, stages, at, stageSince, providerSince, extension, extendedAt, stoppedDays, providerStood } =
    standing;
  const stage = stages[at];
  const runs = state === 'reviewing' || (state === 'returned' && !clock.returnStops);
  if (stage === undefined || !runs) return undefined;
  const more = (still: number, extended: boolean): number =>
    (clock.returnStops ? still : 0) + (extended ? clock.extensionDays : 0);
  // the provider asks for it: its clock is extended, and so is that of the stage in which it was agreed to
  const extended = extension === 'agreed';
  const here = extended && extendedAt === at && stage.by === 'provider';
  const ends = [afterWorkingDays(dayInChina(stageSince), stage.days + more(stoppedDays, here), calendar)];
  if (stage.by === 'provider' && providerSince !== undefined)
    ends.push(
      afterWorkingDays(dayInChina(providerSince), clock.answerDays + more(providerStood, extended), calendar),
    );
  const [first] = ends.sort((a, b) => (a.day < b.day ? -1 : 1));
  if (first === undefined) return undefined;
  return {
    ...first,
    escalated: workingDaysBetween(dayInChina(now), first.day, calendar) <= clock.escalateDays,
  };
}
