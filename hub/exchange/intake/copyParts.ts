/** Raw bytes of one file → COPY text of its good rows, and its bad records. Runs in the hub's thread or in one of its own. */
import type { KeyObject } from 'node:crypto';
import type { CompiledMapping } from '../../../adapters/mapping/compile.ts';
import type { BadRecord } from '../../../adapters/reader.ts';
import { formatNamed } from '../../../adapters/formats.ts';
import { rowOf } from '../../../adapters/mapping/bind.ts';
import { translateTo, type RowSink } from '../../../adapters/translate.ts';
import type { CodeList } from '../../../schemas/codelists/codeList.ts';
import { compileSchema } from '../../../schemas/compile.ts';
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { classOfValue, type RowProblem } from '../../../terms/rowProblem.ts';
import { CopyLines } from '../../store/rows/copyLines.ts';
import { layoutOf } from '../../store/rows/layout.ts';
import { isStorable, keyFits } from '../../store/rows/storable.ts';
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
  const { mapping, schema } = task;
  const batches = formatNamed(mapping.format).read(bytes, mapping.options);
  let rows: CopyRows | undefined;
  const sinkOf = (names: readonly string[]): RowSink => {
    rows = new CopyRows(task, names);
    return rows.add;
  };
  for await (const account of translateTo(batches, mapping, compileSchema(schema), sinkOf)) {
    const { lines, bad, records, skipped } = account;
    const text = rows?.taken() ?? new Uint8Array(0);
    yield { text, lines: Uint32Array.from(lines), failed: bad, records, skipped };
  }
}

/** Writes rows as COPY text, or says why one cannot be stored. */
class CopyRows {
  private readonly task: CopyTask;
  private readonly names: readonly string[];
  private readonly lines: CopyLines;
  private readonly keyFits: (values: readonly unknown[]) => boolean;
  private readonly subjectOf: (value: unknown) => string | undefined;
  private readonly subjectPlace: number;
  private written = 0;

  constructor(task: CopyTask, names: readonly string[]) {
    const layout = layoutOf(task.schema);
    this.task = task;
    this.names = names;
    this.lines = new CopyLines(layout, names, task.batch);
    this.keyFits = keyFits(layout, names);
    this.subjectOf = subjectHasher(task.subjectKey, task.schema);
    this.subjectPlace = names.indexOf(layout.subject?.field ?? '');
  }

  taken(): Uint8Array {
    return this.lines.taken();
  }

  readonly add: RowSink = (values, line) => {
    if (!this.keyFits(values)) return [keyTooLong(this.row(values), line, this.task.schema.primaryKey)];
    const subject = this.subjectOf(values[this.subjectPlace]);
    if (!this.lines.add(values, this.written + 1, subject)) return notStorable(this.row(values), line);
    this.written += 1;
    return undefined;
  };

  private row(values: readonly unknown[]): Readonly<Record<string, unknown>> {
    return rowOf(this.names, values);
  }
}

function notStorable(row: Readonly<Record<string, unknown>>, line: number): RowProblem[] {
  return Object.entries(row)
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
}

function keyTooLong(
  row: Readonly<Record<string, unknown>>,
  line: number,
  key: readonly string[],
): RowProblem {
  return {
    line,
    column: 0,
    header: '',
    field: key.join('+'),
    rule: 'key.too-long',
    got: key.map((name) => classOfValue(row[name], false)).join(' + '),
    message: { zh: '主键过长，无法建立索引', en: 'has a key too long to be indexed' },
  };
}
