import { lineCount } from '../../../../../adapters/reading/ranges.ts';
import { formatNamed } from '../../../../../adapters/formats.ts';
import {
  once,
  type BadRecord,
  type RawRecord,
  type RecordBatch,
} from '../../../../../adapters/reading/reader.ts';
import type { Surroundings } from '../../../../../schemas/surroundings.ts';
import { copyParts, PartMaker } from '../copyParts.ts';
import type { CopyTask } from '../copyTask.ts';
import { shelfBehind } from '../shelf.ts';
import type { Parts, Question, RepeatedRows, SentRange, RangePart } from './messages.ts';

/** The state of a file in a translating thread. */
export class FileInThread {
  private readonly task: CopyTask;
  private readonly surroundings: Surroundings;
  private readonly translate: ReturnType<typeof stepwise<Parts['parts'][number]>>;
  private maker: PartMaker | undefined;

  constructor(task: CopyTask, surroundings: Surroundings) {
    this.task = task;
    this.surroundings = surroundings;
    this.translate = stepwise((chunks) => copyParts(task, surroundings, chunks));
  }

  /** @throws Problem, the adapter's problem with a file it cannot read */
  async answer(
    question: Exclude<Question, { readonly begin: unknown }>,
  ): Promise<Parts | RangePart | readonly BadRecord[]> {
    if ('translate' in question) {
      const { items, ended } = await this.translate(question.translate);
      return { parts: items, ended };
    }
    if ('range' in question) return this.part(question.range);
    return this.repeated(question.repeated);
  }

  private async part(range: SentRange): Promise<RangePart> {
    const { bytes, first } = range;
    const batches = await this.batches(range);
    const [start] = batches;
    if (start === undefined) throw new RangeError('a range without a batch');
    this.maker ??= new PartMaker(this.task, this.surroundings, start);
    const part = this.maker.part(batches, first, shelfBehind(bytes));
    return { ...part, physical: lineCount(bytes) };
  }

  private async repeated({ range, rows, repetitions }: RepeatedRows): Promise<readonly BadRecord[]> {
    if (this.maker === undefined) throw new RangeError('a range that was not read');
    return this.maker.repeated(rows, recordsOf(await this.batches(range)), range.first, repetitions);
  }

  private async batches({ bytes, options }: SentRange): Promise<RecordBatch[]> {
    const { mapping } = this.task;
    const batches: RecordBatch[] = [];
    for await (const batch of formatNamed(mapping.format).read(once(bytes), options ?? mapping.options))
      batches.push(batch);
    return batches;
  }
}

/** Combines the records of several batches. */
function recordsOf(batches: readonly RecordBatch[]): {
  readonly at: (index: number) => RawRecord | undefined;
} {
  return {
    at: (index) => {
      let before = 0;
      for (const { records } of batches) {
        if (index < before + records.length) return records.at(index - before);
        before += records.length;
      }
      return undefined;
    },
  };
}

/** The result of one chunk. */
interface Step<Item> {
  readonly items: Item[];
  /** whether there will be no more */
  readonly ended: boolean;
}

/**
 * Turns a generator that pulls chunks into a function that receives them: items yielded before it requests the next chunk belong to this
 * one.
 * @returns to be called with one chunk after another, null at the end
 */
export function stepwise<Item>(
  make: (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Item>,
): (chunk: Uint8Array | null) => Promise<Step<Item>> {
  let given: Uint8Array | null | undefined;
  let take: ((chunk: Uint8Array | null) => void) | undefined;
  let onDemand: () => void = () => undefined;
  const nextChunk = (): Promise<Uint8Array | null> =>
    new Promise((resolve) => {
      take = resolve;
      onDemand();
    });
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      let chunk = given;
      given = undefined;
      if (chunk === undefined) chunk = await nextChunk();
      if (chunk === null) return;
      yield chunk;
    }
  }
  const items = make(chunks())[Symbol.asyncIterator]();
  let pending: Promise<IteratorResult<Item>> | undefined;
  return async (chunk) => {
    const hungry = new Promise<'hungry'>((resolve) => {
      onDemand = () => resolve('hungry');
    });
    if (take === undefined) given = chunk;
    else {
      const give = take;
      take = undefined;
      give(chunk);
    }
    const made: Item[] = [];
    for (;;) {
      pending ??= items.next();
      const next = await Promise.race([pending, hungry]);
      if (next === 'hungry') return { items: made, ended: false };
      pending = undefined;
      if (next.done === true) return { items: made, ended: true };
      made.push(next.value);
    }
  };
}
