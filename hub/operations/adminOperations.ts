/** The operations of the admin listener: for those who run the hub. */
import type { OperationIdOf } from '../gate/contract.ts';
import { healthz } from './health/healthz.ts';
import { readyz } from './health/readyz.ts';

export const adminOperations = {
  healthz,
  readyz,
} as const satisfies {
  readonly [Id in Exclude<OperationIdOf<'admin', 'none'>, 'metrics'>]: { readonly id: Id };
};
