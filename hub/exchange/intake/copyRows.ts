import { rowOf } from '../../../adapters/mapping/bind.ts';
import { KeyHash } from '../../../adapters/keyGuard.ts';
import type { RowSink } from '../../../adapters/translate.ts';
import { classOfValue, type RowProblem } from '../../../terms/rowProblem.ts';
import { CopyLines } from '../../store/rows/copyLines.ts';
import { layoutOf } from '../../store/rows/layout.ts';
import { isStorable, keyFits } from '../../store/rows/storable.ts';
import { subjectHasher } from '../subjectHash.ts';
import type { CopyTask } from './copyParts.ts';

type Row = Readonly<Record<string, unknown>>;

/** Rows of one batch of records as COPY text. */
export interface CopiedRows {
  /** lines of COPY … FROM STDIN */
  readonly text: Uint8Array<ArrayBuffer>;
  /** `_row` of each of them */
  readonly rows: Uint32Array<ArrayBuffer>;
  /** where each ends in the text */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** hash of the key of each, two numbers; empty without a primary key */
  readonly keys: Int32Array<ArrayBuffer>;
}

/** Writes rows as COPY text, or says why one cannot be stored. `_row` is the number of the row's record among those delivered. */
export class CopyRows {
  /** records delivered before the current batch */
  first = 0;
  private readonly task: CopyTask;
  private readonly names: readonly string[];
  private readonly lines: CopyLines;
  private readonly keyFits: (values: readonly unknown[]) => boolean;
  private readonly keyHash: KeyHash | undefined;
  private readonly subjectOf: (value: unknown) => string | undefined;
  private readonly subjectPlace: number;
  private rows: number[] = [];
  private ends: number[] = [];
  private keys: number[] = [];

  /** @param names fields of a row's values, in their order */
  constructor(task: CopyTask, names: readonly string[]) {
    const layout = layoutOf(task.schema);
    this.task = task;
    this.names = names;
    this.lines = new CopyLines(layout, names, task.batch);
    this.keyFits = keyFits(layout, names);
    this.keyHash = KeyHash.of(task.schema, names);
    this.subjectOf = subjectHasher(task.subjectKey, task.schema);
    this.subjectPlace = names.indexOf(layout.subject?.field ?? '');
  }

  readonly add: RowSink = (values, line, index) => {
    if (!this.keyFits(values)) return [keyTooLong(this.row(values), line, this.task.schema.primaryKey)];
    const row = this.first + index + 1;
    const subject = this.subjectOf(values[this.subjectPlace]);
    if (!this.lines.add(values, row, subject)) return notStorable(this.row(values), line);
    this.rows.push(row);
    this.ends.push(this.lines.length);
    if (this.keyHash !== undefined) {
      this.keyHash.take(values);
      this.keys.push(this.keyHash.high, this.keyHash.low);
    }
    return undefined;
  };

  /** What was written since the last time. */
  taken(): CopiedRows {
    const { rows, ends, keys } = this;
    this.rows = [];
    this.ends = [];
    this.keys = [];
    return {
      text: this.lines.taken(),
      rows: new Uint32Array(rows),
      ends: new Uint32Array(ends),
      keys: new Int32Array(keys),
    };
  }

  private row(values: readonly unknown[]): Row {
    return rowOf(this.names, values);
  }
}

function notStorable(row: Row, line: number): RowProblem[] {
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

function keyTooLong(row: Row, line: number, key: readonly string[]): RowProblem {
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
