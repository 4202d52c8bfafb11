import { rowOf } from '../../../../adapters/mapping/bind.ts';
import { KeyHash } from '../../../../adapters/keyGuard.ts';
import type { RowSink } from '../../../../adapters/translate.ts';
import { Problem } from '../../../../terms/problem.ts';
import { classOfValue, type RowProblem } from '../../../../terms/rowProblem.ts';
import { HmacTexts } from '../../../../log/lanes/hmacTexts.ts';
import { lanes } from '../../../../log/lanes/openLanes.ts';
import { CopyTuples, later } from '../../../domain/rowTable/copyTuples.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import { isStorable, keyFits } from '../../../domain/rowTable/storable.ts';
import { subjectHasher, subjectLength, subjectParts } from '../../../domain/subjectHash.ts';
import type { CopyTask } from './copyTask.ts';
import type { Shelf } from './shelf.ts';

type Row = Readonly<Record<string, unknown>>;

/** Rows as COPY tuples. */
export interface CopiedRows {
  /** tuples of COPY … FROM STDIN (FORMAT binary) */
  readonly tuples: Uint8Array;
  /** `_row` of each of them */
  readonly rows: Float64Array;
  /** where each ends */
  readonly ends: Uint32Array;
  /** hash of the key of each, two numbers; empty without a primary key */
  readonly keys: Int32Array;
}

/** Number of rows after which a file counts as long. */
export const longFile = 1_000;

/**
 * Maximum size, in MiB, of the rows of one batch of records. Texts that a mapping adds may be far longer than the records, and this memory
 * is outside the heap of a thread.
 */
const maxRowsMiB = 256;

/** Writes rows as COPY tuples, or returns why one cannot be stored. `_row` counts the records delivered from `first` on. */
export class CopyRows {
  /** what is added to the number of a row's record in its batch, from 1 */
  first = 0;
  private readonly task: Pick<CopyTask, 'schema' | 'subjectKey' | 'keySalt'>;
  private readonly names: readonly string[];
  private readonly tuples: CopyTuples;
  private readonly keyFits: (values: readonly unknown[]) => boolean;
  private readonly keyHash: KeyHash | undefined;
  private readonly subjectOf: (value: unknown) => string | undefined;
  private readonly subjectPlace: number;
  /** hashes several subjects at a time with SIMD where available, and the places where the hashes are written */
  private hashes: HmacTexts | undefined;
  /** rows until the hasher is created: a short file does not justify it */
  private untilHashes = longFile;
  private readonly hashPlaces = new Int32Array(lanes);
  private count = 0;
  private rows = new Float64Array(1024);
  private ends = new Uint32Array(1024);
  private keys = new Int32Array(2048);

  /** @param names fields of a row's values, in their order */
  constructor(task: Pick<CopyTask, 'schema' | 'subjectKey' | 'keySalt'>, names: readonly string[]) {
    const layout = layoutOf(task.schema);
    this.task = task;
    this.names = names;
    this.tuples = new CopyTuples(layout, names);
    this.keyFits = keyFits(layout, names);
    this.keyHash = KeyHash.of(task.schema, names, task.keySalt ?? 0);
    this.subjectOf = subjectHasher(task.subjectKey, task.schema);
    this.subjectPlace = names.indexOf(layout.subject?.field ?? '');
  }

  readonly add: RowSink = (values, line, index) => {
    if (!this.keyFits(values)) return [keyTooLong(this.row(values), line, this.task.schema.primaryKey)];
    const row = this.first + index + 1;
    const value = values[this.subjectPlace];
    if (this.untilHashes > 0 && (this.untilHashes -= 1) === 0) this.hashes = this.hashesOf();
    const { hashes } = this;
    const hashed = typeof value === 'string' && hashes?.add(value) === true;
    if (!this.tuples.add(values, row, hashed ? later : this.subjectOf(value))) {
      if (hashed) hashes.leaveLast();
      return notStorable(this.row(values), line);
    }
    if (hashed) {
      this.hashPlaces[hashes.size - 1] = this.tuples.size - subjectLength;
      if (hashes.size === lanes) this.writeHashes(hashes);
    }
    if (this.tuples.size > maxRowsMiB * 2 ** 20) throw new Problem('file_rows_too_large', { line });
    const { count } = this;
    if (count === this.rows.length) this.grow();
    this.rows[count] = row;
    this.ends[count] = this.tuples.size;
    if (this.keyHash !== undefined) {
      this.keyHash.take(values);
      this.keys[count * 2] = this.keyHash.high;
      this.keys[count * 2 + 1] = this.keyHash.low;
    }
    this.count += 1;
    return undefined;
  };

  /** The rows written since the last call. @param outputBuffer where they are stored */
  taken(outputBuffer: Shelf): CopiedRows {
    const { count, hashes } = this;
    this.count = 0;
    if (hashes !== undefined) this.writeHashes(hashes);
    const { size } = this.tuples;
    const { buffer, at } = outputBuffer.place(size);
    const tuples = new Uint8Array(buffer, at, size);
    this.tuples.takeInto(tuples);
    return {
      tuples,
      rows: put(outputBuffer, Float64Array, this.rows.subarray(0, count)),
      ends: put(outputBuffer, Uint32Array, this.ends.subarray(0, count)),
      keys: put(outputBuffer, Int32Array, this.keys.subarray(0, this.keyHash === undefined ? 0 : count * 2)),
    };
  }

  private hashesOf(): HmacTexts | undefined {
    const parts = subjectParts(this.task.subjectKey, this.task.schema);
    return parts === undefined ? undefined : HmacTexts.of(parts.key, parts.prefix);
  }

  private writeHashes(hashes: HmacTexts): void {
    const { size } = hashes;
    if (size === 0) return;
    hashes.hash();
    for (let nth = 0; nth < size; nth += 1)
      hashes.hashInto(nth, this.tuples.added, this.hashPlaces[nth] ?? 0);
  }

  private grow(): void {
    const { rows, ends, keys } = this;
    this.rows = new Float64Array(rows.length * 2);
    this.rows.set(rows);
    this.ends = new Uint32Array(ends.length * 2);
    this.ends.set(ends);
    this.keys = new Int32Array(keys.length * 2);
    this.keys.set(keys);
  }

  private row(values: readonly unknown[]): Row {
    return rowOf(this.names, values);
  }
}

/** A copy of some numbers on a shelf. */
export function put<Numbers extends Float64Array | Uint32Array | Int32Array>(
  outputBuffer: Shelf,
  Kind: {
    readonly BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBufferLike, at: number, length: number): Numbers;
  },
  numbers: ArrayLike<number>,
): Numbers {
  const { buffer, at } = outputBuffer.place(numbers.length * Kind.BYTES_PER_ELEMENT);
  const copied = new Kind(buffer, at, numbers.length);
  copied.set(numbers);
  return copied;
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
