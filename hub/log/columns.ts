/** The search columns of an entry: a function of its leaf, so that they can be compared with it at any time. */
import { asIs } from '../../terms/bilingual.ts';
import { consumerOf } from '../../log/entryQuestion.ts';
import type { Leaf } from '../../log/leaf.ts';
import { Problem } from '../../terms/problem.ts';
import type { EntryColumns } from './store/flush.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** not permitted in texts that are sent as lines of one parameter */

const unsafe = /[\u0000-\u001f]/;

/** @throws Problem log_entry_invalid on an id, time or text that the columns cannot store */
export function columnsOf(leaf: Leaf): EntryColumns {
  const columns: EntryColumns = {
    id: leaf.id,
    at: leaf.at,
    consumer: consumerOf(leaf),
    provider: leaf.provider,
    dataset: leaf.dataset,
    decision: leaf.decision,
    code: leaf.code,
  };
  if (!uuid.test(leaf.id)) throw new Problem('log_entry_invalid', { what: asIs('id') });
  if (!time.test(leaf.at)) throw new Problem('log_entry_invalid', { what: asIs('at') });
  for (const text of [columns.consumer, columns.provider, columns.dataset, columns.decision, columns.code]) {
    if (text !== undefined && (text === '' || unsafe.test(text))) {
      throw new Problem('log_entry_invalid', { what: 'column' });
    }
  }
  return columns;
}

/** Checks that a nonce and its key fit their columns. @throws Problem log_entry_invalid */
export function checkNonce({ keyid, nonce }: { readonly keyid: string; readonly nonce: string }): void {
  if (keyid === '' || nonce === '' || unsafe.test(keyid) || unsafe.test(nonce)) {
    throw new Problem('log_entry_invalid', { what: asIs('nonce') });
  }
}
