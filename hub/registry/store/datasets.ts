/** Datasets (数据资源): bound to one schema version. Only the append moves `currentBatch`. */
import { sealedRow, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { datasetLife, type DatasetAct, type DatasetState, type SharingType } from '../../domain/dataset.ts';
import { defaultIntakeRules, type IntakeRules } from '../../domain/intakeRules.ts';
import { stateAfter, statesBefore } from '../../domain/lifeCycle.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';

/** snapshot, upsert: the hub stores the rows. live: they remain with their provider, who is queried each time */
export type DatasetMode = 'snapshot' | 'upsert' | 'live' | 'events';

export interface DatasetRow {
  readonly id: string;
  readonly department: string;
  readonly titleZh: string;
  readonly titleEn: string;
  /** urn of the schema version */
  readonly schema: string;
  readonly mode: DatasetMode;
  readonly sharing: SharingType;
  /** the provider's conditions for a consumer, '' if there are none */
  readonly conditions: string;
  readonly state: DatasetState;
  /** rules for its submissions, as far as they differ from the defaults */
  readonly intake: Partial<IntakeRules>;
  /** days for which raw bytes and quarantined rows are retained, null for the hub's default */
  readonly rawDays: number | null;
  /** the current batch for readers, null before the first one */
  readonly currentBatch: string | null;
  /** hex SHA-256 of the current canonical registration */
  readonly digest: string;
  /** suspended by the data office, which alone can resume it */
  readonly suspendedByOffice: boolean;
  /** why it is suspended or retired */
  readonly reason: string | null;
  /** id of the entry that suspended or retired it; its first 48 bits are the time */
  readonly stoppedBy: string | null;
  /** id of the first of two persons who retire it */
  readonly endingBy: string | null;
  /** the reason, the digest of the dataset under its version, and the last day (`YYYY-MM-DD`) on which another person may approve */
  readonly endingReason: string | null;
  readonly endingShown: string | null;
  readonly endingUntil: string | null;
}

export const datasetColumns =
  'id, department, title_zh AS "titleZh", title_en AS "titleEn", schema, mode, sharing, conditions, state, intake, raw_days AS "rawDays", ' +
  'current_batch AS "currentBatch", digest, suspended_by_office AS "suspendedByOffice", reason, stopped_by AS "stoppedBy", ending_by AS "endingBy", ' +
  'ending_reason AS "endingReason", ending_shown AS "endingShown", ending_until AS "endingUntil"';

export const listDatasets = (reader: Reader): Promise<DatasetRow[]> =>
  sealedRows<DatasetRow>(reader, 'dataset', `SELECT ${datasetColumns} FROM dataset ORDER BY id`);

/**
 * Datasets registered as shared unconditionally that no live entry of the catalogue confirms, or that one contradicts. An entry without a
 * valid seal confirms nothing. Read with every state of the registry: the entries are read once, for any number of datasets.
 */
export async function unopenedDatasets(reader: Reader): Promise<ReadonlySet<string>> {
  const { rows } = await reader.query<{ readonly id: string; readonly opened: boolean | null }>(
    `SELECT d.id, linked.opened FROM dataset AS d
       LEFT JOIN (SELECT one.id, bool_and(e.sharing = 'unconditional') AS opened
                    FROM catalogue_entry AS e, unnest(e.datasets) AS one (id)
                   WHERE NOT e.superseded GROUP BY one.id) AS linked ON linked.id = d.id
      WHERE d.sharing = 'unconditional'`,
  );
  if (rows.length === 0) return new Set();
  const entries = await sealedRows<{ readonly datasets: readonly string[] }>(
    reader,
    ['catalogue_entry', 'e'],
    "SELECT e.datasets FROM catalogue_entry AS e WHERE NOT e.superseded AND e.sharing = 'unconditional'",
  );
  const confirmed = new Set(entries.flatMap(({ datasets }) => datasets));
  return new Set(rows.filter(({ id, opened }) => opened !== true || !confirmed.has(id)).map(({ id }) => id));
}

export const datasetById = (reader: Reader, id: string): Promise<DatasetRow | undefined> =>
  sealedRow<DatasetRow>(reader, 'dataset', `SELECT ${datasetColumns} FROM dataset WHERE id = $1`, [id]);

/** @param exchange id of the entry that registers it */
export async function insertDataset(
  reader: Reader,
  row: Omit<
    DatasetRow,
    | 'currentBatch'
    | 'suspendedByOffice'
    | 'reason'
    | 'stoppedBy'
    | 'endingBy'
    | 'endingReason'
    | 'endingShown'
    | 'endingUntil'
  >,
  exchange: string,
): Promise<void> {
  await reader.query(
    `INSERT INTO dataset (id, department, title_zh, title_en, schema, mode, sharing, conditions, state, digest, registered_by, intake, raw_days)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      row.id,
      row.department,
      row.titleZh,
      row.titleEn,
      row.schema,
      row.mode,
      row.sharing,
      row.conditions,
      row.state,
      row.digest,
      exchange,
      JSON.stringify(row.intake),
      row.rawDays,
    ],
  );
}

/** Data recorded with an act. */
export interface DatasetMove {
  readonly id: string;
  readonly reason: string;
  readonly byOffice: boolean;
  /** id of the acting person */
  readonly person: string;
}

/**
 * The data office takes over the suspension of a department, and resumes what it suspended itself.
 * @param exchange the entry of the act
 * @returns false if its state no longer allows the act
 */
export async function moveDataset(
  reader: Reader,
  act: Exclude<DatasetAct, 'retire' | 'keep'>,
  { id, reason, byOffice }: DatasetMove,
  exchange: string,
): Promise<boolean> {
  const suspends = act === 'suspend';
  const isAllowed = suspends
    ? "(state <> 'suspended' OR $8::boolean AND NOT suspended_by_office)"
    : '($8::boolean OR NOT suspended_by_office)';
  const { rowCount } = await reader.query(
    `UPDATE dataset SET state = $2, reason = $3, suspended_by_office = $4, decided_by = $5, stopped_by = $7,
            ending_by = NULL, ending_reason = NULL, ending_shown = NULL, ending_until = NULL, ending_entry = NULL
      WHERE id = $1 AND state = ANY($6) AND ${isAllowed}`,
    [
      ...[id, stateAfter(datasetLife, act), suspends ? reason : null, suspends && byOffice, exchange],
      ...[statesBefore(datasetLife, act), suspends ? exchange : null, byOffice],
    ],
  );
  return rowCount === 1;
}

/**
 * Records the first approval of a retirement. The reason of a suspension is retained.
 * @param word `shown`: digest of the dataset under its version; `until`: the last day on which another person may approve
 * @returns false if it is already retired
 */
export async function proposeEnd(
  reader: Reader,
  { id, reason, person }: DatasetMove,
  word: { readonly shown: string; readonly until: string },
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE dataset SET ending_by = $2, ending_reason = $3, ending_entry = $4, ending_shown = $6, ending_until = $7
      WHERE id = $1 AND state = ANY($5)`,
    [id, person, reason, exchange, statesBefore(datasetLife, 'retire'), word.shown, word.until],
  );
  return rowCount === 1;
}

/**
 * Retires it with the second approval.
 * @param read as it was shown to the second person
 * @returns false if it is already retired, the first approval has changed, or other rows would be destroyed
 */
export async function endDataset(
  reader: Reader,
  { id, reason, person }: DatasetMove,
  { endingBy, endingShown, currentBatch, schema }: DatasetRow,
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE dataset SET state = $2, ended_by = $3, reason = $4, decided_by = $5, stopped_by = $5
      WHERE id = $1 AND ending_by <> $3 AND state = ANY($6) AND ending_by = $7 AND ending_shown = $8
        AND current_batch IS NOT DISTINCT FROM $9 AND schema = $10`,
    [
      ...[id, stateAfter(datasetLife, 'retire'), person, reason, exchange],
      ...[statesBefore(datasetLife, 'retire'), endingBy, endingShown, currentBatch, schema],
    ],
  );
  return rowCount === 1;
}

/**
 * @param move `schema`: the version to which it is bound; `digest`: of the dataset as read; `next`: of the new state; `to`: the new
 *   version
 * @returns false if it moved or was amended in the meantime
 */
export async function bindDataset(
  reader: Reader,
  {
    id,
    schema,
    digest,
    to,
    next,
  }: Pick<DatasetRow, 'id' | 'schema' | 'digest'> & { readonly to: string; readonly next: string },
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE dataset SET schema = $3, digest = $4, decided_by = $5
      WHERE id = $1 AND schema = $2 AND digest = $6 AND state <> 'retired'`,
    [id, schema, to, next, exchange, digest],
  );
  return rowCount === 1;
}

/**
 * @param row the new state; `read`: its digest as read; `expects`: files are expected from now on, and were not before
 * @returns false if it has changed since it was read
 */
export async function amendDatasetRow(
  reader: Reader,
  row: Pick<DatasetRow, 'id' | 'titleZh' | 'titleEn' | 'intake' | 'rawDays' | 'digest'> & {
    readonly read: string;
    readonly expects: boolean;
  },
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE dataset SET title_zh = $3, title_en = $4, intake = $5, raw_days = $6, digest = $7, decided_by = $8,
            expects_from = CASE WHEN $9 THEN now() ELSE expects_from END
      WHERE id = $1 AND digest = $2 AND state <> 'retired'`,
    [
      ...[row.id, row.read, row.titleZh, row.titleEn, JSON.stringify(row.intake), row.rawDays],
      ...[row.digest, exchange, row.expects],
    ],
  );
  return rowCount === 1;
}

/** The current row, locked until the transaction ends. */
export async function lockDataset(transaction: Transaction, id: string): Promise<DatasetRow | undefined> {
  const { rows } = await transaction.query<DatasetRow>(
    `SELECT ${datasetColumns} FROM dataset WHERE id = $1 FOR UPDATE`,
    [id],
  );
  return rows[0];
}

/** Sets its sharing, according to the entry that links it. */
export async function shareDataset(
  transaction: Transaction,
  { id, sharing, conditions, digest }: Pick<DatasetRow, 'id' | 'sharing' | 'conditions' | 'digest'>,
  exchange: string,
): Promise<void> {
  await transaction.query(
    'UPDATE dataset SET sharing = $2, conditions = $3, digest = $4, decided_by = $5 WHERE id = $1',
    [id, sharing, conditions, digest, exchange],
  );
}

/** Whether it is still bound to this version; locked until the transaction ends. */
export async function isBoundTo(transaction: Transaction, id: string, schema: string): Promise<boolean> {
  const { rows } = await transaction.query('SELECT 1 FROM dataset WHERE id = $1 AND schema = $2 FOR UPDATE', [
    id,
    schema,
  ]);
  return rows.length === 1;
}

/** Whether this batch is still the current one; locked until the transaction ends. */
export async function standsAt(transaction: Transaction, id: string, batch: string): Promise<boolean> {
  const { rows } = await transaction.query(
    'SELECT 1 FROM dataset WHERE id = $1 AND current_batch = $2 FOR UPDATE',
    [id, batch],
  );
  return rows.length === 1;
}

/** Its rules, with defaults for the others. */
export const intakeRulesOf = ({ intake }: Pick<DatasetRow, 'intake'>): IntakeRules => ({
  ...defaultIntakeRules,
  ...intake,
});
