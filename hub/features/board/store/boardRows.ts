/** Board figures by department, dataset and matter. Days are `YYYY-MM-DD`, calendar of China, both ends inclusive. */
import type { Bilingual } from '../../../../terms/bilingual.ts';
import type { ExpectingDataset } from '../../../flows/intake/store/silence.ts';
import { momentOf, readMoment } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { isLinked, isUnlisted } from '../../../registry/store/datasetLists.ts';

export interface BoardSpan {
  readonly from: string;
  readonly until: string;
  /** of these as consumer or provider; undefined: all departments */
  readonly departments: readonly string[] | undefined;
}

/** SQL condition for the span's departments in any of these columns; empty for all departments. @param values receives the bindings */
function ofThem(
  { departments }: Pick<BoardSpan, 'departments'>,
  values: unknown[],
  ...columns: readonly string[]
): string {
  if (departments === undefined) return '';
  const at = values.push([...departments]);
  return ` AND (${columns.map((column) => `${column} = ANY ($${at}::text[])`).join(' OR ')})`;
}

export interface CallsCounted {
  readonly consumer: string;
  readonly provider: string;
  readonly dataset: string;
  readonly count: number;
}

/** Calls, most frequent pairs first. */
export async function callsCounted(
  reader: Reader,
  which: 'answered' | 'refused',
  span: BoardSpan,
): Promise<CallsCounted[]> {
  const values: unknown[] = [span.from, span.until];
  const { rows } = await reader.query<CallsCounted>(
    `SELECT consumer, provider, dataset, sum(${which})::double precision AS count FROM board_day
      WHERE day BETWEEN $1::date AND $2::date${ofThem(span, values, 'consumer', 'provider')}
      GROUP BY 1, 2, 3 HAVING sum(${which}) > 0 ORDER BY 4 DESC, 1, 2, 3`,
    values,
  );
  return rows;
}

export interface WeekCounted {
  /** its Monday */
  readonly week: string;
  readonly answered: number;
  readonly refused: number;
}

/** Calls of each week of a span, the oldest first, weeks without calls included. @param span begins with a Monday */
export async function weeksCounted(reader: Reader, span: BoardSpan): Promise<WeekCounted[]> {
  const values: unknown[] = [span.from, span.until];
  const { rows } = await reader.query<WeekCounted>(
    `SELECT monday::date::text AS week, coalesce(sum(answered), 0)::double precision AS answered,
            coalesce(sum(refused), 0)::double precision AS refused
       FROM generate_series($1::date, $2::date, interval '7 days') AS monday
       LEFT JOIN board_day ON day BETWEEN monday::date AND monday::date + 6${ofThem(span, values, 'consumer', 'provider')}
      GROUP BY 1 ORDER BY 1`,
    values,
  );
  return rows;
}

export interface SavedCounted {
  readonly consumer: string;
  readonly matter: Bilingual;
  readonly material: Bilingual;
  readonly count: number;
}

/** Cases that needed no paper, because every field that replaces it was delivered. Uses the current register of matters. */
export async function savedCounted(reader: Reader, span: BoardSpan): Promise<SavedCounted[]> {
  const values: unknown[] = [span.from, span.until];
  const { rows } = await reader.query<SavedCounted>(
    `SELECT c.consumer, m.document -> 'title' AS matter, paper -> 'title' AS material, count(*)::double precision AS count
       FROM board_case AS c JOIN matter AS m ON m.code = c.matter AND NOT m.superseded
      CROSS JOIN LATERAL jsonb_array_elements(m.document -> 'materials') AS paper
      WHERE c.day BETWEEN $1::date AND $2::date${ofThem(span, values, 'c.consumer')}
        AND jsonb_array_length(paper -> 'fields') > 0
        AND c.fields @> ARRAY(SELECT jsonb_array_elements_text(paper -> 'fields'))
      GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1`,
    values,
  );
  return rows;
}

export interface DutiesDue {
  readonly consumer: string;
  readonly provider: string;
  readonly dataset: string;
  readonly due: number;
  readonly inTime: number;
}

/** Duties due within the span or overdue now, and those stated by their due day. */
export async function dutiesDue(reader: Reader, span: BoardSpan): Promise<DutiesDue[]> {
  const values: unknown[] = [span.from, span.until];
  const { rows } = await reader.query<DutiesDue>(
    `SELECT d.consumer, d.provider, d.dataset, count(*)::double precision AS due,
            count(*) FILTER (WHERE e.at IS NOT NULL AND ((e.at AT TIME ZONE 'UTC') + interval '8 hours')::date <= d.due)::double precision AS "inTime"
       FROM duty AS d LEFT JOIN audit_entry AS e ON e.id = d.answered_by
      WHERE (d.due BETWEEN $1::date AND $2::date OR d.answered_by IS NULL AND d.due < $1::date)${ofThem(span, values, 'd.consumer', 'd.provider')}
      GROUP BY 1, 2, 3`,
    values,
  );
  return rows;
}

export interface DutiesOpen {
  readonly consumer: string;
  readonly provider: string;
  readonly dataset: string;
  readonly count: number;
}

/** Overdue duties. @param span ends today */
export async function dutiesOverdue(reader: Reader, span: BoardSpan): Promise<DutiesOpen[]> {
  const values: unknown[] = [span.until];
  const { rows } = await reader.query<DutiesOpen>(
    `SELECT consumer, provider, dataset, count(*)::double precision AS count FROM duty
      WHERE answered_by IS NULL AND due < $1::date${ofThem(span, values, 'consumer', 'provider')}
      GROUP BY 1, 2, 3`,
    values,
  );
  return rows;
}

export interface FileCame extends Pick<ExpectingDataset, 'expect'> {
  readonly department: string;
  readonly dataset: string;
  /** Unix milliseconds */
  readonly openedAt: number;
}

/** Published batches of datasets with expected files, counted since the current expectation began. */
export async function filesCame(reader: Reader, span: BoardSpan): Promise<FileCame[]> {
  const values: unknown[] = [span.from, span.until];
  const { rows } = await reader.query<Omit<FileCame, 'openedAt'> & { opened: string }>(
    `SELECT b.department, b.dataset, d.intake -> 'expect' AS expect, ${momentOf('b.opened_at')} AS opened
       FROM batch AS b JOIN dataset AS d ON d.id = b.dataset
      WHERE d.intake ? 'expect' AND b.published_at IS NOT NULL AND b.corrects IS NULL
        AND b.opened_at >= coalesce(d.expects_from, '-infinity')
        AND ((b.opened_at AT TIME ZONE 'UTC') + interval '8 hours')::date BETWEEN $1::date AND $2::date${ofThem(span, values, 'b.department')}`,
    values,
  );
  return rows.map(({ opened, ...row }) => ({ ...row, openedAt: readMoment(opened) }));
}

/** Held batches by dataset. */
export async function batchesHeld(
  reader: Reader,
  span: Pick<BoardSpan, 'departments'>,
): Promise<{ readonly department: string; readonly dataset: string; readonly count: number }[]> {
  const values: unknown[] = [];
  const { rows } = await reader.query<{ department: string; dataset: string; count: number }>(
    `SELECT department, dataset, count(*)::double precision AS count FROM batch
      WHERE state = 'held'${ofThem(span, values, 'department')} GROUP BY 1, 2`,
    values,
  );
  return rows;
}

/** Position up to which the log was read for the board. */
export async function boardProgress(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ next: string }>('SELECT next FROM board_progress WHERE id = 1');
  return Number(rows[0]?.next ?? 0);
}

/** Calls of one day, calendar of China: `YYYY-MM-DD`. */
export interface BoardDay {
  readonly day: string;
  readonly consumer: string;
  /** empty if a refused call named none */
  readonly provider: string;
  readonly dataset: string;
  readonly answered: number;
  readonly refused: number;
}

/** Fields released for one case. */
export interface BoardCase {
  /** the first day of these entries on which a field was released */
  readonly day: string;
  readonly consumer: string;
  /** code of the matter */
  readonly matter: string;
  /** the case's number, stored as a hash */
  readonly number: string;
  /** `dataset.field` */
  readonly fields: readonly string[];
}

/**
 * Adds the figures of the entries `from … to − 1` and advances the position in one statement, so that nothing is counted twice.
 * @returns false if another process advanced the position
 */
export async function fillBoard(
  reader: Reader,
  { from, to }: { readonly from: number; readonly to: number },
  days: readonly BoardDay[],
  cases: readonly BoardCase[],
): Promise<boolean> {
  const { rows } = await reader.query<{ moved: boolean }>(
    `WITH moved AS (UPDATE board_progress SET next = $2 WHERE id = 1 AND next = $1 RETURNING 1),
          days AS (
            INSERT INTO board_day AS d (day, consumer, provider, dataset, answered, refused)
            SELECT o.* FROM jsonb_to_recordset($3::jsonb)
                AS o(day date, consumer text, provider text, dataset text, answered bigint, refused bigint) WHERE EXISTS (SELECT FROM moved)
            ON CONFLICT (day, consumer, provider, dataset)
            DO UPDATE SET answered = d.answered + EXCLUDED.answered, refused = d.refused + EXCLUDED.refused),
          cases AS (
            INSERT INTO board_case AS c (day, consumer, matter, number, fields)
            SELECT o.day, o.consumer, o.matter, sha256(convert_to(o.number, 'UTF8')), o.fields
              FROM jsonb_to_recordset($4::jsonb) AS o(day date, consumer text, matter text, number text, fields text[])
             WHERE EXISTS (SELECT FROM moved)
            ON CONFLICT (consumer, matter, number)
            DO UPDATE SET fields = (SELECT array_agg(DISTINCT f) FROM unnest(c.fields || EXCLUDED.fields) AS f)
            WHERE NOT c.fields @> EXCLUDED.fields)
     SELECT EXISTS (SELECT FROM moved) AS moved`,
    [from, to, JSON.stringify(days), JSON.stringify(cases)],
  );
  return rows[0]?.moved === true;
}

interface LinkedEntries {
  readonly department: string;
  /** entries with data now */
  readonly linked: number;
  /** entries that should have data: all except 不予共享 (not shared); and published datasets without an entry */
  readonly should: number;
}

/**
 * 挂接率 (share of catalogue entries linked to data) by department: live entries that should be linked, and published datasets that no live
 * entry names. Departments with neither are omitted.
 * @param departments only these; undefined: all
 */
export async function linkedEntries(
  reader: Reader,
  departments: readonly string[] | undefined,
): Promise<LinkedEntries[]> {
  const ofDepartments = departments === undefined ? '' : ' WHERE department = ANY ($1::text[])';
  const { rows } = await reader.query<LinkedEntries>(
    `SELECT department, count(*)::integer AS should, count(*) FILTER (WHERE linked)::integer AS linked
       FROM (SELECT e.department, ${isLinked('e')} AS linked
               FROM catalogue_entry AS e WHERE NOT e.superseded AND e.sharing <> 'none'
             UNION ALL SELECT d.department, false FROM dataset AS d WHERE d.state = 'published' AND ${isUnlisted}) AS due${ofDepartments}
      GROUP BY department ORDER BY department`,
    departments === undefined ? [] : [[...departments]],
  );
  return rows;
}
