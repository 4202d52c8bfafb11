/** Rows of a live dataset out of a file: read whole, and read again when it changed. For tables that fit into memory. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { formatNamed, readRecords } from '../../../adapters/formats.ts';
import { addTotals, noTotals, overLimit } from '../../../adapters/limits.ts';
import {
  compileMapping,
  compileNewMapping,
  type CompiledMapping,
} from '../../../adapters/mapping/compile.ts';
import { translate } from '../../../adapters/translate.ts';
import { meetsCondition } from '../../../policies/meetsCondition.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { LiveFailure, type LiveRows } from '../../sdk/liveConnection.ts';
import type { FileSource } from './configuration.ts';
import { RowIndex, type ProvidedDataset, type RowProvider } from './providedRows.ts';
import { OwnReason } from './sourceReason.ts';

type Row = Readonly<Record<string, unknown>>;

interface Held {
  /** of the file's bytes: a mark of another file means nothing in this one */
  readonly digest: string;
  readonly rows: readonly Row[];
  readonly index: RowIndex;
}

/** bytes; a longer file belongs into a database */
const maxFileLength = 256 << 20;

/** A failure to read the bytes: the same file may be readable a moment later. */
class Unread extends LiveFailure {}

/**
 * @param failed called once for each state of the file in which it cannot be served
 * @throws Problem mapping_invalid, format_unknown, adapter_options_invalid
 */
export function fileRows(
  dataset: ProvidedDataset,
  source: FileSource,
  failed: (error: unknown) => void = () => undefined,
): RowProvider {
  const { schema } = dataset;
  const mapping = mappingOf(dataset, source, compileMapping);
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  let held: Promise<Held> | undefined;
  let seen = '';
  let reported = '';

  async function current(): Promise<Held> {
    const { mtimeMs, size } = await stat(source.path);
    if (size > maxFileLength)
      throw unserved({
        zh: `文件过大，上限为 ${maxFileLength >> 20} MB；请改由数据库供给`,
        en: `the file is too large: at most ${maxFileLength >> 20} MB; serve it from a database`,
      });
    const now = `${mtimeMs} ${size}`;
    if (held === undefined || seen !== now) {
      seen = now;
      const loading = load(dataset, source.path, mapping).then(({ digest, rows }) => ({
        digest,
        rows,
        index: new RowIndex(rows, fields),
      }));
      held = loading;
      loading.catch((error: unknown) => {
        // what the bytes are does not change until the file does: no other question reads it whole again
        if (error instanceof Unread && held === loading) held = undefined;
        if (reported !== now) failed(error);
        reported = now;
      });
    }
    return held;
  }

  return {
    rows: async ({ fields: requested, filter, limit, after }): Promise<LiveRows> => {
      const { rows, digest, index } = await current();
      for (const name of [...requested, ...filter.map(({ field }) => field)])
        if (!fields.has(name)) throw new LiveFailure('field_unknown');
      const found: Row[] = [];
      const marks: string[] = [];
      const from = placeOf(after, digest);
      const candidates =
        index.candidates(filter)?.filter((at) => at >= from) ?? placesFrom(from, rows.length);
      for (const at of candidates) {
        if (found.length > limit) break;
        const row = rows[at] ?? {};
        const meets = filter.every((one) => meetsCondition(one, fields.get(one.field) ?? {}, row[one.field]));
        if (!meets) continue;
        found.push(Object.fromEntries(requested.flatMap((name) => (name in row ? [[name, row[name]]] : []))));
        marks.push(`${digest}:${at + 1}`);
      }
      return { rows: found.slice(0, limit), after: marks.slice(0, limit), more: found.length > limit };
    },
    close: () => Promise.resolve(),
  };
}

function* placesFrom(from: number, end: number): Iterable<number> {
  for (let at = from; at < end; at += 1) yield at;
}

function placeOf(after: string | undefined, digest: string): number {
  if (after === undefined) return 0;
  const [of, at = ''] = after.split(':');
  if (of !== digest || !/^\d{1,12}$/.test(at)) throw new LiveFailure('cursor_expired');
  return Number(at);
}

/** @throws Problem as compileMapping; mapping_invalid with a finding for each word of the mapping without an effect */
export function checkWords(dataset: ProvidedDataset, source: FileSource): void {
  mappingOf(dataset, source, compileNewMapping);
}

function mappingOf(
  { schema, compiled }: ProvidedDataset,
  { mapping }: FileSource,
  compile: typeof compileMapping,
): CompiledMapping | undefined {
  if (mapping === undefined) return undefined;
  return compile(mapping, schema, compiled().surroundings.codeLists);
}

/** @throws LiveFailure query_failed where more records are bad than the mapping allows: answers would lack their rows */
async function load(
  { compiled }: ProvidedDataset,
  path: string,
  mapping: CompiledMapping | undefined,
): Promise<Pick<Held, 'digest' | 'rows'>> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new Unread('query_failed', { cause });
  });
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 16);
  if (mapping === undefined) return { digest, rows: await lines(bytes) };
  const rows: Row[] = [];
  let totals = noTotals;
  for await (const batch of translate(Readable.from([bytes]), mapping, compiled())) {
    totals = addTotals(totals, batch);
    for (const row of batch.rows) rows.push(row);
  }
  const over = overLimit(totals, mapping);
  if (over === undefined) return { digest, rows };
  const limit = `${over.limit} = ${over.allowed}`;
  throw unserved(
    {
      zh: `${totals.records} 条记录中有 ${totals.bad} 条有问题，超过映射的 ${limit}`,
      en: `${totals.bad} of ${totals.records} records are bad, over the mapping's ${limit}`,
    },
    { zh: '用 datong batch adapt 逐条列出', en: 'list them with datong batch adapt' },
  );
}

/** Each line has its own limits only: the file is in memory anyway. */
const lineOptions = { layout: 'lines', maxRecordChars: 64 << 20, maxDepth: 256 };

/**
 * One row a line, as the schema has it, read as a mapping of JSON lines would read it.
 * @throws LiveFailure query_failed for the first line that gives no row; Problem file_encoding_wrong, file_record_too_long
 */
async function lines(bytes: Buffer): Promise<readonly Row[]> {
  const rows: Row[] = [];
  // a table may have no row yet
  if (bytes.length === 0) return rows;
  for await (const batch of readRecords(formatNamed('json'), Readable.from([bytes]), lineOptions)) {
    const [bad] = batch.bad;
    const [problem] = bad?.problems ?? [];
    if (problem !== undefined)
      throw unserved({
        zh: `第 ${problem.line} 行：${problem.message.zh}`,
        en: `line ${problem.line} ${problem.message.en}`,
      });
    for (const row of batch.records) rows.push(row as Row);
  }
  return rows;
}

const unserved = (text: Bilingual, next?: Bilingual): LiveFailure =>
  new LiveFailure('query_failed', { cause: new OwnReason(text, next) });
