/** The submission that collects the rows of a day's calls: one batch, published with its first call and extended by each further one. */
import type { FieldQuality } from '../../../domain/quality.ts';
import { momentOf, readMoment } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface DaySubmission {
  readonly id: string;
  /** Unix milliseconds */
  readonly openedAt: number;
  readonly deletions: number;
}

/** What readers of a dataset see. */
export interface CurrentBatch {
  /** null: nothing yet */
  readonly batch: string | null;
  /** the same batch, if calls delivered it under the given version of the schema */
  readonly submission: DaySubmission | undefined;
}

/** Reads both as of one moment: a submission that begins in the meantime would otherwise be followed by another one. */
export async function currentSubmission(
  reader: Reader,
  dataset: string,
  schema: string,
): Promise<CurrentBatch> {
  const { rows } = await reader.query<{
    current: string | null;
    id: string | null;
    opened: string;
    deletions: string | null;
  }>(
    `SELECT d.current_batch AS current, b.id, ${momentOf('b.opened_at')} AS opened, b.deletions
       FROM dataset AS d LEFT JOIN batch AS b
         ON b.id = d.current_batch AND b.calls IS NOT NULL AND b.schema_urn = $2 AND b.state = 'published'
      WHERE d.id = $1`,
    [dataset, schema],
  );
  const [row] = rows;
  return {
    batch: row?.current ?? null,
    submission:
      row === undefined || row.id === null
        ? undefined
        : { id: row.id, openedAt: readMoment(row.opened), deletions: Number(row.deletions ?? 0) },
  };
}

/** What one call adds. */
export interface CallCounts {
  readonly bytes: number;
  readonly records: number;
  readonly rows: number;
  readonly bad: number;
  readonly skipped: number;
  readonly doubted: number;
  readonly deletions: number;
  readonly repeated: number;
  /** rows without a value, by field */
  readonly empty: ReadonlyMap<string, number>;
  /** the first period of its rows, where they are partitioned by period */
  readonly oldestPeriod?: string | undefined;
  /** name and version of the mapping that read its rows; null: it named none; undefined: it brought no rows from outside */
  readonly mapping: string | null | undefined;
}

/** In the list of mappings of a submission: calls that named none. */
const none = '-';

/**
 * Names and versions of the mappings that the calls of a submission named; undefined among them: some named none, or the first call sent no
 * rows from outside.
 */
export const mappingsOf = (mapping: string | null): readonly (string | undefined)[] =>
  (mapping ?? none).split(', ').map((label) => (label === none ? undefined : label));

/** Begins a submission, inside the transaction of the entry that publishes it. */
export async function beginSubmission(
  reader: Reader,
  submission: {
    readonly id: string;
    readonly dataset: string;
    readonly department: string;
    readonly schema: string;
    readonly exchange: string;
    readonly mapping: string | null;
  },
): Promise<void> {
  const { id, dataset, department, schema, exchange, mapping } = submission;
  await reader.query(
    `INSERT INTO batch (id, dataset, department, state, schema_urn, exchange, mapping, records, rows_ok, rows_bad, skipped, calls, published_at, finished_at)
     VALUES ($1, $2, $3, 'published', $4, $5, $6, 0, 0, 0, 0, 1, now(), now())`,
    [id, dataset, department, schema, exchange, mapping],
  );
}

/** The counts of a submission before a call. */
export interface CountedBefore {
  readonly rows: string;
  readonly bad: string;
  readonly deletions: string;
  readonly profile: { readonly repeated: number; readonly fields: Record<string, FieldQuality> } | null;
}

/** For a submission that a call begins. */
export const nothingCounted: CountedBefore = { rows: '0', bad: '0', deletions: '0', profile: null };

/**
 * Locks a dataset and its submission in one statement. From here on, calls and files of the dataset are stored one after another.
 * @returns the counts of the submission so far; undefined where the dataset now has another schema, or another batch was
 *   published, which superseded this one (`supersedeBatches`)
 */
export async function lockSubmission(
  transaction: Reader,
  dataset: string,
  schema: string,
  id: string,
): Promise<CountedBefore | undefined> {
  const { rows } = await transaction.query<CountedBefore>(
    `SELECT b.rows_ok AS rows, b.rows_bad AS bad, coalesce(b.deletions, 0) AS deletions, b.profile
       FROM dataset AS d JOIN batch AS b ON b.id = $3 AND b.state = 'published'
      WHERE d.id = $1 AND d.schema = $2 FOR UPDATE`,
    [dataset, schema, id],
  );
  return rows[0];
}

/**
 * Counts a call. Indexed times change only once a minute, so most calls leave the indexes unchanged. If an open changeover has already
 * copied these rows, it is restarted (`rowsWent`), in the same round trip. The mapping of a submission lists those that its calls named
 * (`mappingsOf`).
 * @param first whether this call began the submission
 * @returns how many bad rows it has, those of this call included
 */
export async function countCall(
  reader: Reader,
  { id, dataset }: { readonly id: string; readonly dataset: string },
  exchange: string,
  { before, counts, first }: { before: CountedBefore; counts: CallCounts; first: boolean },
): Promise<number> {
  await reader.query(
    `WITH went AS (UPDATE changeover SET over = NULL WHERE dataset = $12 AND state = 'open')
     UPDATE batch SET bytes = bytes + $2, records = records + $3, rows_ok = rows_ok + $4, rows_bad = rows_bad + $5, skipped = skipped + $6,
            deletions = nullif(coalesce(deletions, 0) + $7, 0), doubted = nullif(coalesce(doubted, 0) + $13, 0), exchange = $8, profile = $9, calls = calls + $10,
            oldest_period = least(oldest_period, $11::text),
            published_at = CASE WHEN published_at < now() - interval '1 minute' THEN now() ELSE published_at END,
            finished_at = CASE WHEN finished_at < now() - interval '1 minute' THEN now() ELSE finished_at END,
            mapping = CASE WHEN $14 OR $15 = ANY (string_to_array(coalesce(mapping, $16), ', ')) THEN mapping ELSE coalesce(mapping, $16) || ', ' || $15 END
      WHERE id = $1`,
    [
      ...[id, counts.bytes, counts.records, counts.rows, counts.bad, counts.skipped, counts.deletions],
      ...[exchange, JSON.stringify(profileWith(before, counts)), first ? 0 : 1, counts.oldestPeriod ?? null],
      ...[dataset, counts.doubted, first || counts.mapping === undefined, counts.mapping ?? none, none],
    ],
  );
  return Number(before.bad) + counts.bad;
}

/** Shares of empty values over all rows so far. Distinct values are not counted: that would need all rows of the day. */
function profileWith(
  { rows, profile }: CountedBefore,
  counts: CallCounts,
): NonNullable<CountedBefore['profile']> {
  const before = Number(rows);
  const all = Math.max(1, before + counts.rows);
  const fields = [...counts.empty].map(([field, empty]): [string, FieldQuality] => [
    field,
    { empty: ((profile?.fields[field]?.empty ?? 0) * before + empty) / all },
  ]);
  return { repeated: (profile?.repeated ?? 0) + counts.repeated, fields: Object.fromEntries(fields) };
}
