import { Problem } from '../../../terms/problem.ts';
import type { ManagedOperation } from '../managed.ts';

export const exportPack: ManagedOperation = () => {
  throw new Problem('not_found');
};
