/**
 * Decides who may do which act to a request in its present state: persons of which place, with which role, and which of them may not.
 */
import { transition } from '../lifeCycle.ts';
import { Problem } from '../../../terms/problem.ts';
import type { RequestPlace, Stage } from './procedure.ts';
import { requestLife, type RequestAct } from './requestLife.ts';
import type { RequestStanding } from './standing.ts';

export interface Actors {
  readonly by: RequestPlace;
  readonly role: Stage['role'];
}

/** The requested act: `pass` ends a stage, whether it is the last or not. */
export type RequestedAct = Exclude<RequestAct, 'approve'>;

/**
 * The actual act, and the place and role that may do it.
 * @throws Problem transition_not_allowed, return_once (this place has returned it before), not_the_last_stage
 */
export function actorsOf(
  request: string,
  standing: RequestStanding,
  requested: RequestedAct,
): Actors & { readonly act: RequestAct } {
  const { state, stages, at, extension } = standing;
  const last = at === stages.length - 1;
  const act = requested === 'pass' && last ? 'approve' : requested;
  const what = `request ${request}` as const;
  transition(requestLife, what, state, act);
  const consumer: Actors = { by: 'consumer', role: 'steward' };
  switch (act) {
    case 'supplement':
    case 'accept':
    case 'withdraw':
      return { act, ...consumer };
    case 'agree-extension':
      if (extension !== 'asked') throw new Problem('transition_not_allowed', { what, state, act });
      return { act, by: 'office', role: 'steward' };
    default:
      return { act, ...actorsOfStage(what, standing, act) };
  }
}

/** @throws Problem as `actorsOf` */
function actorsOfStage(
  what: `request ${string}`,
  { state, stages, at, returnedBy, extension }: RequestStanding,
  act: RequestAct,
): Actors {
  const stage = stages[at];
  if (stage === undefined) throw new Problem('transition_not_allowed', { what, state, act });
  if (act === 'return' && returnedBy.includes(stage.by)) throw new Problem('return_once', { what });
  if (act === 'offer' && at !== stages.length - 1) throw new Problem('not_the_last_stage', { what });
  const asks = act === 'ask-extension';
  if (asks && (stage.by !== 'provider' || extension !== 'none'))
    throw new Problem('transition_not_allowed', { what, state, act });
  return { by: stage.by, role: stage.role };
}

/** @throws Problem four_eyes where `decidesApart` returns false */
export function refuseSamePerson(
  standing: RequestStanding,
  act: RequestAct,
  actingPersons: readonly string[],
): void {
  if (!decidesApart(standing, act, actingPersons)) throw new Problem('four_eyes');
}

/**
 * Persons are compared, not tokens. For a request that they made, persons may not review it or choose its reviewer. They may not decide
 * two stages, or agree to an extension that they asked for. A deputy and their steward count as one person.
 * @param actingPersons persons who count as one with the acting person, themselves included
 */
export function decidesApart(
  standing: Pick<RequestStanding, 'maker' | 'deciders' | 'extensionAsker'>,
  act: RequestAct,
  actingPersons: readonly string[],
): boolean {
  const { maker, deciders, extensionAsker } = standing;
  const isActing = (other: string | undefined): boolean =>
    other !== undefined && actingPersons.includes(other);
  const reviews =
    act === 'pass' ||
    act === 'approve' ||
    act === 'return' ||
    act === 'refuse' ||
    act === 'offer' ||
    act === 'hand-on';
  if (reviews) return !isActing(maker) && !deciders.some(isActing);
  if (act === 'ask-extension') return !isActing(maker);
  return act !== 'agree-extension' || (!isActing(extensionAsker) && !isActing(maker));
}

/**
 * A stage that was handed on (转办) belongs to its new person while they can act; any person of that place may hand it on again.
 * @param able whether the person may still act at this stage: they are active and have its role
 * @throws Problem handed_on
 */
export function refuseHandedOn(
  { assigned }: Pick<RequestStanding, 'assigned'>,
  act: RequestAct,
  actingPersons: readonly string[],
  able: (person: string) => boolean,
): void {
  const ofStage =
    act === 'pass' || act === 'approve' || act === 'return' || act === 'refuse' || act === 'offer';
  if (ofStage && assigned !== undefined && !actingPersons.includes(assigned) && able(assigned))
    throw new Problem('handed_on');
}
