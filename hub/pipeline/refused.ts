/** Turns a refusal into an answer, and selects what its entry may state. */
import { datasetId, providerOf } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import type { LeafFacts } from '../log/entry.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import { Refusal } from '../identity/authentication/refusal.ts';
import { outageOf } from '../platform/database/failure.ts';
import { denied, type DeniedOutcome } from './call.ts';
import type { GateServices, Passage } from './passage.ts';
import { ClientGone, Unlogged } from './unlogged.ts';

/** @throws the error again where it leaves no entry */
export function refused<C extends Caller>(
  services: GateServices,
  passage: Passage<C>,
  error: unknown,
): { readonly outcome: DeniedOutcome; readonly refusal: Refusal | undefined } {
  if (error instanceof Unlogged || error instanceof ClientGone) throw error;
  const problem = asProblem(services, passage, error);
  if (passage.operation.kind === 'none') throw new Unlogged(problem);
  return {
    outcome: denied(problem, pathFacts(passage)),
    refusal: error instanceof Refusal ? error : undefined,
  };
}

/** The refusal as a Problem; failures of the hub itself are reported. */
export function asProblem<C extends Caller>(
  services: GateServices,
  { exchange, operation }: Pick<Passage<C>, 'exchange' | 'operation'>,
  error: unknown,
): Problem {
  if (error instanceof Problem && error.status < 500) return error;
  services.report({ exchange, operation: operation.id, error });
  return problemOf(error);
}

/** Any error as a Problem. An unreachable database is not a program error: the same call succeeds later. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return outageOf(error) ?? new Problem('internal_error', {}, { cause: error });
}

/** The facts of an answer that is refused after all: nothing was delivered, nothing changed. */
export function withoutEffects({ rows: _rows, change: _change, ...facts }: LeafFacts): LeafFacts {
  return facts;
}

/** The facts from the path of a call that was refused before its flow began. */
function pathFacts<C extends Caller>({ request, operation }: Passage<C>): LeafFacts {
  const { dataset } = request.params;
  if (dataset === undefined) return {};
  try {
    const id = datasetId(dataset);
    if (operation.kind === 'sandbox') return { synthetic: { dataset: id } };
    return { dataset: id, provider: providerOf(id) };
  } catch {
    return {};
  }
}
