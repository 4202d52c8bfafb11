import type { Problem } from '../../terms/problem.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import type { GateServices, Passage } from './passage.ts';
import { asProblem } from './refused.ts';
import { ClientGone, Unlogged } from './unlogged.ts';

/** The refusal that leaves without an entry. @throws ClientGone where nobody is left to hear it */
export function withoutEntry<C extends Caller>(
  services: GateServices,
  passage: Passage<C>,
  error: unknown,
): Problem {
  if (error instanceof ClientGone) throw error;
  return error instanceof Unlogged ? error.problem : asProblem(services, passage, error);
}
