/** Batches (报送批次): the submission, its progress, and its outcome. Rows and raw bytes are stored by rows/. */
import { allSealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { BatchState, ControlTotals } from '../../../domain/batch.ts';
import type { Finding } from '../../../domain/guards.ts';
import {
  momentOf,
  readMoment,
  readMomentOrNull,
  type Part,
  narrowed,
} from '../../../platform/database/values.ts';
import {
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Knex } from 'knex';

export interface BatchRow {
  readonly id: string;
  readonly dataset: string;
  readonly department: string;
  /** as the sender named it */
  readonly fileName: string | null;
  /** the content of the .cpg file of a DBF table, as the sender stated it */
  readonly codePage: string | null;
  /** Unix milliseconds */
  readonly openedAt: number;
  readonly finishedAt: number | null;
  readonly state: BatchState;
  /** raw bytes received so far: the offset at which the next part begins */
  readonly bytes: number;
  readonly sha256: string | null;
  /** `name@version` */
  readonly mapping: string | null;
  readonly mappingDigest: string | null;
  readonly schema: string | null;
  readonly counts: BatchCounts | undefined;
  /** rows that were destroyed with expired periods */
  readonly destroyed: number;
  /** latest progress of its translation; null before it began */
  readonly progress: BatchProgress | null;
  /** problem code of a failed or held batch */
  readonly problem: string | null;
  /** findings that stopped a batch that is, or was, held or rejected */
  readonly findings: readonly Finding[];
  /** Unix milliseconds: deadline for the decision on a held batch */
  readonly heldUntil: number | null;
  /** the batch whose good rows this one takes over as its correction */
  readonly corrects: string | null;
  /** the batch from whose stored bytes it is made; such a batch has no sender */
  readonly retranslates: string | null;
  /** the control totals stated by its sender */
  readonly control: ControlTotals | null;
  /** id of the person who released or restored it */
  readonly approvedBy: string | null;
  /** an earlier batch with the same bytes, mapping and schema that is current: this one was not loaded */
  readonly sameAs: string | null;
  /** the exchange whose entry records the outcome */
  readonly exchange: string | null;
  readonly receipt: string | null;
  /** calls that delivered its rows; null for a file */
  readonly calls: number | null;
}

/** The progress of a translation. */
export interface BatchProgress {
  /** raw bytes that were read */
  readonly bytes: number;
  /** records read, bad and skipped ones included */
  readonly records: number;
  readonly bad: number;
  /** since the first byte was read */
  readonly seconds: number;
}

/** records = rows + bad + skipped, always. */
export interface BatchCounts {
  readonly records: number;
  readonly rows: number;
  readonly bad: number;
  readonly skipped: number;
  /** rows accepted although their reader reported a doubt; absent where there are none */
  readonly doubted?: number;
  /** cells to review, such as private-use characters (造字); absent where there are none */
  readonly warned?: number;
  /** rows that request the deletion of their key; absent where there are none */
  readonly deletions?: number;
}

export interface StoredBatch {
  id: string;
  dataset: string;
  department: string;
  file_name: string | null;
  code_page: string | null;
  opened: string;
  finished: string | null;
  state: BatchState;
  bytes: string;
  sha256: string | null;
  mapping: string | null;
  mapping_digest: string | null;
  schema_urn: string | null;
  records: string | null;
  rows_ok: string | null;
  rows_bad: string | null;
  skipped: string | null;
  doubted: string | null;
  warned: string | null;
  deletions: string | null;
  destroyed: string | null;
  progress: BatchProgress | null;
  problem: string | null;
  findings: Finding[] | null;
  held_until_at: string | null;
  approved_by: string | null;
  corrects: string | null;
  retranslates: string | null;
  control: ControlTotals | null;
  same_as: string | null;
  exchange: string | null;
  receipt: string | null;
  calls: string | null;
}

/** The columns that `readBatch` reads. */
export const batchColumns =
  `id, dataset, department, file_name, code_page, ${momentOf('opened_at')} AS opened, ${momentOf('finished_at')} AS finished, ` +
  'state, bytes, sha256, mapping, mapping_digest, schema_urn, records, rows_ok, rows_bad, skipped, doubted, warned, deletions, progress, ' +
  // destroyed rows are summed by the batch's id
  '(SELECT sum(gone.rows) FROM period_destruction AS gone WHERE gone.batch = id) AS destroyed, ' +
  `problem, findings, ${momentOf('held_until')} AS held_until_at, approved_by, corrects, retranslates, control, same_as, exchange, receipt, calls`;

export function readBatch(stored: StoredBatch): BatchRow {
  return {
    id: stored.id,
    dataset: stored.dataset,
    department: stored.department,
    fileName: stored.file_name,
    codePage: stored.code_page,
    openedAt: readMoment(stored.opened),
    finishedAt: readMomentOrNull(stored.finished),
    state: stored.state,
    bytes: Number(stored.bytes),
    sha256: stored.sha256,
    mapping: stored.mapping,
    mappingDigest: stored.mapping_digest,
    schema: stored.schema_urn,
    counts:
      stored.records === null
        ? undefined
        : {
            records: Number(stored.records),
            rows: Number(stored.rows_ok),
            bad: Number(stored.rows_bad),
            skipped: Number(stored.skipped),
            ...(stored.doubted === null ? {} : { doubted: Number(stored.doubted) }),
            ...(stored.warned === null ? {} : { warned: Number(stored.warned) }),
            ...(stored.deletions === null ? {} : { deletions: Number(stored.deletions) }),
          },
    destroyed: Number(stored.destroyed ?? 0),
    progress: stored.progress,
    problem: stored.problem,
    findings: stored.findings ?? [],
    heldUntil: readMomentOrNull(stored.held_until_at),
    approvedBy: stored.approved_by,
    corrects: stored.corrects,
    retranslates: stored.retranslates,
    control: stored.control,
    sameAs: stored.same_as,
    exchange: stored.exchange,
    receipt: stored.receipt,
    calls: stored.calls === null ? null : Number(stored.calls),
  };
}

const byId = `SELECT ${batchColumns} FROM batch WHERE id = $1`;

/** Does not compare the row with its seal. Statements that change a batch refuse an altered row. */
export async function batchById(reader: Reader, id: string): Promise<BatchRow | undefined> {
  const { rows } = await reader.query<StoredBatch>(byId, [id]);
  return rows[0] === undefined ? undefined : readBatch(rows[0]);
}

/**
 * As `batchById`, but compares the row with its seal. Use it where the department decides who may read.
 * @throws Problem rows_unauthenticated
 */
export async function unalteredBatch(reader: Reader, id: string): Promise<BatchRow | undefined> {
  const [row] = await allSealedRows<StoredBatch>(reader, 'batch', byId, [id]);
  return row === undefined ? undefined : readBatch(row);
}

/** Begins a submission without any bytes yet. */
export async function openBatch(
  reader: Reader,
  batch: {
    readonly id: string;
    readonly dataset: string;
    readonly department: string;
    readonly fileName?: string | undefined;
    readonly codePage?: string | undefined;
    /** bytes that its sender announced */
    readonly declared?: number | undefined;
    /** the source where it has no sender */
    readonly from?: {
      readonly retranslates: string;
      readonly sha256: string;
      readonly mapping: string;
      readonly control: ControlTotals | null;
    };
  },
): Promise<void> {
  const { id, dataset, department, fileName, codePage, declared, from } = batch;
  await reader.query(
    `INSERT INTO batch (id, dataset, department, state, file_name, code_page, declared, retranslates, sha256, mapping, control)
     VALUES ($1, $2, $3, 'receiving', $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[id, dataset, department, fileName ?? null, codePage ?? null, declared ?? null],
      ...[from?.retranslates ?? null, from?.sha256 ?? null, from?.mapping ?? null],
      from?.control === undefined || from.control === null ? null : JSON.stringify(from.control),
    ],
  );
}

/** A department's open batches, neither committed nor expired. */
interface OpenBatches {
  readonly batches: number;
  /** raw bytes stored for them, or declared where that is more */
  readonly bytes: number;
}

/** Counted under a lock that lasts until the transaction ends, so that concurrent calls count each other. */
export async function openBatches(transaction: Reader, department: string): Promise<OpenBatches> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtext('open batches'), hashtext($1))", [
    department,
  ]);
  const { rows } = await transaction.query<{ batches: string; bytes: string }>(
    "SELECT count(*) AS batches, coalesce(sum(greatest(bytes, declared)), 0) AS bytes FROM batch WHERE department = $1 AND state = 'receiving'",
    [department],
  );
  return { batches: Number(rows[0]?.batches), bytes: Number(rows[0]?.bytes) };
}

interface BatchesQuery extends OrderedPage {
  /** only of these; undefined: of every department */
  readonly departments: readonly string[] | undefined;
  readonly dataset: string | undefined;
  readonly state: string | undefined;
  /** of the whole file, hex; known from the commit on */
  readonly sha256: string | undefined;
}

const parts: readonly Part[] = [{ from: 'batch', column: 'department', id: 'id' }];

/** Submissions, usually the newest first: their ids are in the order of time. `after` is an id. */
export async function pageBatches(
  reader: Reader,
  { departments, dataset, state, sha256, ...page }: BatchesQuery,
): Promise<PageRows<BatchRow>> {
  const reach = departments === undefined ? undefined : { parts, departments };
  const narrow = (rows: Knex.QueryBuilder): void => void narrowed(rows, { dataset, state, sha256 });
  return pageRows(reader, { columns: batchColumns, order, narrow, reach }, page, readBatch);
}

const order: ListOrder = { table: 'batch', id: ['id'], sorts: { opened: itself }, usual: '-opened' };

/* Conditions on a row of `batch AS b`. */

/**
 * A batch that is current or was, by sealed columns. The others that were superseded repeat the bytes of one, or were corrected while they
 * were held: they have a problem for which they were held, and no person who released them.
 */
export const wasCurrent = `(b.state = 'published' OR b.state = 'superseded' AND b.superseded_at IS NOT NULL
     AND (b.problem IS NULL OR b.approved_by IS NOT NULL))`;

/* Published batches that do not count as usual. */

/** A snapshot that an earlier one replaced: the earlier one was restored after this one was published. */
export const isTakenBack = `EXISTS (SELECT FROM batch AS again JOIN dataset AS of ON of.id = again.dataset AND of.mode = 'snapshot'
     WHERE again.dataset = b.dataset AND again.published_at > b.published_at AND again.opened_at < b.opened_at)`;

/**
 * Another batch replaced it: a correction of its rows, or its bytes read by another mapping. In a merged dataset, a correction contains
 * only the corrected rows, because the good rows remain in place. So there the correction does not count as usual, and the corrected batch
 * still does.
 */
export const isReplaced = `EXISTS (SELECT FROM batch AS other JOIN dataset AS of ON of.id = other.dataset
     WHERE other.dataset = b.dataset AND other.published_at IS NOT NULL AND (b.id = other.retranslates
       OR CASE of.mode WHEN 'snapshot' THEN b.id = other.corrects ELSE other.id = b.corrects END))`;
