/** A life cycle written as data: from each state, the acts that are allowed and where each leads. */
import type { ActWord, NamedThing, StateWord } from '../../terms/factWords.ts';
import { Problem } from '../../terms/problem.ts';

export type LifeCycle<State extends string, Act extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Act, State>>>>
>;

/**
 * The state after an act.
 * @param what its kind and name, for the rejection: `Agreement agr-1@2`
 * @throws Problem transition_not_allowed
 */
export function transition<State extends StateWord, Act extends ActWord>(
  cycle: LifeCycle<State, Act>,
  what: NamedThing,
  state: State,
  act: Act,
): State {
  const acts = Object.hasOwn(cycle, state) ? cycle[state] : undefined;
  const next = acts !== undefined && Object.hasOwn(acts, act) ? acts[act] : undefined;
  if (next === undefined) throw new Problem('transition_not_allowed', { what, state, act });
  return next;
}

/** The states in which one of these acts is allowed: the condition of a statement that performs it. */
export function statesBefore<State extends string, Act extends string>(
  cycle: LifeCycle<State, Act>,
  ...acts: readonly Act[]
): State[] {
  return statesOf(cycle).filter((state) => acts.some((act) => Object.hasOwn(cycle[state], act)));
}

/** The state after an act, from any state. @throws TypeError unless that is one state */
export function stateAfter<State extends string, Act extends string>(
  cycle: LifeCycle<State, Act>,
  act: Act,
): State {
  const [state, ...others] = new Set(statesBefore(cycle, act).map((before) => cycle[before][act]));
  if (state === undefined || others.length > 0) throw new TypeError(`${act} leads to no one state`);
  return state;
}

const statesOf = <State extends string>(cycle: LifeCycle<State, string>): State[] =>
  Object.keys(cycle).filter((state): state is State => Object.hasOwn(cycle, state));

/** ms for which a sealed list of an incident's subjects is stored. */
export const sealedListLifeMs = 7 * 86_400_000;
