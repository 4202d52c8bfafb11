/** Kind of the entry that a refused call of the exchange listener leaves; an answered one names its own. */
import type { EntryKind } from '../../log/leaf.ts';

export const entryKinds: Readonly<Record<string, EntryKind>> = {
  queryDataset: 'release',
  openBatch: 'intake',
  putBatchPart: 'intake',
  commitBatch: 'intake',
  getBatch: 'inspect',
  getQuarantine: 'return',
  getReceipt: 'inspect',
  explainDecision: 'inspect',
  diagnose: 'inspect',
  renewCertificate: 'management',
};
