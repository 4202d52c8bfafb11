/**
 * Rows of a live dataset out of the department's own PostgreSQL. The query stands in the configuration; a question adds conditions, order
 * and limit around it, its values as parameters alone. Each question is one read-only transaction with a time limit.
 */
import pg from 'pg';
import type { SchemaField } from '../../../schemas/datasetSchema.ts';
import { LiveFailure, type LiveAsk, type LiveRows } from '../../sdk/liveConnection.ts';
import type { SqlSource } from './configuration.ts';
import type { ProvidedDataset, RowProvider } from './rowProvider.ts';

/** ms until a connection must be there */
const patience = 5_000;
const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
/** every value as the text that the database writes: dates and numbers are nobody's guess */
const asText = { getTypeParser: () => (text: string) => text };

export function sqlRows({ schema }: ProvidedDataset, source: SqlSource): RowProvider {
  const pool = new pg.Pool({
    connectionString: source.url,
    max: source.atOnce,
    connectionTimeoutMillis: patience,
    application_name: 'datong provide',
  });
  pool.on('error', () => undefined); // an idle connection broke: the next question opens another
  pool.on('connect', (client) => client.on('error', () => undefined)); // one that is out: its statement tells
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  const columnOf = (field: string): string => `q.${quoted(source.columns[field] ?? field)}`;
  const fieldOf = (name: string): SchemaField => {
    const field = fields.get(name);
    if (field === undefined) throw new LiveFailure('field_unknown');
    return field;
  };

  function statement(ask: Pick<LiveAsk, 'fields' | 'filter' | 'limit' | 'after'>) {
    const values: unknown[] = [];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const keys = source.key.map((name) => `q.${quoted(name)}`);
    const where = ask.filter.map(({ field, op, value }) => {
      const column = columnOf(fieldOf(field).name);
      if (op === 'eq') return `${column} = ${bind(value)}`;
      if (op === 'in') return `${column} = ANY(${bind(value)})`;
      const bounds = Object(value) as Readonly<Record<string, unknown>>;
      const parts = Object.entries(comparisons).flatMap(([bound, sign]) =>
        bounds[bound] === undefined ? [] : [`${column} ${sign} ${bind(bounds[bound])}`],
      );
      return parts.length === 0 ? 'true' : parts.join(' AND ');
    });
    if (ask.after !== undefined) {
      const place = placeOf(ask.after, keys.length);
      where.push(`(${keys.join(', ')}) > (${place.map(bind).join(', ')})`);
    }
    const columns = [...ask.fields.map((name) => columnOf(fieldOf(name).name)), ...keys];
    const text = `SELECT ${columns.join(', ')} FROM (\n${source.query}\n) AS q${
      where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`
    } ORDER BY ${keys.join(', ')} LIMIT ${bind(ask.limit + 1)}`;
    return { text, values };
  }

  async function read(
    query: { readonly text: string; readonly values: readonly unknown[] },
    time: number,
  ): Promise<(string | null)[][]> {
    const client = await pool.connect();
    let failed: Error | undefined;
    try {
      await client.query('BEGIN READ ONLY');
      await client.query(`SET LOCAL statement_timeout = ${Math.ceil(time)}`);
      const { text, values } = query;
      const { rows } = await client.query<(string | null)[]>({
        text,
        values: [...values],
        rowMode: 'array',
        types: asText,
      });
      await client.query('ROLLBACK');
      return rows;
    } catch (error) {
      failed = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      client.release(failed); // what failed is not used again: nobody knows what state it is in
    }
  }

  return {
    rows: async (ask): Promise<LiveRows> => {
      const found = await read(statement(ask), Math.min(source.seconds * 1000, ask.patience));
      const taken = found.slice(0, ask.limit);
      const width = ask.fields.length;
      return {
        rows: taken.map((cells) => recordOf(ask.fields.map(fieldOf), cells)),
        after: taken.map((cells) => JSON.stringify(cells.slice(width))),
        more: found.length > taken.length,
      };
    },
    close: () => pool.end(),
  };
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

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
      return text === 't' || text === 'true' ? true : text === 'f' || text === 'false' ? false : text;
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
