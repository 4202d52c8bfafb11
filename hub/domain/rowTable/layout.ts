/** How PostgreSQL stores the rows of a dataset: one typed column per field, derived from the dataset's JSON Schema. */
import { createHash } from 'node:crypto';
import type { DatasetSchema, SchemaField } from '../../../schemas/datasetSchema.ts';
import { isPlaceSchema } from '../../../schemas/places/point.ts';
import { defined } from '../../../terms/defined.ts';
import { timePattern } from '../../../terms/moment.ts';
import { literalName, type SqlName } from './names.ts';

/** The type of a column. Strings remain text, so that a value is returned byte for byte; only numbers and booleans are typed. */
export type ColumnKind = 'text' | 'integer' | 'number' | 'boolean' | 'json';

export interface Column {
  readonly field: string;
  readonly kind: ColumnKind;
  /** compares as a number although it is stored as text (`format: decimal`) */
  readonly decimal: boolean;
  /** compares as a moment although it is stored as text (`format: date-time`); `ordered`: its texts sort as moments (`timePattern`) */
  readonly moments?: 'ordered' | 'mixed';
  readonly nullable: boolean;
  /** a JSON column of GeoJSON Points */
  readonly isPlace: boolean;
  /** quoted name of the column, the same in every version of the schema */
  readonly name: SqlName;
}

export interface Layout {
  readonly columns: readonly Column[];
  readonly byField: ReadonlyMap<string, Column>;
  readonly key: readonly Column[];
  readonly subject: Column | undefined;
}

const layouts = new WeakMap<DatasetSchema, Layout>();

/** The layout of a schema version; the same object for the same schema. */
export function layoutOf(schema: DatasetSchema): Layout {
  const known = layouts.get(schema);
  if (known !== undefined) return known;
  const columns = schema.fields.map((field) => ({
    field: field.name,
    kind: kindOf(field),
    decimal: field.format === 'decimal',
    ...defined({ moments: momentsOf(field) }),
    nullable: field.nullable,
    isPlace: isPlaceSchema(field.schema),
    name: columnName(field.name),
  }));
  const byField = new Map(columns.map((column) => [column.field, column]));
  const key = schema.primaryKey.flatMap((name) => byField.get(name) ?? []);
  const subject = schema.subject === undefined ? undefined : byField.get(schema.subject.field);
  const layout = { columns, byField, key, subject };
  layouts.set(schema, layout);
  return layout;
}

/** The quoted name of a field's column, the same in every version of the schema. */
export function columnName(field: string): SqlName {
  const plain = /^[a-z][a-z0-9_]{0,50}$/.test(field);
  return literalName(
    plain ? `f_${field}` : `h_${createHash('sha256').update(field).digest('hex').slice(0, 16)}`,
  );
}

function momentsOf({ type, format, schema }: SchemaField): Column['moments'] {
  if (type !== 'string' || format !== 'date-time') return undefined;
  return schema['pattern'] === timePattern ? 'ordered' : 'mixed';
}

function kindOf(field: SchemaField): ColumnKind {
  switch (field.type) {
    case 'integer':
    case 'number':
    case 'boolean':
      return field.type;
    case 'string':
      return 'text';
    case 'object':
    case 'array':
      return 'json';
  }
}

const sqlTypes: Readonly<Record<ColumnKind, string>> = {
  text: 'text COLLATE "C"',
  integer: 'bigint',
  number: 'double precision',
  boolean: 'boolean',
  json: 'json',
};

/** Columns of CREATE TABLE for the fields alone. */
export function fieldDefinitions(layout: Layout): readonly string[] {
  return layout.columns.map(columnDefinition);
}

/** The definition of one column. */
export const columnDefinition = ({ name, kind }: Column): string => `${name} ${sqlTypes[kind]}`;

/** Names of every column a load writes, in the order of its tuples; `_batch` is the same in all of them. */
export function loadedColumns(layout: Layout): string {
  return [...layout.columns.map((column) => column.name), '_row', '_subject'].join(', ');
}

/** The table of one batch. @param batch uuid */
export const batchTable = (batch: string): SqlName => literalName('rows', `b_${batch.replaceAll('-', '')}`);

/** The permanent table of an upsert dataset under one schema major version (a breaking version starts a new table). */
export function datasetTable(dataset: string, schema: Pick<DatasetSchema, 'name' | 'major'>): SqlName {
  const digest = createHash('sha256').update(`${dataset}\n${schema.name}@${schema.major}`).digest('hex');
  return literalName('rows', `u_${digest.slice(0, 24)}`);
}

/**
 * A partition of that table, where its rows are partitioned by period. @param period `2026`, `2026-03`, `2026-03-01` or `2026-03-01T08`
 */
export function periodTable(dataset: string, schema: DatasetSchema, period: string): SqlName {
  return literalName('rows', `${periodPrefix(dataset, schema)}${period.toLowerCase().replaceAll('-', '_')}`);
}

/** The prefix of the names of its partitions. */
export function periodPrefix(dataset: string, schema: DatasetSchema): string {
  const whole = datasetTable(dataset, schema);
  return `p_${whole.slice(whole.lastIndexOf('u_') + 2, -1)}_`;
}
