/** A page of synthetic rows, as a table would return it: filter, order and position. */
import type { Permission } from '../../../../policies/decision.ts';
import { meetsCondition } from '../../../../policies/meetsCondition.ts';
import type { KeyObject } from 'node:crypto';
import type { SchemaField } from '../../../../schemas/datasetSchema.ts';
import { compareDecimal, parseDecimal } from '../../../../terms/decimal.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import type { FetchedRow } from '../../rows/store/fetch.ts';
import type { TwinRecord } from './store/twinRows.ts';
import { openCursor, sealCursor } from '../../cursor.ts';
import type { Page, Query } from '../rowSource.ts';
import { callersTerms, columnNamed, cursorContext, limitOf, sortable } from '../requestedRows.ts';
import { fittedRecords } from './fittedRecords.ts';
import type { Twin } from './twins.ts';

/**
 * @param key of cursors; a cursor for real rows does not open here, nor the reverse
 * @throws Problem filter_value_invalid, sort_not_granted, cursor_invalid
 */
export function sandboxPage(
  key: KeyObject,
  dataset: LiveDataset,
  { madeOf, records }: Twin,
  query: Query,
  permission: Permission,
  consumer: string,
): Page {
  const layout = layoutOf(dataset.schema);
  const fields = new Map(dataset.schema.fields.map((field) => [field.name, field]));
  const terms = callersTerms(dataset, query);
  const rows = fittedRecords(dataset, records, permission.rowFilter).filter((record) =>
    terms.every((term) => {
      const field = fields.get(term.field);
      return field !== undefined && meetsCondition(term, field, record[field.name]);
    }),
  );
  const order = (query.sort ?? []).map((term) => {
    const { field } = sortable(columnNamed(layout, term.replace(/^-/, '')));
    return { field, of: fields.get(field), descending: term.startsWith('-') };
  });
  const sorted = [...rows].sort((a, b) => {
    for (const { field, of, descending } of order) {
      const found = inOrder(a[field], b[field], of, descending);
      if (found !== 0) return found;
    }
    return 0;
  });
  const context = cursorContext(query, permission, `sandbox ${madeOf} ${dataset.row.id}`, consumer);
  const from = query.cursor === undefined ? 0 : openCursor(key, context, query.cursor).position.row;
  const end = from + limitOf(query, permission);
  const cursor = (): string =>
    sealCursor(key, context, { batch: undefined, position: { values: [], row: end } });
  return {
    rows: sorted.slice(from, end).map((record, i): FetchedRow => ({
      record: picked(record),
      subject: undefined,
      position: { values: [], row: from + i },
    })),
    nextCursor: end < sorted.length ? cursor() : undefined,
  };
}

const picked = (record: TwinRecord): Record<string, unknown> => ({ ...record });

/** Empty values come last in both directions; texts are compared by bytes, decimals as numbers. */
function inOrder(a: unknown, b: unknown, field: SchemaField | undefined, descending: boolean): number {
  const [noA, noB] = [a === null || a === undefined, b === null || b === undefined];
  if (noA || noB) return Number(noA) - Number(noB);
  const found = compared(a, b, field?.format === 'decimal');
  return descending ? -found : found;
}

function compared(a: unknown, b: unknown, decimal: boolean): number {
  if (typeof a !== 'string' || typeof b !== 'string') return Number(a) - Number(b);
  const [left, right] = decimal ? [parseDecimal(a), parseDecimal(b)] : [];
  if (left !== undefined && right !== undefined) return compareDecimal(left, right);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
