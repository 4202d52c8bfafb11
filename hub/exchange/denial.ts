/** What a refusal becomes, and what its entry may say. */
import { datasetId, providerOf } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import { isConnectionLoss } from '../store/auditConnection.ts';
import { unavailable } from '../store/database.ts';
import type { LeafFacts } from './call.ts';

/** Any error as a Problem. A database out of reach is no fault of the program: the same call succeeds later. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return isConnectionLoss(error) ? unavailable(error) : new Problem('internal_error', {}, { cause: error });
}

/** The facts of an answer that is refused after all: nothing was delivered, nothing changed. */
export function withoutEffects({ rows: _rows, change: _change, ...facts }: LeafFacts): LeafFacts {
  return facts;
}

/** What the path alone says of a call that was refused before its walk began. */
export function pathFacts(params: Readonly<Record<string, string>>): LeafFacts {
  const { dataset } = params;
  if (dataset === undefined) return {};
  try {
    const id = datasetId(dataset);
    return { dataset: id, provider: providerOf(id) };
  } catch {
    return {};
  }
}
