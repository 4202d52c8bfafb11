/** A life cycle written as data: from each state, the acts that are allowed and where each leads. */
import { Problem } from '../../terms/problem.ts';

export type LifeCycle<State extends string, Act extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Act, State>>>>
>;

/**
 * Where an act leads.
 * @param what the thing in the reader's words, for the refusal: `agreement agr-1`
 * @throws Problem transition_not_allowed
 */
export function transition<State extends string, Act extends string>(
  cycle: LifeCycle<State, Act>,
  what: string,
  state: State,
  act: Act,
): State {
  const acts = Object.hasOwn(cycle, state) ? cycle[state] : undefined;
  const next = acts !== undefined && Object.hasOwn(acts, act) ? acts[act] : undefined;
  if (next === undefined) throw new Problem('transition_not_allowed', { what, state, act });
  return next;
}

/** Whether nothing leads out of a state. */
export function isFinal<State extends string>(cycle: LifeCycle<State, string>, state: State): boolean {
  return Object.keys(cycle[state]).length === 0;
}
