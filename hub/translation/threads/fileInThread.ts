import { lineCount } from '../../../adapters/reading/stretches.ts';
import { formatNamed } from '../../../adapters/formats.ts';
import type { BadRecord, RawRecord, RecordBatch } from '../../../adapters/reading/reader.ts';
import type { Surroundings } from '../../../schemas/surroundings.ts';
import { copyParts, PartMaker, type Repetition } from '../copyParts.ts';
import type { CopyTask } from '../copyTask.ts';
import { shelfBehind } from '../shelf.ts';
import type { Parts, Question, SentStretch, StretchPart } from './messages.ts';
import { stepwise } from './stepwise.ts';

/** A stretch whose records may still be asked for. */
interface KeptStretch {
  readonly records: { readonly at: (index: number) => RawRecord | undefined };
  readonly rows: Float64Array;
}

/** What a translating thread knows of the file it works on. */
export class FileInThread {
  private readonly task: CopyTask;
  private readonly surroundings: Surroundings;
  private readonly translate: ReturnType<typeof stepwise<Parts['parts'][number]>>;
  private maker: PartMaker | undefined;
  /** by the bytes of the file before it */
  private readonly kept = new Map<number, KeptStretch>();

  constructor(task: CopyTask, surroundings: Surroundings) {
    this.task = task;
    this.surroundings = surroundings;
    this.translate = stepwise((chunks) => copyParts(task, surroundings, chunks));
  }

  /** @throws Problem, what the adapter says of a file it cannot read */
  async answer(
    question: Exclude<Question, { readonly begin: unknown }>,
  ): Promise<Parts | StretchPart | readonly BadRecord[]> {
    if ('translate' in question) {
      const { items, ended } = await this.translate(question.translate);
      return { parts: items, ended };
    }
    if ('stretch' in question) return this.part(question.stretch);
    return this.repeated(question.repeated.first, question.repeated.repetitions);
  }

  private async part({ bytes, first, done, options }: SentStretch): Promise<StretchPart> {
    const { mapping } = this.task;
    const batches: RecordBatch[] = [];
    for await (const batch of formatNamed(mapping.format).read(once(bytes), options ?? mapping.options))
      batches.push(batch);
    const [start] = batches;
    if (start === undefined) throw new RangeError('a stretch without a batch');
    this.maker ??= new PartMaker(this.task, this.surroundings, start);
    const part = this.maker.part(batches, first, shelfBehind(bytes));
    for (const before of this.kept.keys()) if (before < done) this.kept.delete(before);
    this.kept.set(first, { records: recordsOf(batches), rows: part.rows });
    return { ...part, physical: lineCount(bytes) };
  }

  private repeated(first: number, repetitions: readonly Repetition[]): readonly BadRecord[] {
    const stretch = this.kept.get(first);
    if (stretch === undefined || this.maker === undefined) throw new RangeError('a stretch that is not kept');
    return this.maker.repeated(stretch.rows, stretch.records, first, repetitions);
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** The records of several batches as if they were one. */
function recordsOf(batches: readonly RecordBatch[]): KeptStretch['records'] {
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
