/** Earlier published batches: the reference for a new batch. */
import { providerOf, type DatasetId } from '../../../../terms/ids.ts';
import { usualBatches, worthGuarding } from '../../../domain/drift.ts';
import type { Ranges } from '../../../domain/ranges.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { isReplaced, isTakenBack, wasCurrent, type BatchRow } from './batches.ts';

/**
 * The largest row count among the batches of a dataset since a person last approved one, that one included. So neither many small losses
 * nor one large one remain undetected. @returns undefined where nothing was published yet
 */
export async function referenceRows(reader: Reader, dataset: string): Promise<number | undefined> {
  const { rows } = await reader.query<{ most: string | null }>(
    `SELECT max(rows_ok) AS most FROM batch WHERE dataset = $1 AND published_at >= coalesce(
       (SELECT max(published_at) FROM batch WHERE dataset = $1 AND approved_by IS NOT NULL), '-infinity')`,
    [dataset],
  );
  const largest = rows[0]?.most ?? null;
  return largest === null ? undefined : Number(largest);
}

/**
 * Earlier batches with the same bytes: the last one of this dataset, and whether another dataset has one. That one is `replaced` if it
 * belongs to the same department under another schema: a recreated dataset reads the same file.
 */
export async function sameBytesBefore(
  reader: Reader,
  { id, dataset, sha256 }: Pick<BatchRow, 'id' | 'dataset' | 'sha256'>,
): Promise<{
  readonly before: { readonly batch: string; readonly day: string } | undefined;
  readonly elsewhere: 'replaced' | 'other' | undefined;
}> {
  const { rows } = await reader.query<{
    batch: string;
    day: string;
    own: boolean;
    of: string;
    apart: boolean;
  }>(
    `SELECT id AS batch, to_char(published_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') AS day, dataset = $2 AS own, dataset AS of,
            schema_urn IS DISTINCT FROM (SELECT schema FROM dataset WHERE id = $2) AS apart
       FROM batch WHERE sha256 = $3 AND published_at IS NOT NULL AND id <> $1 ORDER BY published_at DESC`,
    [id, dataset, sha256],
  );
  const before = rows.find(({ own }) => own);
  const others = rows.filter(({ own }) => !own);
  const isMadeAnew = others.every(
    ({ of, apart }) => apart && providerOf(of as DatasetId) === providerOf(dataset as DatasetId),
  );
  return {
    before: before === undefined ? undefined : { batch: before.batch, day: before.day },
    elsewhere: others.length === 0 ? undefined : isMadeAnew ? 'replaced' : 'other',
  };
}

/** The day on which a batch was published, in China. */
export async function publishedDay(reader: Reader, batch: string): Promise<string> {
  const { rows } = await reader.query<{ day: string | null }>(
    "SELECT to_char(published_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') AS day FROM batch WHERE id = $1",
    [batch],
  );
  return rows[0]?.day ?? '';
}

/** The batch that was current before; its table is retained. @returns undefined where there is none */
export async function formerBatch(reader: Reader, dataset: string): Promise<string | undefined> {
  const { rows } = await reader.query<{ id: string }>(
    `SELECT id FROM batch AS b WHERE dataset = $1 AND state = 'superseded' AND ${wasCurrent}
      ORDER BY superseded_at DESC LIMIT 1`,
    [dataset],
  );
  return rows[0]?.id;
}

/** Rounded value ranges of the last published batches of a dataset. @param but this one */
export async function rangesBefore(reader: Reader, dataset: string, but: string): Promise<readonly Ranges[]> {
  const { rows } = await reader.query<{ ranges: Ranges }>(
    `SELECT ranges FROM batch AS b WHERE dataset = $1 AND id <> $2 AND published_at IS NOT NULL AND ranges IS NOT NULL AND rows_ok >= $3
        AND NOT ${isTakenBack} AND NOT ${isReplaced} ORDER BY published_at DESC LIMIT $4`,
    [dataset, but, worthGuarding, usualBatches],
  );
  return rows.map(({ ranges }) => ranges);
}

/** Headings of a batch's own file; undefined where it had none, and for corrected rows, which come from another file. */
export async function columnsOf(reader: Reader, batch: string): Promise<readonly string[] | undefined> {
  const { rows } = await reader.query<{ columns: string[] | null }>(
    'SELECT file_columns AS columns FROM batch WHERE id = $1',
    [batch],
  );
  return rows[0]?.columns ?? undefined;
}

/** Headings of the last published file of a dataset that had any and was not reverted. @param but this batch */
export async function columnsBefore(
  reader: Reader,
  dataset: string,
  but: string,
): Promise<readonly string[] | undefined> {
  const { rows } = await reader.query<{ columns: string[] }>(
    `SELECT file_columns AS columns FROM batch AS b WHERE dataset = $1 AND id <> $2 AND published_at IS NOT NULL AND file_columns IS NOT NULL
        AND NOT ${isTakenBack} ORDER BY published_at DESC LIMIT 1`,
    [dataset, but],
  );
  return rows[0]?.columns;
}
