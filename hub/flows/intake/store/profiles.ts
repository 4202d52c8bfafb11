/** Profiles of the last batches of a dataset. */
import { usualBatches, worthGuarding, type FormerProfile } from '../../../domain/drift.ts';
import type { BatchMeasures, BatchProfile } from '../../../domain/quality.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { isReplaced, isTakenBack } from './batches.ts';
import { momentOf, readMoment, readMomentOrNull } from '../../../platform/database/values.ts';

/**
 * The last published batches that count as usual, the newest first. A batch that was corrected or read again is represented by its
 * replacement. A reverted batch does not count.
 * @param but this batch
 */
export async function formerProfiles(
  reader: Reader,
  dataset: string,
  but: string,
): Promise<readonly FormerProfile[]> {
  const { rows } = await reader.query<{ rows: string; profile: BatchProfile; approved: boolean }>(
    `SELECT b.rows_ok AS rows, b.profile, b.approved_by IS NOT NULL AS approved
       FROM batch AS b WHERE b.dataset = $1 AND b.id <> $2 AND b.published_at IS NOT NULL AND b.profile IS NOT NULL AND b.calls IS NULL AND b.rows_ok >= $3
        AND NOT ${isTakenBack} AND NOT ${isReplaced} ORDER BY b.published_at DESC LIMIT $4`,
    [dataset, but, worthGuarding, usualBatches],
  );
  return rows.map(({ rows: count, profile, approved }) => ({
    rows: Number(count),
    approved,
    fields: new Map(
      Object.entries(profile.fields).map(([field, { empty, distinct = 0 }]) => {
        const codes = profile.codes?.[field];
        const shares = { empty, distinct };
        return [field, codes === undefined ? shares : { ...shares, codes: new Map(Object.entries(codes)) }];
      }),
    ),
  }));
}

/** A published batch with its profile. */
export interface ProfiledBatch {
  readonly batch: string;
  /** Unix milliseconds */
  readonly openedAt: number;
  readonly publishedAt: number;
  readonly rows: number;
  readonly bad: number;
  readonly profile: BatchProfile;
  /** whether files were expected then as they are now */
  readonly expected: boolean;
}

interface StoredCounts {
  readonly opened: string;
  readonly rows: string;
  readonly bad: string;
  readonly expected: boolean;
}

const countColumns = `${momentOf('b.opened_at')} AS opened, b.rows_ok AS rows, b.rows_bad AS bad,
  b.opened_at >= coalesce(d.expects_from, '-infinity') AS expected`;

const countsOf = ({ opened, rows, bad, expected }: StoredCounts) => ({
  openedAt: readMoment(opened),
  rows: Number(rows),
  bad: Number(bad),
  expected,
});

/** The newest first. */
export async function profiledBatches(
  reader: Reader,
  dataset: string,
  maxRows: number,
): Promise<readonly ProfiledBatch[]> {
  const { rows } = await reader.query<
    StoredCounts & Pick<ProfiledBatch, 'batch' | 'profile'> & { readonly published: string }
  >(
    `SELECT ${countColumns}, b.id AS batch, ${momentOf('b.published_at')} AS published, b.profile FROM batch AS b JOIN dataset AS d ON d.id = b.dataset
      WHERE b.dataset = $1 AND b.published_at IS NOT NULL AND b.profile IS NOT NULL ORDER BY b.published_at DESC LIMIT $2`,
    [dataset, maxRows],
  );
  return rows.map(({ batch, published, profile, ...counts }) => ({
    ...countsOf(counts),
    batch,
    publishedAt: readMoment(published),
    profile,
  }));
}

/** A published batch of one of several datasets, with numbers of its profile only. */
export interface WeeklyBatch extends BatchMeasures, Pick<ProfiledBatch, 'openedAt' | 'expected'> {
  readonly dataset: string;
  /** the Monday of the week of its publication, calendar of China */
  readonly week: string;
  /** number of batches of the dataset that were published in that week */
  readonly ofWeek: number;
}

/**
 * The last batches of each dataset and week, the newest first. Profiles stay in the database: each has an element for every field and code.
 * @param from the first Monday @param most of a dataset and week
 */
export async function weeklyBatches(
  reader: Reader,
  datasets: readonly string[],
  { from, maxRows }: { readonly from: string; readonly maxRows: number },
): Promise<readonly WeeklyBatch[]> {
  const { rows } = await reader.query<
    StoredCounts & Pick<WeeklyBatch, 'dataset' | 'week' | 'ofWeek' | 'repeated' | 'filled'>
  >(
    `SELECT ${countColumns}, b.dataset, w.week::text AS week, w.of AS "ofWeek", p.repeated,
            (SELECT coalesce(avg(1 - (field.value ->> 'empty')::double precision), 1) FROM jsonb_each(p.fields) AS field) AS filled
       FROM (SELECT id, week, row_number() OVER newest AS nth, count(*) OVER (PARTITION BY dataset, week)::integer AS of
               FROM batch, LATERAL (SELECT date_trunc('week', (published_at AT TIME ZONE 'UTC') + interval '8 hours')::date AS week) AS published
              WHERE dataset = ANY ($1::text[]) AND published_at >= $2::timestamptz AND profile IS NOT NULL
             WINDOW newest AS (PARTITION BY dataset, week ORDER BY published_at DESC)) AS w
       JOIN batch AS b ON b.id = w.id JOIN dataset AS d ON d.id = b.dataset
            CROSS JOIN LATERAL jsonb_to_record(b.profile) AS p(repeated double precision, fields jsonb)
      WHERE w.nth <= $3 ORDER BY b.published_at DESC`,
    [[...datasets], `${from}T00:00:00+08:00`, maxRows],
  );
  return rows.map(({ dataset, week, ofWeek, repeated, filled, ...counts }) => ({
    ...countsOf(counts),
    dataset,
    week,
    ofWeek,
    repeated,
    filled,
  }));
}

/** One kind of problem of a batch: its count and first lines. It contains no values. */
interface ProblemPlaces {
  readonly rule: string;
  readonly header: string;
  readonly field: string;
  readonly count: number;
  /** physical lines of the first ones, ascending */
  readonly lines: readonly number[];
}

/** Maximum number of lines of each kind. */
const maxLines = 10;

/** The most frequent first, among the rows in quarantine. */
export async function problemPlaces(
  reader: Reader,
  batch: string,
  maxRows: number,
): Promise<readonly ProblemPlaces[]> {
  const { rows } = await reader.query<
    Omit<ProblemPlaces, 'count' | 'lines'> & { n: string; lines: string[] }
  >(
    `SELECT p ->> 'rule' AS rule, p ->> 'header' AS header, p ->> 'field' AS field, count(*) AS n,
            (array_agg(q.line ORDER BY q.line))[1:${maxLines}] AS lines
       FROM quarantine AS q CROSS JOIN LATERAL jsonb_array_elements(q.problems) AS p
      WHERE q.batch = $1 GROUP BY 1, 2, 3 ORDER BY n DESC, 1, 2, 3 LIMIT $2`,
    [batch, maxRows],
  );
  return rows.map(({ n, lines, ...row }) => ({ ...row, count: Number(n), lines: lines.map(Number) }));
}

/* The period in which a batch's rows were available. */

/** Unix milliseconds. */
interface BatchPeriod {
  readonly dataset: string;
  /**
   * null: its rows were never available. For a batch that a person decided on, it is the time of its opening, because it may have been
   * current before
   */
  readonly from: number | null;
  /** when another batch replaced it; null: it is still current, or its rows were merged into others */
  readonly until: number | null;
  /** from then on, pages of older cursors no longer contain its rows; null: they still may */
  readonly readUntil: number | null;
}

/**
 * A batch that was equal to another counts as that one. A correction takes over the good rows of the corrected batch, and a changeover or
 * another mapping makes a batch of the same bytes. The period covers all of them, from the first to the last. @returns undefined where
 * there is none
 */
export async function batchPeriod(reader: Reader, id: string): Promise<BatchPeriod | undefined> {
  const { rows } = await reader.query<{
    dataset: string;
    from: string | null;
    until: string | null;
    readUntil: string | null;
  }>(
    `WITH RECURSIVE of AS (
       SELECT coalesce(same_as, id) AS id FROM batch WHERE id = $1
       UNION SELECT made.id FROM of JOIN (
         SELECT id, corrects AS source FROM batch WHERE corrects IS NOT NULL
         UNION ALL SELECT id, retranslates FROM batch WHERE retranslates IS NOT NULL
         UNION ALL SELECT batch, source FROM changeover WHERE batch IS NOT NULL) AS made ON made.source = of.id),
     had AS (
       SELECT b.dataset, CASE WHEN b.approved_by IS NULL THEN b.published_at ELSE b.opened_at END AS since,
              CASE WHEN d.mode <> 'upsert' THEN b.superseded_at END AS gone
         FROM of JOIN batch AS b ON b.id = of.id JOIN dataset AS d ON d.id = b.dataset WHERE b.published_at IS NOT NULL),
     whole AS (SELECT min(since) AS since, CASE WHEN bool_and(gone IS NOT NULL) THEN max(gone) END AS gone FROM had)
     SELECT named.dataset, ${momentOf('w.since')} AS "from", ${momentOf('w.gone')} AS until,
            ${momentOf(`(SELECT min(l.superseded_at) FROM batch AS l
               WHERE l.dataset = named.dataset AND l.published_at IS NOT NULL AND l.superseded_at > w.gone)`)} AS "readUntil"
       FROM batch AS named CROSS JOIN whole AS w WHERE named.id = $1`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    dataset: row.dataset,
    from: readMomentOrNull(row.from),
    until: readMomentOrNull(row.until),
    readUntil: readMomentOrNull(row.readUntil),
  };
}
