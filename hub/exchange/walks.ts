/** The walks, by the operation that begins or ends each: the only ways rows move. Whoever calls stands behind the door of its listener. */
import type { OperationRows } from '../gate/bindRows.ts';
import type { DepartmentCaller, StaffCaller } from '../identity/authentication/caller.ts';
import { commitBatch } from './intake/commitBatch.ts';
import type { Deciding } from './intake/decideHeld.ts';
import { compareBatch } from './inspect/compareBatch.ts';
import { showFieldPlaces } from './inspect/showFieldPlaces.ts';
import { dropBatch } from './intake/dropBatch.ts';
import { getBatch } from './intake/getBatch.ts';
import { openBatch } from './intake/openBatch.ts';
import { admitBatchPart, putBatchPart } from './intake/putBatchPart.ts';
import { releaseBatch } from './intake/releaseBatch.ts';
import { restoreBatch } from './intake/restoreBatch.ts';
import { retranslateBatch } from './intake/retranslateBatch.ts';
import type { Sender } from './intake/sender.ts';
import type { IntakeServices } from './intake/services.ts';
import { openConnector } from './live/openConnector.ts';
import { aggregateDataset } from './release/aggregateDataset.ts';
import { batchQuery } from './release/batchQuery.ts';
import { listChanges } from './release/changes/listChanges.ts';
import { checkFact } from './release/checkFact.ts';
import { downloadExport } from './release/exports/downloadExport.ts';
import { requestExport } from './release/exports/requestExport.ts';
import { showExport } from './release/exports/showExport.ts';
import { noticed } from './release/noticed.ts';
import { queryDataset } from './release/queryDataset.ts';
import { streamRecords } from './release/streamRecords.ts';
import type { ReleaseServices } from './release/services.ts';
import { deleteRows } from './retire/deleteRows.ts';
import { describeSandbox } from './sandbox/describeSandbox.ts';
import { querySandbox } from './sandbox/querySandbox.ts';
import { getLiveQuarantine } from './getLiveQuarantine.ts';
import { getQuarantine } from './getQuarantine.ts';
import { traceRow } from './traceRow.ts';
import { tryMapping } from './tryMapping.ts';

export const releaseWalks: OperationRows<DepartmentCaller, ReleaseServices> = {
  queryDataset: { kind: 'release', run: noticed(queryDataset) },
  batchQuery: { kind: 'release', run: noticed(batchQuery) },
  aggregateDataset: { kind: 'release', run: noticed(aggregateDataset) },
  checkFact: { kind: 'release', run: noticed(checkFact) },
  streamRecords: { kind: 'release', run: noticed(streamRecords) },
  listChanges: { kind: 'release', run: noticed(listChanges) },
  requestExport: { kind: 'release', run: noticed(requestExport) },
  showExport: { kind: 'inspect', run: showExport },
  downloadExport: { kind: 'release', run: noticed(downloadExport) },
  querySandbox: { kind: 'sandbox', run: querySandbox },
  describeSandbox: { kind: 'sandbox', run: describeSandbox },
  openConnector: { kind: 'management', run: openConnector },
};

/** What a person does in a browser for her department, too: the same functions on another listener. */
export const sendingWalks = {
  openBatch: { kind: 'intake', run: openBatch },
  putBatchPart: { kind: 'intake', run: putBatchPart, admit: admitBatchPart },
  commitBatch: { kind: 'intake', run: commitBatch },
  getQuarantine: { kind: 'return', run: getQuarantine },
  tryMapping: { kind: 'inspect', run: tryMapping },
  traceRow: { kind: 'inspect', run: traceRow },
  deleteRows: { kind: 'retire', run: deleteRows },
} as const satisfies OperationRows<Sender, IntakeServices>;
/** A person has stored bytes read again. */
export const rereadingWalks = {
  retranslateBatch: { kind: 'intake', run: retranslateBatch },
  showFieldPlaces: { kind: 'inspect', run: showFieldPlaces },
  compareBatch: { kind: 'inspect', run: compareBatch },
} as const satisfies OperationRows<StaffCaller, IntakeServices>;
export type SendingOperation = keyof typeof sendingWalks | keyof typeof rereadingWalks;

export const intakeWalks: OperationRows<DepartmentCaller, IntakeServices> = {
  ...sendingWalks,
  getLiveQuarantine: { kind: 'return', run: getLiveQuarantine },
  getBatch: { kind: 'inspect', run: getBatch },
};

/** A person's word, which an intake walk waited for or which takes one back. */
export const decisionWalks = {
  releaseBatch: { kind: 'intake', run: releaseBatch },
  dropBatch: { kind: 'intake', run: dropBatch },
  restoreBatch: { kind: 'intake', run: restoreBatch },
} as const satisfies OperationRows<StaffCaller, Deciding>;
