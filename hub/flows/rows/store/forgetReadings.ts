/**
 * Rows that are deleted leave nothing with the rules of their dataset: what a rule remembers of them, the events of them that wait for
 * their type, and what waits for the rules. In the transaction of the deletion.
 */
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { unixMoment } from '../../../../terms/civilDate.ts';
import { withoutReadings, type SeriesState } from '../../../domain/eventRule.ts';
import type { DeleteWhere } from '../../../domain/intakeRules.ts';
import { datasetTable, layoutOf } from '../../../domain/rowTable/layout.ts';
import { timeText, type Series } from '../../../domain/timeField.ts';
import { isMissingTable } from '../../../platform/database/failure.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { keyCasts, type Key } from './byKey.ts';

interface State {
  readonly rule: string;
  readonly series: string;
  readonly state: SeriesState;
}

/** States that are read at once. */
const maxStates = 5_000;

interface Readings {
  readonly dataset: string;
  readonly schema: DatasetSchema;
  readonly series: Series;
}

/** Rows of a call or a batch. */
interface Arrived {
  /** place of a query with the rows `b` */
  readonly from: string;
  /** parameters of that place, from $3 on */
  readonly values: readonly unknown[];
}

/** Forgets the readings whose keys arrived rows delete. Call it after their merge. */
export async function forgetDeleted(
  transaction: Transaction,
  readings: Readings,
  { field, is }: DeleteWhere,
  { from, values }: Arrived,
): Promise<void> {
  const { byField, key } = layoutOf(readings.schema);
  const mark = byField.get(field);
  if (mark === undefined) return;
  let after = '-1';
  for (;;) {
    const { rows } = await transaction.query<{ row: string; key: readonly Key[string][] }>(
      `SELECT b._row::text AS row, json_build_array(${key.map(({ name }) => `b.${name}`).join(', ')}) AS key FROM ${from}
        WHERE b.${mark.name}::text = ANY($1) AND b._row > $2 ORDER BY b._row LIMIT ${maxStates}`,
      [[...is], after, ...values],
    );
    const keys = rows.map((one) =>
      Object.fromEntries(key.map((column, i): [string, Key[string]] => [column.field, one.key[i] ?? ''])),
    );
    if (keys.length > 0) await forgetReadings(transaction, readings, keys);
    after = rows.at(-1)?.row ?? after;
    if (rows.length < maxStates) return;
  }
}

/** Forgets deleted readings. Call it after their deletion: a series without any other row is forgotten as a whole. */
export async function forgetReadings(
  transaction: Transaction,
  { dataset, schema, series }: Readings,
  keys: readonly Key[],
): Promise<void> {
  const nameOf = (key: Key): string => JSON.stringify(series.keys.map(({ field }) => key[field]));
  const gone = new Map<string, { readonly key: Key; readonly moments: Set<number> }>();
  for (const key of keys) {
    const name = nameOf(key);
    const one = gone.get(name) ?? { key, moments: new Set() };
    gone.set(name, one);
    one.moments.add(unixMoment(String(key[series.time.field])));
  }
  await stopRound(transaction, dataset);
  const named = 'unnest($2::text[], $3::text[]) AS gone (series, time)';
  const same = '(r.row -> 0)::jsonb = gone.series::jsonb AND r.row ->> 1 = gone.time';
  await leaveOutWaiting(transaction, dataset, `EXISTS (SELECT FROM ${named} WHERE ${same})`, [
    keys.map(nameOf),
    keys.map((key) => String(key[series.time.field])),
  ]);
  const { rows } = await transaction.query<State>(
    'SELECT rule, series, state FROM event_rule_state WHERE dataset = $1 AND series = ANY ($2::text[])',
    [dataset, [...gone.keys()]],
  );
  if (rows.length === 0) return;
  const ended = await withoutRows(
    transaction,
    { dataset, schema, series },
    [...new Set(rows.map((row) => row.series))].map((name) => [name, gone.get(name)?.key ?? {}]),
  );
  await change(transaction, dataset, rows, ({ series: name, state }) =>
    ended.has(name)
      ? undefined
      : withoutReadings(state, (moment) => gone.get(name)?.moments.has(moment) === true, 'false'),
  );
}

/**
 * Forgets readings of a destroyed period. A series whose last reading was in it, or before it, is forgotten as a whole.
 * @param field that gives the period; one of the key
 */
export async function forgetPeriod(
  transaction: Transaction,
  { dataset, series, field }: { readonly dataset: string; readonly series: Series; readonly field: string },
  period: string,
): Promise<void> {
  const place = series.keys.findIndex((key) => key.field === field);
  await stopRound(transaction, dataset);
  const isOver = (text: string): boolean => text.slice(0, period.length) <= period;
  const isGone = (moment: number): boolean => place === -1 && isOver(timeText(moment));
  const ofPeriod = ({ series: name, state: { time } }: State): boolean =>
    place === -1
      ? time !== '' && isGone(unixMoment(time))
      : isOver(String((JSON.parse(name) as readonly unknown[])[place]));
  const text = place === -1 ? 'r.row ->> 1' : `r.row -> 0 ->> ${place}`;
  await leaveOutWaiting(transaction, dataset, `left(${text}, length($2)) <= $2 COLLATE "C"`, [period]);
  let after: Pick<State, 'rule' | 'series'> | undefined;
  for (;;) {
    const { rows } = await transaction.query<State>(
      `SELECT rule, series, state FROM event_rule_state WHERE dataset = $1 AND (rule, series) > ($2, $3) ORDER BY rule, series LIMIT $4`,
      [dataset, after?.rule ?? '', after?.series ?? '', maxStates],
    );
    await change(transaction, dataset, rows, (one) =>
      ofPeriod(one) ? undefined : withoutReadings(one.state, isGone, 'ended'),
    );
    after = rows.at(-1);
    if (rows.length < maxStates) return;
  }
}

/** A round of rules that has read the rows before their deletion stores nothing, and begins again. */
async function stopRound(transaction: Transaction, dataset: string): Promise<void> {
  await transaction.query(
    `INSERT INTO event_rule_position AS p (dataset, version, sequence, rules) VALUES ($1, 1, 0, '{}')
     ON CONFLICT (dataset) DO UPDATE SET version = p.version + 1`,
    [dataset],
  );
}

/** @param next the state that takes the place of one; undefined: it is deleted */
async function change(
  transaction: Transaction,
  dataset: string,
  states: readonly State[],
  next: (one: State) => SeriesState | undefined,
): Promise<void> {
  const changed = states.flatMap((one) => {
    const state = next(one);
    return state === one.state ? [] : [{ ...one, state }];
  });
  if (changed.length === 0) return;
  const names = [dataset, changed.map(({ rule }) => rule), changed.map(({ series }) => series)];
  const texts = changed.map(({ state }) => (state === undefined ? null : JSON.stringify(state)));
  const all = 'unnest($2::text[], $3::text[], $4::text[]) AS one (rule, series, state)';
  const same = 's.dataset = $1 AND s.rule = one.rule AND s.series = one.series';
  await transaction.query(
    `DELETE FROM event_rule_state AS s USING ${all} WHERE ${same} AND one.state IS NULL`,
    [...names, texts],
  );
  await transaction.query(
    `UPDATE event_rule_state AS s SET state = one.state::json FROM ${all} WHERE ${same} AND one.state IS NOT NULL`,
    [...names, texts],
  );
}

/** Names of series that have no row. */
async function withoutRows(
  transaction: Transaction,
  { dataset, schema, series: { keys } }: Readings,
  all: readonly (readonly [name: string, key: Key])[],
): Promise<ReadonlySet<string>> {
  const names = all.map(([name]) => name);
  const given = keys.map((_, i) => `$${i + 2}::text[]`);
  const same = keys.map(({ name, kind }, i) => `stored.${name} = one.k${i}::${keyCasts[kind]}`);
  try {
    const { rows } = await transaction.query<{ name: string }>(
      `SELECT one.name FROM unnest(${['$1::text[]', ...given].join(', ')}) AS one (${['name', ...keys.map((_, i) => `k${i}`)].join(', ')})
        WHERE NOT EXISTS (SELECT FROM ${datasetTable(dataset, schema)} AS stored WHERE ${['true', ...same].join(' AND ')})`,
      [names, ...keys.map(({ field }) => all.map(([, key]) => String(key[field])))],
    );
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    if (isMissingTable(error)) return new Set(names);
    throw error;
  }
}

/** Rows that wait for the rules, without some. @param isGone condition of `r.row`, with `values` from $2 on */
async function leaveOutWaiting(
  transaction: Transaction,
  dataset: string,
  isGone: string,
  values: readonly unknown[],
): Promise<void> {
  const { rows } = await transaction.query<{ sequence: string; fields: string[]; rows: string; at: string }>(
    `DELETE FROM series_change AS c WHERE dataset = $1 AND EXISTS (SELECT FROM json_array_elements(c.rows) AS r (row) WHERE ${isGone})
     RETURNING sequence, fields, rows::text AS rows, stored_at::text AS at`,
    [dataset, ...values],
  );
  const next = values.length + 2;
  for (const call of rows)
    await transaction.query(
      `INSERT INTO series_change (dataset, sequence, fields, rows, stored_at) OVERRIDING SYSTEM VALUE
       SELECT $1, $${next}::bigint, $${next + 1}::text[], json_agg(r.row ORDER BY r.nth), $${next + 2}::timestamptz
         FROM json_array_elements($${next + 3}::json) WITH ORDINALITY AS r (row, nth)
        WHERE NOT (${isGone}) HAVING count(*) > 0`,
      [dataset, ...values, call.sequence, call.fields, call.at, call.rows],
    );
}
