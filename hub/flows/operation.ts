/** The operations that move rows, by the services that they work with. */
import { operationsWith } from '../pipeline/operation.ts';
import type { Deciding } from './intake/decideHeld.ts';
import type { IntakeServices } from './intake/services.ts';
import { noticed } from './release/allowedCall.ts';
import type { ReleaseServices } from './release/services.ts';

const plain = operationsWith<ReleaseServices>();

export const intakeOperation = operationsWith<IntakeServices>();
/** Answers of kind `release` carry the notice of a dataset's version that ends. */
export const releaseOperation: typeof plain = (id, definition) => {
  const operation = plain(id, definition);
  return operation.kind === 'release' ? { ...operation, run: noticed(operation.run) } : operation;
};
/** A person decides about a held batch. */
export const decisionOperation = operationsWith<Deciding>();
