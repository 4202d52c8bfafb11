/**
 * Legal holds: data that must not be destroyed before a day. One rule applies to all destruction: its transaction blocks new holds before
 * it checks for holds, and placing a hold waits for destructions that began before. No hold is thus placed between check and destruction.
 * Data of a dataset is checked by `mayGo`. Log entries and their subjects are held in four ways and checked after `blockNewHolds`.
 */
import type { Knex } from 'knex';
import { comparedTable } from '../../platform/database/authenticated/comparedTable.ts';
import { refuseUnauthentic } from '../../platform/database/authenticated/rowSealing.ts';
import { sealedRow, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { pageRows, type ListOrder, type OrderedPage, type PageRows } from '../../platform/database/pages.ts';
import { narrowed } from '../../platform/database/values.ts';
import { longStatement } from '../../platform/database/connection.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';

export interface LegalHoldRow {
  readonly id: string;
  readonly kind: 'dataset' | 'agreement' | 'subject' | 'entries';
  /** id of a dataset or an agreement, keyed hash of a subject in hex, `first-last` */
  readonly target: string;
  readonly reason: string;
  readonly caseNumber: string;
  /** Unix milliseconds */
  readonly until: number;
  readonly digest: string;
  /** ids of persons */
  readonly author: string;
  readonly approver: string;
  readonly liftedBy: string | null;
}

const columns = `id, kind, target, reason, case_number AS "caseNumber", (extract(epoch FROM until) * 1000)::double precision AS until,
  digest, author, approver, lifted_by AS "liftedBy"`;

export const legalHoldById = (reader: Reader, id: string): Promise<LegalHoldRow | undefined> =>
  sealedRow<LegalHoldRow>(reader, 'legal_hold', `SELECT ${columns} FROM legal_hold WHERE id = $1`, [id]);

export interface HoldFilter {
  /** Unix milliseconds */
  readonly now: number;
  readonly kind?: string | undefined;
  readonly caseNumber?: string | undefined;
}

/** Holds in force, usually the first to end first. */
export const pageHolds = (
  reader: Reader,
  { now, kind, caseNumber }: HoldFilter,
  page: OrderedPage,
): Promise<PageRows<LegalHoldRow>> => {
  const narrow = (rows: Knex.QueryBuilder): void => {
    narrowed(rows, { kind, case_number: caseNumber });
    rows.whereNull('lifted_by').whereRaw('legal_hold.until > to_timestamp(? / 1000.0)', [now]);
  };
  return pageRows(reader, { columns, order, narrow }, page, (row: LegalHoldRow) => row);
};

const order: ListOrder = {
  table: 'legal_hold',
  id: ['id'],
  sorts: { until: (row) => [`${row}.until`], case: (row) => [`${row}.case_number`] },
  usual: 'until',
};

type HoldTarget = Pick<LegalHoldRow, 'kind' | 'target'>;

/**
 * Targets now under legal hold, and targets whose hold waits for its second person.
 * @throws Problem rows_unauthenticated where a hold was changed past the hub
 */
export async function holdTargets(reader: Reader): Promise<HoldTarget[]> {
  const { rows } = await reader.query<HoldTarget>('SELECT kind, target FROM standing_hold');
  const holds = [...rows, ...(await comparedHolds(reader))];
  return [...new Map(holds.map((hold) => [`${hold.kind} ${hold.target}`, hold])).values()];
}

/**
 * The same, from the rows that were compared: another statement could wait for a lock of an administrator, who hides a hold in between.
 * Requests are not compared here; each has a row in `waiting_hold`.
 */
async function comparedHolds(reader: Reader): Promise<readonly HoldTarget[]> {
  const { rows } = await reader.query<{ now: number }>(
    'SELECT (extract(epoch FROM now()) * 1000)::double precision AS now',
  );
  const now = rows[0]?.now ?? 0;
  const waiting = await comparedTable(reader, 'waiting_hold');
  const decided = await decidedRequests(
    reader,
    waiting.map(({ proposal }) => proposal ?? ''),
  );
  const holds = [
    ...waiting.filter(({ proposal }) => !decided.has(proposal ?? '')),
    ...(await comparedTable(reader, 'legal_hold')),
  ];
  return holds.flatMap(({ kind, target, until, lifted_by: liftedBy = null }) =>
    liftedBy !== null || Date.parse(until ?? '') <= now
      ? []
      : [{ kind: kind as LegalHoldRow['kind'], target: target ?? '' }],
  );
}

/** A process of the release before decides a request without the row in `waiting_hold`. Only a request with a valid seal counts as decided. */
async function decidedRequests(reader: Reader, proposals: readonly string[]): Promise<ReadonlySet<string>> {
  if (proposals.length === 0) return new Set();
  const text = `SELECT id FROM proposal WHERE id = ANY ($1::uuid[]) AND state <> 'waiting'`;
  const rows = await sealedRows<{ id: string }>(reader, 'proposal', text, [proposals]);
  return new Set(rows.map(({ id }) => id));
}

/** Of datasets. The view reads the proposals, which no destruction compares; each has a row in `waiting_hold`, which it compares. */
const heldDatasets = `(SELECT dataset FROM held_dataset
  UNION ALL SELECT target FROM waiting_hold AS w WHERE kind = 'dataset' AND until > now()
    AND NOT EXISTS (SELECT FROM proposal AS p WHERE p.id = w.proposal AND p.state <> 'waiting')) AS h`;

/** Whether a dataset is held, or a hold on it waits for its second person. */
export async function isDatasetHeld(reader: Reader, dataset: string): Promise<boolean> {
  const { rows } = await reader.query(`SELECT 1 FROM ${heldDatasets} WHERE dataset = $1`, [dataset]);
  return rows.length > 0;
}

/** Whether any dataset is held, or a hold on one waits for its second person. */
export async function isAnyDatasetHeld(reader: Reader): Promise<boolean> {
  const { rows } = await reader.query(`SELECT 1 FROM ${heldDatasets} LIMIT 1`);
  return rows.length > 0;
}

/**
 * Whether data of a dataset may be destroyed: its row has a valid seal, and no hold is on it. Call it after all other locks of the
 * transaction. Until the transaction ends, no hold can be placed on the dataset.
 */
export async function mayGo(transaction: Reader, dataset: string): Promise<boolean> {
  // an altered state or retention would let the hub destroy on behalf of its author
  return (await isUnheld(transaction, dataset)) && (await isDatasetAuthentic(transaction, dataset));
}

/** The same where the transaction itself has changed the row of the dataset, which has no seal until the commit. */
export async function isUnheld(transaction: Reader, dataset: string): Promise<boolean> {
  const held = await blockHolds(transaction, dataset);
  if (held.has(dataset)) return false;
  // a separate statement: one that waited would see the state before the wait
  return !(await isDatasetHeld(transaction, dataset));
}

/** The same for data whose dataset is unknown: a hold on any dataset retains it. */
export async function isNoneHeld(transaction: Reader): Promise<boolean> {
  return (await datasetsHeld(transaction)).size === 0;
}

/** Datasets that are held, or whose hold waits. Until the transaction ends, no hold can be placed on any. */
export async function datasetsHeld(transaction: Reader): Promise<ReadonlySet<string>> {
  const held = await blockHolds(transaction);
  // a separate statement: one that waited would see the state before the wait
  const { rows } = await transaction.query<{ dataset: string }>(`SELECT dataset FROM ${heldDatasets}`);
  return new Set([...held, ...rows.map(({ dataset }) => dataset)]);
}

/** @returns datasets under legal hold, and those whose hold waits */
async function blockHolds(transaction: Reader, dataset?: string): Promise<ReadonlySet<string>> {
  await transaction.query('SELECT pg_advisory_xact_lock_shared(hashtext($1))', [lockOf(dataset)]);
  const holds = await comparedHolds(transaction);
  return new Set(holds.flatMap(({ kind, target }) => (kind === 'dataset' ? [target] : [])));
}

async function isDatasetAuthentic(transaction: Reader, dataset: string): Promise<boolean> {
  const text = 'SELECT id FROM dataset WHERE id = $1';
  return (await sealedRows(transaction, 'dataset', text, [dataset])).length > 0;
}

/** Blocks new holds of any kind until the transaction ends. Code that removes log entries then reads the holds in force. */
export async function blockNewHolds(transaction: Reader): Promise<void> {
  await transaction.query('SELECT pg_advisory_xact_lock_shared(hashtext($1))', [lockOf()]);
  await refuseUnauthentic(transaction, ['legal_hold', 'waiting_hold']);
  await refuseUnauthentic(transaction, ['proposal', 'retention_rule', 'destruction_order']);
}

/**
 * Stores what a hold protects that waits for its second person, for thirty days; later destructions see it.
 * @param proposal id of the request
 */
export async function insertWaitingHold(
  transaction: Transaction,
  { proposal, kind, target }: Pick<LegalHoldRow, 'kind' | 'target'> & { readonly proposal: string },
): Promise<void> {
  await transaction.query(
    `INSERT INTO waiting_hold (proposal, kind, target, until) VALUES ($1, $2, $3, now() + interval '30 days')`,
    [proposal, kind, target],
  );
}

/** The requests were decided: one that was accepted has a row of `legal_hold`. @param proposals of any operation */
export async function endWaitingHolds(reader: Reader, proposals: readonly string[]): Promise<void> {
  await reader.query('DELETE FROM waiting_hold WHERE proposal = ANY ($1::uuid[])', [proposals]);
}

/**
 * Waits for destructions that began before; later ones see the hold. A merge that deletes can take long.
 * @param dataset the dataset of the hold; undefined if the hold is on another kind of target
 */
export async function awaitDestructions(
  transaction: Transaction,
  dataset: string | undefined,
): Promise<void> {
  // a hold on a dataset also holds the log's entries about it
  for (const lock of [...(dataset === undefined ? [] : [lockOf(dataset)]), lockOf()])
    await longStatement(transaction, 'SELECT pg_advisory_xact_lock(hashtext($1))', [lock]);
}

/** No dataset has a name with a space. */
const lockOf = (dataset = 'of the log'): string => `hold ${dataset}`;

/**
 * Replaces the stored hold with a later end, or one that was lifted or expired. @param row.approver a person other than the author (table
 * constraint)
 */
export async function putLegalHold(
  transaction: Transaction,
  row: Omit<LegalHoldRow, 'approver' | 'liftedBy'> & { readonly approver: string | null },
  exchange: string,
): Promise<void> {
  await awaitDestructions(transaction, row.kind === 'dataset' ? row.target : undefined);
  await transaction.query(
    `INSERT INTO legal_hold (id, kind, target, reason, case_number, until, digest, author, approver, exchange)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), $7, $8, $9, $10)
     ON CONFLICT (id) DO UPDATE SET reason = EXCLUDED.reason, until = EXCLUDED.until, digest = EXCLUDED.digest,
       author = EXCLUDED.author, approver = EXCLUDED.approver, exchange = EXCLUDED.exchange, lifted_by = NULL, lifted_why = NULL`,
    [
      ...[row.id, row.kind, row.target, row.reason, row.caseNumber],
      ...[row.until, row.digest, row.author, row.approver, exchange],
    ],
  );
}

/** @returns false when it was lifted before */
export async function liftLegalHold(
  transaction: Reader,
  { id, by, reason }: { readonly id: string; readonly by: string; readonly reason: string },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'UPDATE legal_hold SET lifted_by = $2, lifted_why = $3 WHERE id = $1 AND lifted_by IS NULL',
    [id, by, reason],
  );
  return rowCount === 1;
}
