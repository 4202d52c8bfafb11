/** Raw bytes of one file → COPY tuples of its good rows, and its bad records. Runs in the hub's thread or in a separate one. */
import { formatNamed } from '../../../../adapters/formats.ts';
import { KeyGuard } from '../../../../adapters/keyGuard.ts';
import { bindMapping, type BoundMapping } from '../../../../adapters/mapping/bind.ts';
import type { BadRecord, RawRecord, RecordBatch } from '../../../../adapters/reading/reader.ts';
import { BatchTranslator } from '../../../../adapters/translate.ts';
import type { Surroundings } from '../../../../schemas/surroundings.ts';
import { compileSchema } from '../../../../schemas/compile.ts';
import { CopyRows, put, type CopiedRows } from './copyRows.ts';
import type { CopyTask } from './copyTask.ts';
import { ownMemory, type Shelf } from './shelf.ts';

/**
 * The result for one batch of records. Invariant: records = rows + failed + skipped. Its tuples and numbers are valid until the next part
 * is requested.
 */
export interface CopyPart {
  /** of COPY … FROM STDIN (FORMAT binary) */
  readonly tuples: Uint8Array;
  /** `_row` of each of these rows, ascending from part to part */
  readonly rows: Float64Array;
  /** physical line of each of them */
  readonly lines: Uint32Array;
  readonly failed: readonly BadRecord[];
  readonly records: number;
  readonly skipped: number;
  /** rows accepted with a doubt: their places in `rows` */
  readonly doubted: readonly number[];
  /** doubts about the file as a whole */
  readonly fileDoubts: number;
  /** warnings: cells that are valid but need review, such as private-use characters (造字) */
  readonly warned: number;
  /** headings of a table; empty for other formats */
  readonly columns: readonly string[];
}

/** A part whose keys were not yet compared with those of other parts. */
export interface UnguardedPart extends CopyPart, CopiedRows {}

/** A row that repeats an earlier key: its place in its part, its line, and the line of the earlier row. */
export interface Repetition {
  readonly place: number;
  readonly line: number;
  readonly first: number;
}

/** Makes parts of batches. */
export class PartMaker {
  private readonly bound: BoundMapping;
  private readonly rows: CopyRows;
  private readonly translator: BatchTranslator;

  /** @param layout the first batch, or one like it @throws Problem mapping_column_missing, mapping_column_doubled */
  constructor(task: CopyTask, surroundings: Surroundings, layout: Parameters<typeof bindMapping>[2]) {
    this.bound = bindMapping(task.mapping, compileSchema(task.schema, surroundings), layout);
    this.rows = new CopyRows(task, this.bound.names);
    this.translator = new BatchTranslator(this.bound, this.rows.add);
  }

  /** @param first a number below that of the first row, and not below that of any earlier row @param outputBuffer where its bytes are stored */
  part(batches: readonly RecordBatch[], first: number, outputBuffer: Shelf = ownMemory): UnguardedPart {
    const lines: number[] = [];
    const failed: BadRecord[] = [];
    const doubted: number[] = [];
    let records = 0;
    let skipped = 0;
    let fileDoubts = 0;
    let warned = 0;
    const [start] = batches;
    this.rows.first = first;
    for (const batch of batches) {
      const account = this.translator.translate(batch);
      for (const place of account.doubted) doubted.push(lines.length + place);
      // one by one: a batch may have more of them than a call takes arguments
      for (const line of account.lines) lines.push(line);
      for (const bad of account.bad) failed.push(bad);
      records += account.records;
      skipped += account.skipped;
      fileDoubts += account.fileDoubts;
      warned += account.warnings.length;
      this.rows.first += batch.records.length;
    }
    return {
      ...this.rows.taken(outputBuffer),
      lines: put(outputBuffer, Uint32Array, lines),
      failed,
      records,
      skipped,
      doubted,
      fileDoubts,
      warned,
      columns: start?.kind === 'table' ? start.columns : [],
    };
  }

  /** Converts rows of a part to bad records. @param records those of its batches @param first as for the part */
  repeated(
    rows: Float64Array,
    records: { readonly at: (index: number) => RawRecord | undefined },
    first: number,
    repetitions: readonly Repetition[],
  ): BadRecord[] {
    return repetitions.map(({ place, line, first: earlier }) => ({
      line,
      problems: [this.bound.repeated(line, earlier)],
      raw: records.at((rows[place] ?? 0) - first - 1) ?? [],
    }));
  }
}

/** Compares the keys of part after part, in the order of the file. */
export class PartGuard {
  private readonly keys: KeyGuard;

  constructor({ rememberedKeys }: Pick<CopyTask, 'rememberedKeys'> = {}) {
    this.keys = new KeyGuard(rememberedKeys);
  }

  repetitions({ keys, lines }: UnguardedPart): Repetition[] {
    const found: Repetition[] = [];
    if (keys.length === 0) return found;
    for (let place = 0; place < lines.length; place += 1) {
      const line = lines[place] ?? 0;
      const first = this.keys.seen(keys[place * 2] ?? 0, keys[place * 2 + 1] ?? 0, line);
      if (first !== undefined) found.push({ place, line, first });
    }
    return found;
  }
}

/** Places as they are once those of the repetitions are left out. Both ascend: a part may have many of both, so each is read once. */
function placesWithout(places: readonly number[], repetitions: readonly Repetition[]): number[] {
  let gone = 0;
  return places.flatMap((place) => {
    while ((repetitions[gone]?.place ?? Infinity) < place) gone += 1;
    return repetitions[gone]?.place === place ? [] : [place - gone];
  });
}

/** The part without rows that repeat a key; they become bad records. */
export function guardedPart(
  part: UnguardedPart,
  repetitions: readonly Repetition[],
  repeated: readonly BadRecord[],
): CopyPart {
  if (repetitions.length === 0) return part;
  const left = new Set(repetitions.map(({ place }) => place));
  const pieces: Uint8Array[] = [];
  for (const [place, end] of part.ends.entries()) {
    if (!left.has(place)) pieces.push(part.tuples.subarray(place === 0 ? 0 : part.ends[place - 1], end));
  }
  const stored = (_: number, place: number): boolean => !left.has(place);
  return {
    tuples: Buffer.concat(pieces),
    rows: part.rows.filter(stored),
    lines: part.lines.filter(stored),
    failed: [...part.failed, ...repeated].sort((a, b) => a.line - b.line),
    records: part.records,
    skipped: part.skipped,
    doubted: placesWithout(part.doubted, repetitions),
    fileDoubts: part.fileDoubts,
    warned: part.warned,
    columns: part.columns,
  };
}

/**
 * @param surroundings the task's code lists and the built-in ones
 * @throws Problem, the adapter's problem with a file it cannot read
 */
export async function* copyParts(
  task: CopyTask,
  surroundings: Surroundings,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<CopyPart> {
  const { mapping } = task;
  const guard = new PartGuard(task);
  let maker: PartMaker | undefined;
  let first = 0;
  for await (const batch of formatNamed(mapping.format).read(bytes, mapping.options, task.companions)) {
    maker ??= new PartMaker(task, surroundings, batch);
    const part = maker.part([batch], first);
    const repetitions = guard.repetitions(part);
    yield guardedPart(part, repetitions, maker.repeated(part.rows, batch.records, first, repetitions));
    first += batch.records.length;
  }
}
