/** The parts of `copyParts`, made in separate threads, so that calls are answered meanwhile. */
import type { Division } from '../../../../../adapters/reading/division.ts';
import { formatNamed } from '../../../../../adapters/formats.ts';
import type { CopyPart } from '../copyParts.ts';
import type { CopyTask } from '../copyTask.ts';
import type { CopyThread } from './copyThread.ts';
import { dividedParts } from './dividedParts.ts';
import type { ThreadPool } from './threadPool.ts';

/** Bytes sent to a thread at once: a few batches. */
const pieceBytes = 256 * 1024;

/**
 * A file is divided among the threads of the pool where its format allows it and there are several; else one thread reads all of it.
 * @throws Problem, the adapter's problem with a file it cannot read, or the error of reading the bytes
 */
export async function* copyPartsInThreads(
  task: CopyTask,
  bytes: AsyncIterable<Uint8Array>,
  maxThreads: number,
  pool: ThreadPool,
): AsyncGenerator<CopyPart> {
  const { chunks, division } = await begun(task, bytes, maxThreads);
  const threads = Array.from({ length: division === undefined ? 1 : maxThreads }, () => pool.take(task));
  const [thread] = threads;
  if (thread === undefined) return;
  try {
    yield* division === undefined ? whole(thread, chunks) : dividedParts(threads, chunks, division, task);
  } finally {
    await Promise.all(threads.map((one) => pool.giveBack(one)));
  }
}

interface Begun {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly division: Division | undefined;
}

/** Examines the first bytes, and passes them on with the others. */
async function begun(task: CopyTask, bytes: AsyncIterable<Uint8Array>, maxThreads: number): Promise<Begun> {
  const { mapping } = task;
  const divide = maxThreads > 1 ? formatNamed(mapping.format).divide : undefined;
  if (divide === undefined) return { chunks: bytes, division: undefined };
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  let again = true;
  const chunks: AsyncIterator<Uint8Array> = {
    next: () => {
      if (!again) return iterator.next();
      again = false;
      return Promise.resolve(first);
    },
    // a consumer that stops, after the first bytes or later, releases their source
    return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
  };
  const start = first.done === true ? undefined : first.value.subarray(0, first.value.lastIndexOf(10) + 1);
  const division = start === undefined || start.length === 0 ? undefined : divide(mapping.options, start);
  return { chunks: { [Symbol.asyncIterator]: () => chunks }, division };
}

/** The next piece is sent while the answer to the previous one is used. */
async function* whole(thread: CopyThread, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<CopyPart> {
  let requested: ReturnType<CopyThread['translate']> | undefined;
  for await (const piece of pieces(bytes)) {
    const before = requested;
    requested = thread.translate(piece);
    if (before !== undefined) yield* (await before).parts;
  }
  if (requested !== undefined) yield* (await requested).parts;
}

/** The bytes piece by piece, then null. Small ones are combined: each piece costs both threads a message. */
async function* pieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | null> {
  // a separate buffer for each piece: the whole buffer is sent
  let piece = new Uint8Array(pieceBytes);
  let filled = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length;) {
      const some = chunk.subarray(at, at + pieceBytes - filled);
      piece.set(some, filled);
      filled += some.length;
      at += some.length;
      if (filled < pieceBytes) continue;
      yield piece;
      piece = new Uint8Array(pieceBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.slice(0, filled);
  yield null;
}
