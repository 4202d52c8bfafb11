import { Problem } from '../../../terms/problem.ts';
import type { ManagedOperation } from '../managed.ts';

export const searchEntries: ManagedOperation = () => {
  throw new Problem('not_found');
};
