import type { OperationRows } from '../../gate/bindRows.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { getBatch } from './getBatch.ts';
import { getTemplate } from './getTemplate.ts';
import { listBatchProblems } from './listBatchProblems.ts';

/** What persons look at before and after they send a file. */
export const watching = {
  getBatch: { kind: 'inspect', run: getBatch },
  listBatchProblems: { kind: 'inspect', run: listBatchProblems },
  getTemplate: { kind: 'inspect', run: getTemplate },
} as const satisfies OperationRows<StaffCaller, Services>;
