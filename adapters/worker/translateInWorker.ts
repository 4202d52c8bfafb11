/** Translation on another core: the caller's event loop only moves bytes there and batches back. */
import { Worker } from 'node:worker_threads';
import { Problem } from '../../terms/problem.ts';
import { isProblemCode } from '../../terms/problemCatalogue.ts';
import type { Bytes } from '../reader.ts';
import type { TranslatedBatch } from '../translate.ts';
import type { FromWorker, ToWorker, WorkerTask } from './messages.ts';

/**
 * Like `translate`, in a worker thread of its own. Costs about a tenth of a second to start, so for files of megabytes.
 * @throws Problem as `translate` does
 */
export async function* translateInWorker(chunks: Bytes, task: WorkerTask): AsyncGenerator<TranslatedBatch> {
  const worker = new Worker(new URL('./entry.mjs', import.meta.url), { workerData: task });
  const inbox = new Inbox(worker);
  const send = (message: ToWorker): void => worker.postMessage(message);
  const source = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const message = await inbox.next();
      if (message.kind === 'done') return;
      if (message.kind === 'failed') throw failure(message);
      if (message.kind === 'batch') {
        yield message.batch;
        send({ kind: 'next' });
      } else {
        const chunk = await source.next();
        send(chunk.done === true ? { kind: 'end' } : { kind: 'bytes', bytes: chunk.value });
      }
    }
  } finally {
    await source.return?.();
    await worker.terminate();
  }
}

/** Messages in order; a worker that dies is a message too. */
class Inbox {
  private readonly messages: FromWorker[] = [];
  private wake: (() => void) | undefined;

  constructor(worker: Worker) {
    const put = (message: FromWorker): void => {
      this.messages.push(message);
      this.wake?.();
    };
    worker.on('message', put);
    worker.on('error', (error: Error) => put({ kind: 'failed', message: error.message }));
    worker.on('exit', () => put({ kind: 'failed', message: 'the worker ended early' }));
  }

  async next(): Promise<FromWorker> {
    for (;;) {
      const message = this.messages.shift();
      if (message !== undefined) return message;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

function failure({
  code,
  facts,
  findings,
  message,
}: Extract<FromWorker, { readonly kind: 'failed' }>): Error {
  if (code === undefined || !isProblemCode(code)) return new Error(message);
  return new Problem(code, facts, findings === undefined ? {} : { findings });
}
