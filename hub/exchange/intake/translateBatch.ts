/**
 * The middle of the intake walk: sealed raw bytes → adapt → map → validate → rows in a table that nobody sees yet.
 * Everything comes from what is stored, so a crash costs only the work: the next hub does it again.
 */
import { createHash } from 'node:crypto';
import { addTotals, noTotals, overLimit } from '../../../adapters/limits.ts';
import type { BadRecord } from '../../../adapters/reader.ts';
import { translate, type TranslatedBatch } from '../../../adapters/translate.ts';
import { Problem } from '../../../terms/problem.ts';
import { classOfValue, type RowProblem } from '../../../terms/rowProblem.ts';
import type { BatchCounts } from '../../store/batches.ts';
import { isStorable, lineWriter } from '../../store/rows/copyLine.ts';
import { layoutOf } from '../../store/rows/layout.ts';
import { loadBatch, type RepeatedRow } from '../../store/rows/load.ts';
import { clearQuarantine, mostQuarantined, putQuarantined } from '../../store/rows/quarantine.ts';
import { rawBytes } from '../../store/rows/sealedParts.ts';
import type { LiveDataset, LiveMapping } from '../registry.ts';
import { subjectHasher } from '../subjectHash.ts';
import type { IntakeServices } from './services.ts';

export interface Translation {
  readonly counts: BatchCounts;
  /** the limit of the mapping that the bad rows exceed */
  readonly over: 'maxBad' | 'maxBadRatio' | undefined;
}

/** So many bytes are handed to PostgreSQL at once. */
const chunkSize = 65_536;

/**
 * Loads a batch's rows and puts aside those that failed.
 * @param sha256 hex digest the raw bytes must have
 * @throws Problem batch_digest_mismatch, sealed_bytes_damaged, or what the adapter says of a file it cannot read
 */
export async function translateBatch(
  services: IntakeServices,
  batch: { readonly id: string; readonly sha256: string },
  dataset: LiveDataset,
  mapping: LiveMapping,
): Promise<Translation> {
  const { database, sealer } = services;
  const layout = layoutOf(dataset.schema);
  const write = lineWriter(layout, batch.id);
  const subjectOf = subjectHasher(services.subjectKey, dataset.schema);
  const failed: BadRecord[] = [];
  const lineOf: number[] = [];
  let totals = noTotals;
  let failures = 0;

  const fail = (record: BadRecord): void => {
    failures += 1;
    if (failed.length < mostQuarantined) failed.push(record);
  };

  function lines(translated: TranslatedBatch): string {
    let text = '';
    translated.rows.forEach((row, i) => {
      const line = translated.lines[i] ?? 0;
      const copied = write(row, lineOf.length + 1, subjectOf(row));
      if (copied === undefined) fail(notStorable(row, line));
      else {
        text += copied;
        lineOf.push(line);
      }
    });
    return text;
  }

  async function* copyText(): AsyncGenerator<Uint8Array> {
    const bytes = verified(rawBytes(database.app, sealer, batch.id), batch.sha256);
    for await (const translated of translate(bytes, mapping.compiled, dataset.compiled)) {
      totals = addTotals(totals, translated);
      translated.bad.forEach(fail);
      const text = Buffer.from(lines(translated), 'utf8');
      for (let from = 0; from < text.length; from += chunkSize) yield text.subarray(from, from + chunkSize);
    }
  }

  const { repeated } = await loadBatch(database, layout, batch.id, copyText());
  for (const row of repeated) fail(repeatedKey(row, lineOf[row.row - 1] ?? 0, dataset.schema.primaryKey));
  failed.sort((a, b) => a.line - b.line);
  await clearQuarantine(database.app, batch.id);
  await putQuarantined(
    database.app,
    sealer,
    batch.id,
    failed.map(({ line, problems, raw }, i) => ({ nth: i + 1, line, problems, raw })),
  );
  const counts = {
    records: totals.records,
    rows: totals.records - totals.skipped - failures,
    bad: failures,
    skipped: totals.skipped,
  };
  return { counts, over: overLimit(counts, mapping.compiled) };
}

/** Hands the bytes on and compares their digest at the end. */
async function* verified(chunks: AsyncIterable<Uint8Array>, sha256: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== sha256) throw new Problem('batch_digest_mismatch');
}

function notStorable(row: Readonly<Record<string, unknown>>, line: number): BadRecord {
  const problems = Object.entries(row)
    .filter(([, value]) => !isStorable(value))
    .map(([field, value]): RowProblem => ({
      line,
      column: 0,
      header: '',
      field,
      rule: 'text.not-storable',
      got: classOfValue(value, false),
      message: {
        zh: '含有空字符或残缺的字符，无法原样保存',
        en: 'holds a NUL or half a character, which cannot be stored unchanged',
      },
    }));
  return { line, problems, raw: row as BadRecord['raw'] };
}

function repeatedKey(repeated: RepeatedRow, line: number, key: readonly string[]): BadRecord {
  const problem: RowProblem = {
    line,
    column: 0,
    header: '',
    field: key.join('+'),
    rule: 'key.repeated',
    got: key.map((name) => classOfValue(repeated.record[name], true)).join(' + '),
    message: {
      zh: '主键与本批次中前面的一行相同',
      en: 'has the same key as an earlier row of this batch',
    },
  };
  return { line, problems: [problem], raw: repeated.record as BadRecord['raw'] };
}
