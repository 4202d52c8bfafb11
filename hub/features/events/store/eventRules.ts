/** SQL of the rules that raise events: rows that wait for them, how far they have come, what they remember of each series. */
import type { SeriesState } from '../../../domain/eventRule.ts';
import { momentAt, momentOf, readMoment } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';

/** Rows of one call that the rules have not seen. */
export interface WaitingRows {
  readonly sequence: string;
  /** Unix milliseconds */
  readonly storedAt: number;
  readonly fields: readonly string[];
  readonly rows: readonly (readonly [
    series: readonly unknown[],
    time: string,
    values: readonly (number | null)[],
  ])[];
}

/** Calls of one dataset, the oldest first. */
export async function waitingRows(reader: Reader, dataset: string, maxRows: number): Promise<WaitingRows[]> {
  const { rows } = await reader.query<Omit<WaitingRows, 'storedAt'> & { readonly stored: string }>(
    `SELECT sequence, fields, rows, ${momentOf('stored_at')} AS stored FROM series_change WHERE dataset = $1 ORDER BY sequence LIMIT $2`,
    [dataset, maxRows],
  );
  return rows.map(({ stored, ...row }) => ({ ...row, storedAt: readMoment(stored) }));
}

/** A rule of a dataset, by the name under which its states are stored. */
export interface NamedRule {
  readonly dataset: string;
  readonly rule: string;
  /** whether its type takes events: what waited for it is due */
  readonly isOpen: boolean;
}

/**
 * Datasets whose rules have something to do, or have something stored.
 * @param now Unix milliseconds
 * @param rules all rules of these datasets
 */
export async function busyDatasets(
  reader: Reader,
  now: number,
  ruled: readonly string[],
  rules: readonly NamedRule[],
): Promise<readonly string[]> {
  const { rows } = await reader.query<{ dataset: string }>(
    `SELECT DISTINCT dataset FROM event_rule_state WHERE due <= ${momentAt('$1')}
      UNION SELECT one FROM unnest($2::text[]) AS one WHERE EXISTS (SELECT FROM series_change WHERE dataset = one)
      UNION SELECT dataset FROM event_rule_position WHERE dataset <> ALL ($2::text[])
      UNION SELECT dataset FROM event_rule_state AS s JOIN unnest($3::text[], $4::text[], $5::boolean[]) AS one (dataset, rule, is_open) USING (dataset, rule)
             WHERE is_open AND s.state -> 'held' IS NOT NULL
      UNION SELECT p.dataset FROM event_rule_position AS p, unnest(p.rules) AS former (rule)
             WHERE (p.dataset, former.rule) NOT IN (SELECT * FROM unnest($3::text[], $4::text[]))`,
    [
      ...[now, ruled, rules.map(({ dataset }) => dataset), rules.map(({ rule }) => rule)],
      rules.map(({ isOpen }) => isOpen),
    ],
  );
  return rows.map(({ dataset }) => dataset);
}

export interface Position {
  readonly version: number;
  readonly rules: readonly string[];
}

export async function positionOf(reader: Reader, dataset: string): Promise<Position> {
  const { rows } = await reader.query<{ version: string; rules: string[] }>(
    'SELECT version, rules FROM event_rule_position WHERE dataset = $1',
    [dataset],
  );
  const [row] = rows;
  return { version: Number(row?.version ?? 0), rules: row?.rules ?? [] };
}

export interface StoredState {
  readonly rule: string;
  readonly series: string;
  readonly state: SeriesState;
}

/**
 * States of these rules: those of the series, and those whose time has come.
 * @param open those of the rules whose type takes events: what waited for it is due
 */
export async function statesOf(
  reader: Reader,
  dataset: string,
  {
    rules,
    open,
    series,
    due,
    maxStates,
  }: {
    readonly rules: readonly string[];
    readonly open: readonly string[];
    readonly series: readonly string[];
    readonly due: number;
    readonly maxStates: number;
  },
): Promise<readonly (StoredState & { readonly isDue: boolean })[]> {
  const { rows } = await reader.query<StoredState & { readonly isDue: boolean }>(
    `SELECT rule, series, state, false AS "isDue" FROM event_rule_state WHERE dataset = $1 AND rule = ANY ($5::text[]) AND series = ANY ($2::text[])
      UNION ALL
     (SELECT rule, series, state, true FROM event_rule_state
       WHERE dataset = $1 AND rule = ANY ($5::text[]) AND due <= ${momentAt('$3')} AND series <> ALL ($2::text[]) ORDER BY due LIMIT $4)
      UNION ALL
     (SELECT rule, series, state, true FROM event_rule_state
       WHERE dataset = $1 AND rule = ANY ($6::text[]) AND state -> 'held' IS NOT NULL AND (due IS NULL OR due > ${momentAt('$3')})
         AND series <> ALL ($2::text[]) LIMIT $4)`,
    [dataset, series, due, maxStates, rules, open],
  );
  return rows;
}

/**
 * Moves the position of a dataset and forgets the calls that were seen.
 * @param seen their numbers, ascending: one with a lower number that commits later is not among them
 * @returns false where another process moved it in the meantime: then nothing may be written
 */
export async function movePosition(
  transaction: Transaction,
  dataset: string,
  before: Position,
  seen: readonly string[],
  rules: readonly string[],
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `INSERT INTO event_rule_position AS p (dataset, version, sequence, rules) VALUES ($1, $2::bigint + 1, $3, $4)
     ON CONFLICT (dataset) DO UPDATE SET version = excluded.version, sequence = greatest(p.sequence, excluded.sequence), rules = excluded.rules
      WHERE p.version = $2`,
    [dataset, before.version, seen.at(-1) ?? '0', rules],
  );
  if (rowCount !== 1) return false;
  if (seen.length > 0)
    await transaction.query(
      'DELETE FROM series_change WHERE dataset = $1 AND sequence = ANY ($2::bigint[])',
      [dataset, seen],
    );
  if (before.rules.some((name) => !rules.includes(name)))
    await transaction.query('DELETE FROM event_rule_state WHERE dataset = $1 AND rule <> ALL ($2::text[])', [
      dataset,
      rules,
    ]);
  return true;
}

export async function putStates(
  transaction: Transaction,
  dataset: string,
  states: readonly (StoredState & { readonly due: number | undefined })[],
): Promise<void> {
  await transaction.query(
    `INSERT INTO event_rule_state AS stored (dataset, rule, series, state, due)
     SELECT $1, rule, series, state::json, ${momentAt('due')} FROM unnest($2::text[], $3::text[], $4::text[], $5::double precision[]) AS one (rule, series, state, due)
     ON CONFLICT (dataset, rule, series) DO UPDATE SET state = excluded.state, due = excluded.due`,
    [
      dataset,
      states.map(({ rule }) => rule),
      states.map(({ series }) => series),
      states.map(({ state }) => JSON.stringify(state)),
      states.map(({ due }) => due ?? null),
    ],
  );
}

/** Whether a rule has raised events that its type does not take now. */
export async function holdsEvents(reader: Reader, dataset: string, rule: string): Promise<boolean> {
  const { rows } = await reader.query(
    "SELECT FROM event_rule_state WHERE dataset = $1 AND rule = $2 AND state -> 'held' IS NOT NULL LIMIT 1",
    [dataset, rule],
  );
  return rows.length > 0;
}

/** Takes over the states of a rule of which only the type of its events was changed. */
export async function renameRule(
  transaction: Transaction,
  dataset: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  await transaction.query('UPDATE event_rule_state SET rule = $3 WHERE dataset = $1 AND rule = $2', [
    dataset,
    from,
    to,
  ]);
}

/** Of a dataset that has no rules any more. */
export async function forgetRules(transaction: Transaction, dataset: string): Promise<void> {
  for (const table of ['series_change', 'event_rule_state', 'event_rule_position'])
    await transaction.query(`DELETE FROM ${table} WHERE dataset = $1`, [dataset]);
}
