/**
 * Legal holds: what is not destroyed before a day. One rule for all that is destroyed: its transaction keeps holds off before it asks for
 * them, and whoever places one waits for what began before. So none is placed between the question and the destruction, whatever it is on.
 * What lies in a dataset asks `mayGo`; entries of the log, and whom they concern, are held in four ways and ask behind `storeHoldsOff`.
 */
import { refuseUnauthentic } from '../../platform/database/authenticated/rowSealing.ts';
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { composer, narrowed, rowsOf } from '../../platform/database/values.ts';
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

export async function legalHoldById(reader: Reader, id: string): Promise<LegalHoldRow | undefined> {
  const rows = await sealedRows<LegalHoldRow>(
    reader,
    'legal_hold',
    `SELECT ${columns} FROM legal_hold WHERE id = $1`,
    [id],
  );
  return rows[0];
}

export interface HoldFilter {
  /** Unix milliseconds */
  readonly now: number;
  readonly kind?: string | undefined;
  readonly caseNumber?: string | undefined;
  /** only those behind this one; the moment in whole milliseconds, as they are kept */
  readonly after?: { readonly until: number; readonly id: string };
}

/** Those in force, the first to end first. */
export async function standingHolds(
  reader: Reader,
  filter: HoldFilter,
  most: number,
): Promise<LegalHoldRow[]> {
  const { now, kind, caseNumber, after } = filter;
  const query = narrowed(composer('legal_hold').select(composer.raw(columns)), {
    kind,
    case_number: caseNumber,
  });
  query.whereNull('lifted_by').whereRaw('legal_hold.until > to_timestamp(? / 1000.0)', [now]);
  if (after !== undefined)
    query.whereRaw('(legal_hold.until, id) > (to_timestamp(? / 1000.0), ?)', [after.until, after.id]);
  return rowsOf<LegalHoldRow>(reader, query.orderByRaw('legal_hold.until, id').limit(most));
}

/** What is under legal hold now, and what waits for the second person of its hold. */
export async function standingHoldTargets(reader: Reader): Promise<Pick<LegalHoldRow, 'kind' | 'target'>[]> {
  const { rows } = await reader.query<Pick<LegalHoldRow, 'kind' | 'target'>>(
    'SELECT kind, target FROM standing_hold',
  );
  return rows;
}

/** Whether a dataset is held, or a hold on it waits for its second person. */
export async function isDatasetHeld(reader: Reader, dataset: string): Promise<boolean> {
  const { rows } = await reader.query('SELECT 1 FROM held_dataset WHERE dataset = $1', [dataset]);
  return rows.length > 0;
}

/**
 * Whether something of a dataset may be destroyed, asked behind whatever else the transaction waits for. Until it ends nobody places a hold
 * on the dataset.
 */
export async function mayGo(transaction: Reader, dataset: string): Promise<boolean> {
  await transaction.query('SELECT pg_advisory_xact_lock_shared(hashtext($1))', [lockOf(dataset)]);
  await refuseUnauthentic(transaction, ['legal_hold']);
  // a statement of its own: one that waited would see what stood before
  return !(await isDatasetHeld(transaction, dataset));
}

/** Until the transaction ends nobody places a hold of any kind: what takes entries of the log away then asks for those that stand. */
export async function storeHoldsOff(transaction: Reader): Promise<void> {
  await transaction.query('SELECT pg_advisory_xact_lock_shared(hashtext($1))', [lockOf()]);
  await refuseUnauthentic(transaction, ['legal_hold', 'retention_rule', 'destruction_order']);
}

/**
 * Waits for destructions that began before; those that come later ask when the hold is there. A merge that deletes takes its time.
 * @param dataset that the hold is on; undefined where it is on anything else
 */
export async function awaitDestructions(
  transaction: Transaction,
  dataset: string | undefined,
): Promise<void> {
  // a hold on a dataset holds the log's entries about it, too
  for (const lock of [...(dataset === undefined ? [] : [lockOf(dataset)]), lockOf()])
    await longStatement(transaction, 'SELECT pg_advisory_xact_lock(hashtext($1))', [lock]);
}

/** No dataset has a name with a space. */
const lockOf = (dataset = 'of the log'): string => `hold ${dataset}`;

/** A later end, or what was lifted or ran out, takes the place of what stood. @param row.approver another person than the author, which the table demands */
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
