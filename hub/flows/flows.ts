/** The operations that move rows, by listener and by the services that they work with. Nothing else moves rows. */
import { queryDataset } from './release/queryDataset.ts';
import { batchQuery } from './release/batchQuery.ts';
import { aggregateDataset } from './release/aggregateDataset.ts';
import { checkFact } from './release/checkFact.ts';
import { streamRecords } from './release/streamRecords.ts';
import { listChanges } from './release/changes/listChanges.ts';
import { requestExport, showExport, downloadExport } from './release/exports/exports.ts';
import { downloadAttachment, downloadCaseAttachment } from './attachments/download.ts';
import { queryCases } from './release/queryCases.ts';
import { querySandbox } from './release/sandbox/querySandbox.ts';
import { trySandbox } from './release/sandbox/trySandbox.ts';
import { describeSandbox } from './release/sandbox/describeSandbox.ts';
import { openConnector } from './live/openConnector.ts';
import { openBatch, getBatch } from './intake/openBatch.ts';
import { putBatchPart } from './intake/putBatchPart.ts';
import { commitBatch } from './intake/commitBatch.ts';
import { changeRow } from './intake/rowsByCall/changeRow.ts';
import { openAttachment, getAttachment, putAttachmentPart, finishAttachment } from './attachments/upload.ts';
import { pushRows } from './intake/rowsByCall/pushRows.ts';
import { getQuarantine, getLiveQuarantine } from './intake/getQuarantine.ts';
import { tryMapping } from './intake/tryMapping.ts';
import { traceRow } from './intake/traceRow.ts';
import { deleteRows } from './retention/deleteRows.ts';
import { retranslateBatch } from './intake/restoreBatch.ts';
import { showFieldPlaces } from './intake/inspect/showFieldPlaces.ts';
import { compareBatch } from './intake/inspect/compareBatch.ts';

/** Departments receive rows. */
export const releaseOperations = {
  queryDataset,
  batchQuery,
  aggregateDataset,
  checkFact,
  streamRecords,
  listChanges,
  requestExport,
  showExport,
  downloadExport,
  downloadAttachment,
  querySandbox,
  describeSandbox,
  openConnector,
} as const;

/** Departments send rows. */
export const intakeOperations = {
  openBatch,
  putBatchPart,
  commitBatch,
  pushRows,
  changeRow,
  getQuarantine,
  tryMapping,
  traceRow,
  deleteRows,
  openAttachment,
  getAttachment,
  putAttachmentPart,
  finishAttachment,
  getLiveQuarantine,
  getBatch,
} as const;

/** Persons send files in a browser for their department, or have stored bytes read again. */
export const staffIntakeOperations = {
  openBatch,
  putBatchPart,
  commitBatch,
  getQuarantine,
  tryMapping,
  traceRow,
  deleteRows,
  changeRow,
  openAttachment,
  getAttachment,
  putAttachmentPart,
  finishAttachment,
  retranslateBatch,
  showFieldPlaces,
  compareBatch,
} as const;

/** Persons read rows that several departments work on, and invented rows. */
export const staffReleaseOperations = { queryCases, downloadCaseAttachment, trySandbox } as const;
