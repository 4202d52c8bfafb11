/** Filters, orders and pages the rows of a synthetic twin in memory, as PostgreSQL does with rows of a table. */
import type { KeyObject } from 'node:crypto';
import type { Permission } from '../../../../policies/decision.ts';
import { meetsCondition } from '../../../../policies/meetsCondition.ts';
import type { SchemaField } from '../../../../schemas/datasetSchema.ts';
import { compareDecimal, parseDecimal } from '../../../../terms/decimal.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import type { FetchedRow } from '../../rows/store/fetch.ts';
import { openCursor, sealCursor } from '../../cursor.ts';
import type { Page, Query } from '../rowSource.ts';
import { callersTerms, columnNamed, cursorContext, limitOf, sortable } from '../requestedRows.ts';
import { fittedRecords } from './fittedRecords.ts';
import type { Twin } from './twins.ts';

/**
 * @param key of cursors; a cursor of real rows is not valid here, nor one of synthetic rows there
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
      const found = compareFields(a[field], b[field], of, descending);
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
      record: { ...record },
      subject: undefined,
      position: { values: [], row: from + i },
    })),
    nextCursor: end < sorted.length ? cursor() : undefined,
  };
}

/** Empty values come last in both directions; texts are compared by bytes, decimals as numbers. */
function compareFields(a: unknown, b: unknown, field: SchemaField | undefined, descending: boolean): number {
  const [noA, noB] = [a === null || a === undefined, b === null || b === undefined];
  if (noA || noB) return Number(noA) - Number(noB);
  const found = compareValues(a, b, field?.format === 'decimal');
  return descending ? -found : found;
}

function compareValues(a: unknown, b: unknown, decimal: boolean): number {
  if (typeof a !== 'string' || typeof b !== 'string') return Number(a) - Number(b);
  const [left, right] = decimal ? [parseDecimal(a), parseDecimal(b)] : [];
  if (left !== undefined && right !== undefined) return compareDecimal(left, right);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
