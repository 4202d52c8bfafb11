/** Rows of a live dataset out of a file: read whole, and read again when it changed. For tables that fit into memory. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { compileMapping } from '../../../adapters/mapping/compile.ts';
import { translate } from '../../../adapters/translate.ts';
import { meetsCondition } from '../../../policies/meetsCondition.ts';
import { hasInexactNumber } from '../../../terms/jsonText.ts';
import { LiveFailure, type LiveRows } from '../../sdk/liveConnection.ts';
import type { FileSource } from './configuration.ts';
import { RowIndex, type ProvidedDataset, type RowProvider } from './providedRows.ts';

type Row = Readonly<Record<string, unknown>>;

interface Held {
  /** of the file's bytes: a mark of another file means nothing in this one */
  readonly digest: string;
  readonly rows: readonly Row[];
  readonly index: RowIndex;
}

/** bytes; a longer file belongs into a database */
const maxFileLength = 256 << 20;

export function fileRows(dataset: ProvidedDataset, source: FileSource): RowProvider {
  const { schema } = dataset;
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  let held: Promise<Held> | undefined;
  let seen = '';

  async function current(): Promise<Held> {
    const { mtimeMs, size } = await stat(source.path);
    if (size > maxFileLength)
      throw new LiveFailure('query_failed', { cause: new Error(`${source.path} is too large`) });
    const now = `${mtimeMs} ${size}`;
    if (held === undefined || seen !== now) {
      seen = now;
      held = load(dataset, source).then(({ digest, rows }) => ({
        digest,
        rows,
        index: new RowIndex(rows, fields),
      }));
      held.catch(() => (seen = ''));
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

async function load(
  { schema, compiled }: ProvidedDataset,
  source: FileSource,
): Promise<Pick<Held, 'digest' | 'rows'>> {
  const bytes = await readFile(source.path);
  const digest = createHash('sha256').update(bytes).digest('base64url').slice(0, 16);
  if (source.mapping === undefined) return { digest, rows: lines(bytes) };
  const whole = compiled();
  const mapping = compileMapping(source.mapping, schema, whole.surroundings.codeLists);
  const rows: Row[] = [];
  for await (const batch of translate(Readable.from([bytes]), mapping, whole))
    for (const row of batch.rows) rows.push(row);
  return { digest, rows };
}

/** One row a line, as the schema has it. @throws LiveFailure query_failed where a number would be answered as another one */
function lines(bytes: Buffer): readonly Row[] {
  return bytes
    .toString('utf8')
    .split('\n')
    .flatMap((line, nth): Row[] => {
      if (line.trim() === '') return [];
      if (hasInexactNumber(line))
        throw new LiveFailure('query_failed', {
          cause: new Error(`line ${nth + 1} has a number that a double cannot represent exactly`),
        });
      return [JSON.parse(line) as Row];
    });
}
