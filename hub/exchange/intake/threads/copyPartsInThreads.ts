/** The parts of `copyParts`, made in threads of their own, so that calls are answered meanwhile. */
import { guardedPart, PartGuard, type CopyPart, type CopyTask, type UnguardedPart } from '../copyParts.ts';
import type { CopyThread } from './copyThread.ts';
import { batchesKept, type SentBatch } from './messages.ts';
import { giveBack, takeThread } from './threadPool.ts';

/** Bytes that a thread is given at once: a few batches. */
const pieceBytes = 256 * 1024;

/** Formats whose records are places in a text, and so travel cheaply from the thread that reads to those that map. */
const divisible: ReadonlySet<string> = new Set(['csv']);

/**
 * One thread reads, others map, where the format allows it and more than one may map; else one thread does both.
 * @param mappers threads that may map
 * @throws Problem, what the adapter says of a file it cannot read, or what reading the bytes threw
 */
export async function* copyPartsInThreads(
  task: CopyTask,
  bytes: AsyncIterable<Uint8Array>,
  mappers: number,
): AsyncGenerator<CopyPart> {
  const several = mappers > 1 && divisible.has(task.mapping.format);
  const threads = Array.from({ length: several ? mappers + 1 : 1 }, () => takeThread(task));
  const [reader, ...others] = threads;
  if (reader === undefined) return;
  try {
    yield* several ? divided(reader, others, bytes) : whole(reader, bytes);
  } finally {
    await Promise.all(threads.map(giveBack));
  }
}

async function* whole(thread: CopyThread, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<CopyPart> {
  for await (const { parts } of askedAhead((piece) => thread.translate(piece), bytes)) yield* parts;
}

interface Mapping {
  readonly thread: CopyThread;
  readonly first: number;
  readonly part: Promise<UnguardedPart>;
}

/** Batches go to the mapping threads in turn, and their parts come back in the order of the file. */
async function* divided(
  reader: CopyThread,
  mappers: readonly CopyThread[],
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<CopyPart> {
  const guard = new PartGuard();
  const under: Mapping[] = [];
  const most = mappers.length * (batchesKept - 2);
  let turn = 0;
  const begin = (batch: SentBatch): void => {
    const thread = mappers[turn % mappers.length];
    turn += 1;
    if (thread !== undefined) under.push({ thread, first: batch.first, part: thread.map(batch) });
  };
  const finish = async ({ thread, first, part }: Mapping): Promise<CopyPart> => {
    const made = await part;
    const repetitions = guard.repetitions(made);
    const repeated = repetitions.length === 0 ? [] : await thread.repeated(first, repetitions);
    return guardedPart(made, repetitions, repeated);
  };
  for await (const { batches } of askedAhead((piece) => reader.read(piece), bytes)) {
    for (const batch of batches) {
      begin(batch);
      const [oldest] = under;
      if (under.length <= most || oldest === undefined) continue;
      under.shift();
      yield await finish(oldest);
    }
  }
  for (const one of under) yield await finish(one);
}

/** Answers to one piece after the other; each is asked about while the answer before it is used. */
async function* askedAhead<Told extends { readonly ended: boolean }>(
  ask: (piece: Uint8Array | null) => Promise<Told>,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Told> {
  let asked: Promise<Told> | undefined;
  for await (const piece of pieces(bytes)) {
    const before = asked;
    asked = ask(piece);
    if (before !== undefined) yield await before;
  }
  if (asked !== undefined) yield await asked;
}

/** The bytes piece by piece, then null. */
async function* pieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | null> {
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += pieceBytes)
      // a buffer of its own: the whole of it travels
      yield new Uint8Array(chunk.subarray(at, at + pieceBytes));
  }
  yield null;
}
