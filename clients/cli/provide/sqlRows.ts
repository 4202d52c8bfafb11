/**
 * Rows of a live dataset out of the department's own database: PostgreSQL, MySQL or MariaDB. The query stands in the configuration; a question
 * adds conditions, order and limit around it, its values as parameters alone. Each question is one read-only transaction with a time limit.
 */
import { mysqlPool } from '../../../machine/sources/mysql.ts';
import { postgresPool } from '../../../machine/sources/postgres.ts';
import {
  rowsOf,
  SourceFault,
  statementOf,
  type Bind,
  type Cells,
  type SourceColumn,
  type SourcePool,
  type SourceSession,
  type Statement,
} from '../../../machine/sources/sqlSource.ts';
import type { SchemaField } from '../../../schemas/datasetSchema.ts';
import { LiveFailure, type LiveAsk, type LiveRows } from '../../sdk/liveConnection.ts';
import type { SqlSource } from './configuration.ts';
import type { ProvidedDataset, RowProvider } from './rowProvider.ts';

/** ms until a connection must be there */
const patience = 5_000;
const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

type Asked = Pick<LiveAsk, 'fields' | 'filter' | 'limit' | 'after'>;
type Place = 'place' | 'wide';

export function sqlRows({ schema }: ProvidedDataset, source: SqlSource): RowProvider {
  const pool = poolOf(source);
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  const fieldOf = (name: string): SchemaField => {
    const field = fields.get(name);
    if (field === undefined) throw new LiveFailure('field_unknown');
    return field;
  };
  let known: ReadonlyMap<string, SourceColumn> | undefined;

  /** @param place `wide` compares texts whose letters the column's own encoding lacks */
  function statement(
    ask: Asked,
    { dialect }: SourceSession,
    column: (name: string) => SourceColumn,
    place: Place,
  ): Statement {
    const columnOf = (field: string): SourceColumn =>
      column(source.columns[fieldOf(field).name] ?? fieldOf(field).name);
    const keys = source.key.map(column);
    const loose = keys.find(({ ordered }) => !ordered);
    if (loose !== undefined) throw new Error(`rows cannot be read in the exact order of ${loose.name}`);
    const condition = (bind: Bind, { field, op, value }: Asked['filter'][number]): string => {
      const one = columnOf(field);
      if (op === 'eq') return `${one[place]} = ${one.bound(value, bind)}`;
      if (op === 'in') return dialect.among(one[place], one, Array.isArray(value) ? value : [value], bind);
      const bounds = Object(value) as Readonly<Record<string, unknown>>;
      const parts = Object.entries(comparisons).flatMap(([bound, sign]) =>
        bounds[bound] === undefined ? [] : [`${one[place]} ${sign} ${one.bound(bounds[bound], bind)}`],
      );
      return parts.length === 0 ? '1 = 1' : parts.join(' AND ');
    };
    const read = [...ask.fields.map((name) => columnOf(name).read), ...keys.map(({ mark }) => mark)];
    return statementOf(dialect, (bind) => {
      const where = ask.filter.map((one) => condition(bind, one));
      if (ask.after !== undefined)
        where.push(`(${dialect.behind(keys, placeOf(ask.after, keys.length), bind)})`);
      return `SELECT ${read.join(', ')} ${rowsOf(source.query)}${
        where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`
      } ORDER BY ${keys.map((key) => key.place).join(', ')} LIMIT ${Math.trunc(ask.limit) + 1}`;
    });
  }

  const read = (ask: Asked, time: number, place: Place): Promise<readonly Cells[]> =>
    pool.use(time, async (session) => {
      // what a query has for columns is asked once, and again after a question that failed
      known ??= new Map((await session.columns(source.query)).map((column) => [column.name, column]));
      const columns = known;
      const column = (name: string): SourceColumn => {
        const found = columns.get(name);
        if (found === undefined) throw new Error(`the query has no column ${name}`);
        return found;
      };
      return session.rows(statement(ask, session, column, place), Math.trunc(ask.limit) + 1);
    });

  return {
    rows: async (ask): Promise<LiveRows> => {
      const time = Math.min(source.seconds * 1000, ask.patience);
      const found = await read(ask, time, 'place').catch((error: unknown) => {
        if (error instanceof SourceFault && error.kind === 'letters') return read(ask, time, 'wide');
        known = undefined;
        throw error;
      });
      const taken = found.slice(0, ask.limit);
      const width = ask.fields.length;
      return {
        rows: taken.map((cells) => recordOf(ask.fields.map(fieldOf), cells)),
        after: taken.map((cells) => JSON.stringify(cells.slice(width))),
        more: found.length > taken.length,
      };
    },
    close: () => pool.close(),
  };
}

function poolOf({ url, mysql, atOnce }: SqlSource): SourcePool {
  if (mysql !== undefined) return mysqlPool(mysql, atOnce);
  return postgresPool({
    connectionString: url,
    max: atOnce,
    connectionTimeoutMillis: patience,
    application_name: 'datong provide',
  });
}

function placeOf(after: string, width: number): readonly string[] {
  try {
    const place: unknown = JSON.parse(after);
    if (Array.isArray(place) && place.length === width && place.every((one) => typeof one === 'string'))
      return place;
  } catch {
    // told below
  }
  throw new LiveFailure('cursor_expired');
}

function recordOf(
  fields: readonly SchemaField[],
  cells: readonly (string | null)[],
): Readonly<Record<string, unknown>> {
  const record: Record<string, unknown> = {};
  for (const [i, field] of fields.entries()) {
    const cell = cells[i] ?? null;
    if (cell !== null) record[field.name] = valueOf(field, cell);
    else if (field.nullable) record[field.name] = null;
  }
  return record;
}

/** as PostgreSQL, JSON and numbers of one digit have them */
const truths: ReadonlyMap<string, boolean> = new Map([
  ...(['t', 'true', '1'] as const).map((text) => [text, true] as const),
  ...(['f', 'false', '0'] as const).map((text) => [text, false] as const),
]);

/** The database's text as the schema's type; what does not fit stays text, and the hub says so. */
function valueOf({ type }: SchemaField, text: string): unknown {
  switch (type) {
    case 'string':
      return text;
    case 'integer':
    case 'number': {
      const number = Number(text);
      return text.trim() !== '' && Number.isFinite(number) ? number : text;
    }
    case 'boolean':
      return truths.get(text) ?? text;
    case 'object':
    case 'array':
      return parsedOr(text);
  }
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
