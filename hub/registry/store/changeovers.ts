/** Changeovers of datasets to a new major version of their schema. */
import { sealedRow, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { changeoverLife, type ChangeoverAct, type ChangeoverState } from '../../domain/changeover.ts';
import { stateAfter, statesBefore } from '../../domain/lifeCycle.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { MappingRow } from './mappings.ts';

export interface ChangeoverRow {
  /** id of the entry that began it */
  readonly id: string;
  readonly dataset: string;
  /** urns */
  readonly from: string;
  readonly to: string;
  readonly mappings: readonly MappingRow[];
  /** for a dataset merged by key: name of the mapping that converts its current rows; null if stored bytes are read */
  readonly rowsBy: string | null;
  readonly reason: string;
  /** last day of the current version, `YYYY-MM-DD`; null: none was agreed */
  readonly sunset: string | null;
  readonly state: ChangeoverState;
  /** the batch being filled, or ready */
  readonly batch: string | null;
  /** the current batch for readers when it began */
  readonly over: string | null;
  /** the batch whose stored bytes are its source; null if its file was submitted for the new version */
  readonly source: string | null;
  /** digests of the code lists then in effect */
  readonly lists: string;
  /** code of the problem that prevented filling from stored bytes */
  readonly trouble: string | null;
  /** whether it loosened a restriction when it began, or when a person last approved */
  readonly needsOfficer: boolean;
  /** ids of persons */
  readonly author: string;
  readonly approver: string | null;
  readonly officer: string | null;
  /** digest of what they approved */
  readonly agreed: string | null;
}

const columns =
  'id, dataset, from_schema AS "from", to_schema AS "to", mappings, rows_by AS "rowsBy", reason, sunset, state, batch, over, source, lists, trouble, ' +
  'needs_officer AS "needsOfficer", author, approver, officer, agreed';

export const listOpenChangeovers = (reader: Reader): Promise<ChangeoverRow[]> =>
  sealedRows<ChangeoverRow>(
    reader,
    'changeover',
    `SELECT ${columns} FROM changeover WHERE state = 'open' ORDER BY dataset`,
  );

export const openChangeover = (reader: Reader, dataset: string): Promise<ChangeoverRow | undefined> =>
  sealedRow<ChangeoverRow>(
    reader,
    'changeover',
    `SELECT ${columns} FROM changeover WHERE dataset = $1 AND state = 'open'`,
    [dataset],
  );

/** @throws the driver's 23505 if the dataset already has a changeover */
export async function insertChangeover(
  reader: Reader,
  row: Pick<
    ChangeoverRow,
    'id' | 'dataset' | 'from' | 'to' | 'mappings' | 'rowsBy' | 'reason' | 'sunset' | 'needsOfficer' | 'author'
  >,
): Promise<void> {
  await reader.query(
    `INSERT INTO changeover (id, dataset, from_schema, to_schema, mappings, reason, needs_officer, author, rows_by, sunset)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[row.id, row.dataset, row.from, row.to, JSON.stringify(row.mappings)],
      ...[row.reason, row.needsOfficer, row.author, row.rowsBy, row.sunset],
    ],
  );
}

/**
 * Sets another batch as being filled or ready. It resets approvals, which were for another batch.
 * @param before its batch until now, and the current batch for readers then @returns false if these have changed, or it has ended
 */
export async function fillChangeover(
  reader: Reader,
  id: string,
  before: Pick<ChangeoverRow, 'batch' | 'over'>,
  filling: Pick<ChangeoverRow, 'batch' | 'over' | 'source' | 'lists' | 'trouble'>,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE changeover SET batch = $3, over = $4, source = $7, lists = $5, trouble = $6, approver = NULL, officer = NULL, agreed = NULL
      WHERE id = $1 AND batch IS NOT DISTINCT FROM $2 AND over IS NOT DISTINCT FROM $8 AND state = 'open'`,
    [
      ...[id, before.batch, filling.batch, filling.over, filling.lists, filling.trouble, filling.source],
      before.over,
    ],
  );
  return rowCount === 1;
}

/** Records one more approval. @param before as it was read @returns false if it has changed */
export async function agreeToChangeover(
  reader: Reader,
  before: ChangeoverRow,
  {
    approver,
    officer,
    agreed,
    needsOfficer,
  }: Pick<ChangeoverRow, 'approver' | 'officer' | 'agreed' | 'needsOfficer'>,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE changeover SET approver = $6, officer = $7, agreed = $8, needs_officer = $10
      WHERE id = $1 AND batch = $2 AND state = 'open' AND approver IS NOT DISTINCT FROM $3
        AND officer IS NOT DISTINCT FROM $4 AND agreed IS NOT DISTINCT FROM $5 AND over IS NOT DISTINCT FROM $9`,
    [
      ...[before.id, before.batch, before.approver, before.officer, before.agreed, approver, officer, agreed],
      ...[before.over, needsOfficer],
    ],
  );
  return rowCount === 1;
}

/** @param exchange the entry that ends it @returns false if it has already ended */
export async function endChangeover(
  reader: Reader,
  id: string,
  act: ChangeoverAct,
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    'UPDATE changeover SET state = $2, ended_by = $3 WHERE id = $1 AND state = ANY($4)',
    [id, stateAfter(changeoverLife, act), exchange, statesBefore(changeoverLife, act)],
  );
  return rowCount === 1;
}

/** Resets what was filled, because rows already converted were destroyed. */
export async function rowsWent(transaction: Reader, dataset: string): Promise<void> {
  await transaction.query("UPDATE changeover SET over = NULL WHERE dataset = $1 AND state = 'open'", [
    dataset,
  ]);
}

/** A version left by a dataset that is merged by key. */
export interface LeftVersion {
  readonly dataset: string;
  /** urns: the version that it left, and the one to which it is bound */
  readonly left: string;
  readonly bound: string;
  /** id of the entry of the switch; its first 48 bits are the time */
  readonly endedBy: string;
}

/**
 * Left versions, except those under legal hold. A dataset whose row was changed past the hub is left out: its table would be taken for a
 * former one.
 */
export async function leftVersions(reader: Reader): Promise<LeftVersion[]> {
  const left = await sealedRows<Omit<LeftVersion, 'bound'>>(
    reader,
    'changeover',
    `SELECT dataset, from_schema AS left, ended_by AS "endedBy" FROM changeover WHERE state = 'switched'`,
  );
  if (left.length === 0) return [];
  const datasets = await sealedRows<{ id: string; bound: string }>(
    reader,
    'dataset',
    `SELECT id, schema AS bound FROM dataset
      WHERE id = ANY ($1) AND mode = 'upsert' AND id NOT IN (SELECT dataset FROM held_dataset)`,
    [left.map(({ dataset }) => dataset)],
  );
  const boundTo = new Map(datasets.map(({ id, bound }) => [id, bound]));
  return left.flatMap((one) => {
    const bound = boundTo.get(one.dataset);
    return bound === undefined ? [] : [{ ...one, bound }];
  });
}
