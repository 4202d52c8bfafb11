/** The walks, by the operation that begins each: the only ways rows move. */
import type { OperationRows } from '../gate/bindRows.ts';
import type { DepartmentCaller } from '../identity/authentication/caller.ts';
import { commitBatch } from './intake/commitBatch.ts';
import { getBatch } from './intake/getBatch.ts';
import type { IntakeServices } from './intake/services.ts';
import { admitBatchPart, openBatch, putBatchPart } from './intake/upload.ts';
import { batchQuery } from './release/batchQuery.ts';
import { checkFact } from './release/checkFact.ts';
import { queryDataset } from './release/queryDataset.ts';
import type { ReleaseServices } from './release/services.ts';
import { getQuarantine } from './returnQuarantine.ts';

export const releaseWalks: OperationRows<DepartmentCaller, ReleaseServices> = {
  queryDataset: { kind: 'release', run: queryDataset },
  batchQuery: { kind: 'release', run: batchQuery },
  checkFact: { kind: 'release', run: checkFact },
};

export const intakeWalks: OperationRows<DepartmentCaller, IntakeServices> = {
  openBatch: { kind: 'intake', run: openBatch },
  putBatchPart: { kind: 'intake', run: putBatchPart, admit: admitBatchPart },
  commitBatch: { kind: 'intake', run: commitBatch },
  getBatch: { kind: 'inspect', run: getBatch },
  getQuarantine: { kind: 'return', run: getQuarantine },
};
