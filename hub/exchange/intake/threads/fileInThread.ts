import { formatNamed } from '../../../../adapters/formats.ts';
import type { BadRecord, RawRecord, RecordBatch, Records, TableBatch } from '../../../../adapters/reader.ts';
import { CutRows } from '../../../../adapters/text/cutRows.ts';
import { copyParts, PartMaker, type CopyTask, type Repetition, type UnguardedPart } from '../copyParts.ts';
import { batchesKept, type Batches, type Parts, type Question, type SentBatch } from './messages.ts';
import { stepwise } from './stepwise.ts';

/** A batch whose records may still be asked for. */
interface KeptBatch {
  readonly first: number;
  readonly records: Records<RawRecord>;
  readonly rows: Uint32Array<ArrayBuffer>;
}

/** What a translating thread knows of the file it works on. */
export class FileInThread {
  private readonly task: CopyTask;
  private readonly translate: ReturnType<typeof stepwise<Parts['parts'][number]>>;
  private readonly read: ReturnType<typeof stepwise<SentBatch>>;
  private maker: PartMaker | undefined;
  private readonly kept: KeptBatch[] = [];

  constructor(task: CopyTask) {
    this.task = task;
    this.translate = stepwise((chunks) => copyParts(task, chunks));
    this.read = stepwise((chunks) => sentBatches(task, chunks));
  }

  /** @throws Problem, what the adapter says of a file it cannot read */
  async answer(
    question: Exclude<Question, { readonly begin: unknown }>,
  ): Promise<Parts | Batches | UnguardedPart | readonly BadRecord[]> {
    if ('translate' in question) {
      const { items, ended } = await this.translate(question.translate);
      return { parts: items, ended };
    }
    if ('read' in question) {
      const { items, ended } = await this.read(question.read);
      return { batches: items, ended };
    }
    if ('map' in question) return this.part(question.map);
    return this.repeated(question.repeated.first, question.repeated.repetitions);
  }

  private part(sent: SentBatch): UnguardedPart {
    const batch = receivedBatch(sent);
    this.maker ??= new PartMaker(this.task, batch);
    const part = this.maker.part(batch, sent.first);
    this.kept.push({ first: sent.first, records: batch.records, rows: part.rows });
    if (this.kept.length > batchesKept) this.kept.shift();
    return part;
  }

  private repeated(first: number, repetitions: readonly Repetition[]): readonly BadRecord[] {
    const batch = this.kept.find((one) => one.first === first);
    if (batch === undefined || this.maker === undefined) throw new RangeError('a batch that is not kept');
    return this.maker.repeated(batch, batch.records, first, repetitions);
  }
}

async function* sentBatches(
  { mapping }: CopyTask,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<SentBatch> {
  let first = 0;
  for await (const batch of formatNamed(mapping.format).read(chunks, mapping.options)) {
    const { records, lines, bad, skipped } = batch;
    const columns = batch.kind === 'table' ? batch.columns : [];
    yield { first, columns, records: sentRecords(batch), lines, bad, skipped };
    first += records.length;
  }
}

function sentRecords({ records }: RecordBatch): SentBatch['records'] {
  if (!(records instanceof CutRows)) return [...records];
  const { text, quote, places, width } = records;
  return { text, quote, places, width };
}

function receivedBatch({ columns, records, lines, bad, skipped }: SentBatch): TableBatch {
  const cut =
    'text' in records ? new CutRows(records.text, records.quote, records.places, records.width) : records;
  return { kind: 'table', columns, records: cut as TableBatch['records'], lines, bad, warnings: [], skipped };
}
