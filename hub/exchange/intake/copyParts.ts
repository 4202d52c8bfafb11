/** Raw bytes of one file → COPY text of its good rows, and its bad records. Runs in the hub's thread or in one of its own. */
import type { KeyObject } from 'node:crypto';
import type { CompiledMapping } from '../../../adapters/mapping/compile.ts';
import type { BadRecord } from '../../../adapters/reader.ts';
import { translate } from '../../../adapters/translate.ts';
import type { CodeList } from '../../../schemas/codelists/codeList.ts';
import { compileSchema } from '../../../schemas/compile.ts';
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { classOfValue, type RowProblem } from '../../../terms/rowProblem.ts';
import { isStorable, keyFits, lineWriter } from '../../store/rows/copyLine.ts';
import { layoutOf } from '../../store/rows/layout.ts';
import { subjectHasher } from '../subjectHash.ts';

/** Everything a translation needs besides the bytes; can be sent to another thread. */
export interface CopyTask {
  /** uuid */
  readonly batch: string;
  readonly schema: DatasetSchema;
  readonly mapping: CompiledMapping;
  readonly subjectKey: KeyObject;
  /** lists registered in the hub, which another thread does not know yet */
  readonly codeLists: readonly CodeList[];
}

export interface CopyPart {
  /** lines of COPY … FROM STDIN */
  readonly text: Uint8Array;
  /** physical line of each of these rows */
  readonly lines: Uint32Array;
  readonly failed: readonly BadRecord[];
  readonly records: number;
  readonly skipped: number;
}

/** @throws Problem, what the adapter says of a file it cannot read */
export async function* copyParts(task: CopyTask, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<CopyPart> {
  const layout = layoutOf(task.schema);
  const write = lineWriter(layout, task.batch);
  const fits = keyFits(layout);
  const subjectOf = subjectHasher(task.subjectKey, task.schema);
  let written = 0;
  for await (const translated of translate(bytes, task.mapping, compileSchema(task.schema))) {
    const { rows, records, skipped } = translated;
    const failed = [...translated.bad];
    const lines = new Uint32Array(rows.length);
    let kept = 0;
    let text = '';
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i] ?? {};
      const line = translated.lines[i] ?? 0;
      const copied = fits(row) ? write(row, written + 1, subjectOf(row)) : undefined;
      if (copied === undefined) {
        failed.push(fits(row) ? notStorable(row, line) : keyTooLong(row, line, task.schema.primaryKey));
        continue;
      }
      text += copied;
      written += 1;
      lines[kept] = line;
      kept += 1;
    }
    yield { text: Buffer.from(text, 'utf8'), lines: lines.subarray(0, kept), failed, records, skipped };
  }
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

function keyTooLong(row: Readonly<Record<string, unknown>>, line: number, key: readonly string[]): BadRecord {
  const problem: RowProblem = {
    line,
    column: 0,
    header: '',
    field: key.join('+'),
    rule: 'key.too-long',
    got: key.map((name) => classOfValue(row[name], false)).join(' + '),
    message: { zh: '主键过长，无法建立索引', en: 'has a key too long to be indexed' },
  };
  return { line, problems: [problem], raw: row as BadRecord['raw'] };
}
