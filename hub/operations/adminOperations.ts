/** The operations of the admin listener, for the operators of the hub. */
import type { OperationIdOf } from '../pipeline/contract.ts';
import { readyz, healthz } from '../features/health/operations/readyz.ts';

export const adminOperations = {
  healthz,
  readyz,
} as const satisfies {
  readonly [Id in Exclude<OperationIdOf<'admin', 'none'>, 'metrics'>]: { readonly id: Id };
};
