/**
 * A translating thread's side: it answers one question after the other. Bytes are copied to the other side, never transferred: one detached
 * buffer makes every access to typed arrays slower from then on, in the whole thread.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { formatNamed } from '../../../../adapters/formats.ts';
import type { RawRecord, RecordBatch, Records, TableBatch } from '../../../../adapters/reader.ts';
import { CutRows } from '../../../../adapters/text/cutRows.ts';
import { registerCodeList } from '../../../../schemas/codelists/registry.ts';
import { Problem } from '../../../../terms/problem.ts';
import { copyParts, PartMaker, type CopyTask } from '../copyParts.ts';
import {
  batchesKept,
  type Answer,
  type Batches,
  type Parts,
  type Question,
  type SentBatch,
} from './messages.ts';
import { stepwise } from './stepwise.ts';

const task = workerData as CopyTask;
const port = parentPort;
if (port === null) throw new TypeError('to be run in a thread');

type Told = Extract<Answer, { readonly answer: unknown }>['answer'];

const translate = stepwise((chunks) => copyParts(task, chunks));
const read = stepwise((chunks) => sentBatches(chunks));
let maker: PartMaker | undefined;
const kept: {
  readonly first: number;
  readonly records: Records<RawRecord>;
  readonly rows: Uint32Array<ArrayBuffer>;
}[] = [];

async function* sentBatches(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<SentBatch> {
  const { mapping } = task;
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

async function replyTo(question: Question): Promise<Told> {
  if ('translate' in question) {
    const { items, ended } = await translate(question.translate);
    return { parts: items, ended } satisfies Parts;
  }
  if ('read' in question) {
    const { items, ended } = await read(question.read);
    return { batches: items, ended } satisfies Batches;
  }
  if ('map' in question) {
    const batch = receivedBatch(question.map);
    maker ??= new PartMaker(task, batch);
    const { first } = question.map;
    const part = maker.part(batch, first);
    kept.push({ first, records: batch.records, rows: part.rows });
    if (kept.length > batchesKept) kept.shift();
    return part;
  }
  const { first, repetitions } = question.repeated;
  const batch = kept.find((one) => one.first === first);
  if (batch === undefined || maker === undefined) throw new RangeError('a batch that is not kept');
  return maker.repeated(batch, batch.records, first, repetitions);
}

async function answerTo(question: Question): Promise<void> {
  try {
    port?.postMessage({ answer: await replyTo(question) } satisfies Answer);
  } catch (error) {
    const told: Answer =
      error instanceof Problem
        ? { refused: { code: error.code, facts: error.facts, extras: error.extras } }
        : { failed: error instanceof Error ? error.name : 'error' };
    port?.postMessage(told);
  }
}

for (const list of task.codeLists) registerCodeList(list);
let last: Promise<void> = Promise.resolve();
port.on('message', (question: Question) => {
  last = last.then(() => answerTo(question));
});
