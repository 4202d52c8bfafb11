/**
 * Rows of a live dataset from the department's own database: PostgreSQL, MySQL or MariaDB. The configuration has the query. A question adds
 * conditions, order and limit around it, with its values as parameters only. Each question is one read-only transaction with a time limit.
 */
import { mysqlPool } from '../../../machine/sources/mysql.ts';
import { postgresPool } from '../../../machine/sources/postgres.ts';
import {
  rowsOf,
  rowsAtMark,
  SourceFault,
  statementOf,
  type Cells,
  type SourceColumn,
  type SourcePool,
  type SourceSession,
  type Statement,
  ownValue,
  type Bind,
  type Dialect,
} from '../../../machine/sources/sqlSource.ts';
import type { SchemaField } from '../../../schemas/datasetSchema.ts';
import { LiveFailure, type LiveAsk, type LiveRows } from '../../sdk/liveConnection.ts';
import type { SqlSource } from './configuration.ts';
import type { ProvidedDataset, RowProvider } from './providedRows.ts';
import { OwnReason } from './sourceReason.ts';
import { meetsCondition } from '../../../policies/meetsCondition.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { compareDecimal, parseDecimal } from '../../../terms/decimal.ts';
import { defined } from '../../../terms/defined.ts';
import { dayNear, instantNamed } from '../../../terms/moment.ts';

const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;
const noRow = '1 = 0';
/** as PostgreSQL, JSON and numbers of one digit have them */
const truths: ReadonlyMap<string, boolean> = new Map([
  ...(['t', 'true', '1'] as const).map((text) => [text, true] as const),
  ...(['f', 'false', '0'] as const).map((text) => [text, false] as const),
]);

type Condition = LiveAsk['filter'][number];

/**
 * A condition of a question in the SQL of a department's database. It finds every row that the hub would: numbers as numbers, moments by the
 * days around them, other texts by their bytes. Surplus rows are dropped here (moments) and by the hub (the database's equality may ignore
 * case).
 * @param place of the column, in its own encoding or in a wider one
 * @throws OwnReason for a condition that the database cannot answer exactly
 */
function sqlCondition(
  { bytes }: Dialect,
  column: SourceColumn,
  place: 'place' | 'wide',
  field: SchemaField,
  condition: Condition,
): (bind: Bind) => string {
  const { op, value } = condition;
  const wanted: readonly unknown[] = op === 'in' && Array.isArray(value) ? value : [value];
  if (field.type === 'boolean') {
    const texts = [...truths].filter(([, truth]) => meetsCondition(condition, field, truth));
    return (bind) =>
      among(
        column.bytes,
        texts.map(([text]) => bytes(text, bind)),
      );
  }
  if (isMoment(field)) return (bind) => momentsSql(column, condition, (text) => bytes(text, bind));
  const isNumber = field.type !== 'string' || field.format === 'decimal';
  if (op === 'range') {
    const bounds = Object(value) as Readonly<Record<string, unknown>>;
    const requested = Object.entries(comparisons).filter(([bound]) => bounds[bound] !== undefined);
    if (isNumber) for (const [bound] of requested) refuseInexact(column, field, bounds[bound]);
    const native = isNumber || requested.every(([bound]) => column.sortsAsText(String(bounds[bound])));
    return (bind) =>
      requested.length === 0
        ? '1 = 1'
        : requested
            .map(([bound, sign]) =>
              native
                ? `${column[place]} ${sign} ${ownValue(column, String(bounds[bound]), bind)}`
                : `${column.bytes} ${sign} ${bytes(String(bounds[bound]), bind)}`,
            )
            .join(' AND ');
  }
  if (isNumber) for (const one of wanted) refuseInexact(column, field, one);
  return (bind) => {
    const bound = wanted.map((one) => column.bound(one, bind));
    return among(
      column[place],
      bound.filter((one) => one !== undefined),
    );
  };
}

const isMoment = ({ type, format }: SchemaField): boolean => type === 'string' && format === 'date-time';

/** Texts that begin with the days around the moments of a condition: a moment is written at any offset. */
function momentsSql(
  { bytes }: SourceColumn,
  { op, value }: Condition,
  text: (day: string) => string,
): string {
  const after = (day: string | undefined): string[] =>
    day === undefined ? [] : [`${bytes} >= ${text(day)}`];
  const below = (day: string | undefined): string[] => (day === undefined ? [] : [`${bytes} < ${text(day)}`]);
  if (op === 'range') {
    const { gt, gte, lt, lte } = Object(value) as Readonly<Record<string, unknown>>;
    const lower = [gt, gte].flatMap((one) => after(dayOf(one, -1)));
    const bounds = [...lower, ...[lt, lte].flatMap((one) => below(dayOf(one, 2)))];
    return bounds.length === 0 ? '1 = 1' : bounds.join(' AND ');
  }
  const wanted: readonly unknown[] = op === 'in' && Array.isArray(value) ? value : [value];
  const days = new Map(
    wanted
      .filter((one) => momentNamed(one) !== undefined)
      .map((one) => [dayOf(one, -1), dayOf(one, 2)] as const)
      .map((pair) => [pair.join(), pair]),
  );
  if (days.size === 0) return noRow;
  const near = [...days.values()].map(([from, to]) => [...after(from), ...below(to)].join(' AND '));
  return `(${near.map((one) => `(${one})`).join(' OR ')})`;
}

const momentNamed = (value: unknown) => (typeof value === 'string' ? instantNamed(value) : undefined);

function dayOf(value: unknown, later: number): string | undefined {
  const instant = momentNamed(value);
  return instant === undefined ? undefined : dayNear(instant, later);
}

const among = (place: string, values: readonly string[]): string =>
  values.length === 0 ? noRow : `${place} IN (${values.join(', ')})`;

/** A text is in no order of numbers, and a float is no fixed-point number. @throws OwnReason */
function refuseInexact(column: SourceColumn, field: SchemaField, value: unknown): void {
  const reported = ({ zh, en }: Bilingual): OwnReason =>
    new OwnReason({
      zh: `列 ${column.name} 不能精确回答关于 ${field.name} 的条件：${zh}`,
      en: `${column.name} cannot answer for ${field.name} exactly: ${en}`,
    });
  if (column.sort === 'other')
    throw reported({
      zh: '不是数值列；请在查询中用 CAST 转换',
      en: 'it is no column of numbers; CAST it to one in the query',
    });
  if (column.sort === 'number') return;
  const requested = parseDecimal(String(value));
  const held = parseDecimal(String(Number(value)));
  if (requested === undefined || held === undefined || compareDecimal(requested, held) !== 0)
    throw reported({
      zh: '它是浮点数，位数少于所问的值',
      en: 'it is floating point, which has fewer digits than the requested value',
    });
}

/** milliseconds to establish a connection */
const patience = 5_000;

type Requested = Pick<LiveAsk, 'fields' | 'filter' | 'limit' | 'after'>;
type Place = 'place' | 'wide';
type Row = Readonly<Record<string, unknown>>;

/** Rows of one read where some are dropped. */
const minReading = 200;

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
    ask: Requested,
    { dialect }: SourceSession,
    column: (name: string) => SourceColumn,
    place: Place,
  ): Statement {
    const columnOf = (field: string): SourceColumn => {
      const { name } = fieldOf(field);
      // a field may have the name of a method of objects
      return column(Object.hasOwn(source.columns, name) ? (source.columns[name] ?? name) : name);
    };
    const keys = keysOf(column);
    const conditions = ask.filter.map((one) =>
      sqlCondition(dialect, columnOf(one.field), place, fieldOf(one.field), one),
    );
    const read = [...ask.fields.map((name) => columnOf(name).read), ...keys.map(({ mark }) => mark)];
    return statementOf(dialect, (bind) => {
      const where = conditions.map((condition) => condition(bind));
      if (ask.after !== undefined)
        where.push(`(${dialect.behind(keys, placeOf(ask.after, keys.length), bind)})`);
      return `SELECT ${read.join(', ')} ${rowsOf(source.query)}${
        where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`
      } ORDER BY ${keys.map((key) => key.place).join(', ')} LIMIT ${Math.trunc(ask.limit) + 1}`;
    });
  }

  const read = (ask: Requested, time: number, place: Place): Promise<readonly Cells[]> =>
    pool.use(time, async (session) => {
      // the columns of a query are read once, and again after a question that failed
      known ??= new Map((await session.columns(source.query)).map((column) => [column.name, column]));
      const columns = known;
      const column = (name: string): SourceColumn => {
        const found = columns.get(name);
        if (found === undefined)
          throw new OwnReason({ zh: `查询结果没有列 ${name}`, en: `the query has no column ${name}` });
        return found;
      };
      const found = await session.rows(statement(ask, session, column, place), Math.trunc(ask.limit) + 1);
      await followed(session, keysOf(column), ask, found);
      return found;
    });

  const keysOf = (column: (name: string) => SourceColumn): readonly SourceColumn[] => {
    const keys = source.key.map(column);
    const loose = keys.find(({ ordered }) => !ordered);
    if (loose !== undefined)
      throw new OwnReason({
        zh: `不能按列 ${loose.name} 的准确次序读取`,
        en: `rows cannot be read in the exact order of ${loose.name}`,
      });
    return keys;
  };

  /** Rows of a page are not counted here: the last row of a page must be the only one at its position. @throws OwnReason */
  async function followed(
    session: SourceSession,
    keys: readonly SourceColumn[],
    { fields: requested, limit, after }: Requested,
    found: readonly Cells[],
  ): Promise<void> {
    const unfit = new OwnReason({
      zh: 'key 为空或有重复：不能按其次序逐页读取',
      en: 'the key is empty or repeated: rows cannot be read page by page in its order',
    });
    const last = found.length > limit ? found[Math.trunc(limit) - 1] : undefined;
    if (last !== undefined) {
      const mark = last.slice(requested.length).filter((cell) => cell !== null);
      if (mark.length < keys.length) throw unfit;
      if ((await session.rows(rowsAtMark(session, source.query, keys, mark), 2)).length !== 1) throw unfit;
      return;
    }
    // a row without a position follows no other
    if (after === undefined) return;
    const empty = keys.map((key) => key.empty).join(' OR ');
    const without = { text: `SELECT 1 ${rowsOf(source.query)} WHERE ${empty} LIMIT 1`, values: [] };
    if ((await session.rows(without, 1)).length > 0) throw unfit;
  }

  /** @param until when the question ends, on the clock of the process */
  async function readOnce(
    ask: Requested & Pick<LiveAsk, 'patience'>,
    until: number,
  ): Promise<readonly Cells[]> {
    const time = until - performance.now();
    if (time <= 0)
      throw new OwnReason({
        zh: '在询问的时限内没有找到所需的行',
        en: 'the time of the question ended before its rows were found',
      });
    return read(ask, time, 'place').catch((error: unknown) => {
      if (error instanceof SourceFault && error.kind === 'letters') return read(ask, time, 'wide');
      known = undefined;
      throw error;
    });
  }

  return {
    rows: async (ask): Promise<LiveRows> => {
      const until = performance.now() + Math.min(source.seconds * 1000, ask.patience);
      const limit = Math.trunc(ask.limit);
      const width = ask.fields.length;
      const requested = ask.fields.map(fieldOf);
      const moments = ask.filter.filter(
        ({ field }) => ask.fields.includes(field) && isMoment(fieldOf(field)),
      );
      const reading = moments.length === 0 ? limit : Math.max(limit, minReading);
      const taken: { readonly record: Row; readonly mark: string }[] = [];
      let { after } = ask;
      for (;;) {
        const found = await readOnce({ ...ask, limit: reading, ...defined({ after }) }, until);
        for (const [at, cells] of found.slice(0, reading).entries()) {
          const record = recordOf(requested, cells);
          after = JSON.stringify(cells.slice(width));
          if (!moments.every((one) => meetsCondition(one, fieldOf(one.field), record[one.field]))) continue;
          taken.push({ record, mark: after });
          if (taken.length === limit) return answerOf(taken, at + 1 < found.length);
        }
        if (found.length <= reading) return answerOf(taken, false);
      }
    },
    close: () => pool.close(),
  };
}

const answerOf = (
  taken: readonly { readonly record: Row; readonly mark: string }[],
  more: boolean,
): LiveRows => ({
  rows: taken.map(({ record }) => record),
  after: taken.map(({ mark }) => mark),
  more,
});

function poolOf({ url, mysql, atOnce }: SqlSource): SourcePool {
  if (mysql !== undefined) return mysqlPool(mysql, atOnce);
  return postgresPool({
    connectionString: url,
    max: atOnce,
    connectionTimeoutMillis: patience,
    application_name: 'datong client provide',
  });
}

function placeOf(after: string, width: number): readonly string[] {
  try {
    const place: unknown = JSON.parse(after);
    if (Array.isArray(place) && place.length === width && place.every((one) => typeof one === 'string'))
      return place;
  } catch {
    // reported below
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

/** Converts the database's text to the schema's type; an invalid value stays text, and the hub reports it. */
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
