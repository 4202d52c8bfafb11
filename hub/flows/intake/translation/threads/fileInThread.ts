import { lineCount } from '../../../../../adapters/reading/stretches.ts';
import { formatNamed } from '../../../../../adapters/formats.ts';
import type { BadRecord, RawRecord, RecordBatch } from '../../../../../adapters/reading/reader.ts';
import type { Surroundings } from '../../../../../schemas/surroundings.ts';
import { copyParts, PartMaker } from '../copyParts.ts';
import type { CopyTask } from '../copyTask.ts';
import { shelfBehind } from '../shelf.ts';
import type { Parts, Question, RepeatedRows, SentStretch, StretchPart } from './messages.ts';
import { stepwise } from './stepwise.ts';

/** What a translating thread knows of the file it works on. */
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

  /** @throws Problem, what the adapter says of a file it cannot read */
  async answer(
    question: Exclude<Question, { readonly begin: unknown }>,
  ): Promise<Parts | StretchPart | readonly BadRecord[]> {
    if ('translate' in question) {
      const { items, ended } = await this.translate(question.translate);
      return { parts: items, ended };
    }
    if ('stretch' in question) return this.part(question.stretch);
    return this.repeated(question.repeated);
  }

  private async part(stretch: SentStretch): Promise<StretchPart> {
    const { bytes, first } = stretch;
    const batches = await this.batches(stretch);
    const [start] = batches;
    if (start === undefined) throw new RangeError('a stretch without a batch');
    this.maker ??= new PartMaker(this.task, this.surroundings, start);
    const part = this.maker.part(batches, first, shelfBehind(bytes));
    return { ...part, physical: lineCount(bytes) };
  }

  private async repeated({ stretch, rows, repetitions }: RepeatedRows): Promise<readonly BadRecord[]> {
    if (this.maker === undefined) throw new RangeError('a stretch that was not read');
    return this.maker.repeated(rows, recordsOf(await this.batches(stretch)), stretch.first, repetitions);
  }

  private async batches({ bytes, options }: SentStretch): Promise<RecordBatch[]> {
    const { mapping } = this.task;
    const batches: RecordBatch[] = [];
    for await (const batch of formatNamed(mapping.format).read(once(bytes), options ?? mapping.options))
      batches.push(batch);
    return batches;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

/** The records of several batches as if they were one. */
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
