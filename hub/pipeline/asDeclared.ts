import type { Caller } from '../identity/authentication/caller.ts';
import type { Outcome } from './call.ts';
import type { BoundOperation } from './passage.ts';

/** An outcome that openapi.yaml lets the operation have. @throws TypeError where it streams, or opens a connection, undeclared */
export function asDeclared<C extends Caller>(operation: BoundOperation<C>, outcome: Outcome): Outcome {
  if (outcome.entry !== 'allow') return outcome;
  if (outcome.stream !== undefined && !operation.stream)
    throw new TypeError(`${operation.id} is not declared x-stream`);
  if (outcome.connect !== undefined && !operation.connection)
    throw new TypeError(`${operation.id} is not declared x-connection`);
  return outcome;
}
