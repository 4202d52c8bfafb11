/** The hub's side of the translating thread: it gives chunks and takes parts, so that neither side runs far ahead of the other. */
import { Worker } from 'node:worker_threads';
import { Problem, type ProblemFacts } from '../../../terms/problem.ts';
import type { ProblemCode } from '../../../terms/problemCatalogue.ts';
import type { FromThread, ToThread } from './copyInThread.ts';
import type { CopyPart, CopyTask } from './copyParts.ts';

/** A file that fills a thread's heap ends the thread, not the hub; megabytes. */
const resourceLimits = { maxOldGenerationSizeMb: 512 };

/**
 * The parts of `copyParts`, made in a thread of its own.
 * @throws Problem, what the adapter says of a file it cannot read, or what reading the bytes threw
 */
export async function* copyPartsInThread(
  task: CopyTask,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<CopyPart> {
  const worker = new Worker(new URL('./copyWorker.mjs', import.meta.url), {
    workerData: task,
    resourceLimits,
  });
  const messages = messagesOf(worker);
  const tell = (message: ToThread, transfer: readonly ArrayBuffer[] = []): void =>
    worker.postMessage(message, transfer);
  const chunks = bytes[Symbol.asyncIterator]();
  try {
    for (;;) {
      const message = await messages.next();
      if ('done' in message) return;
      if ('refused' in message) throw problemOf(message.refused);
      if ('failed' in message) throw new Error(`the translating thread failed: ${message.failed}`);
      if ('part' in message) {
        yield message.part;
        tell({ taken: true });
      } else {
        const next = await chunks.next();
        const chunk = next.done === true ? null : new Uint8Array(next.value);
        tell({ chunk }, chunk === null ? [] : [chunk.buffer]);
      }
    }
  } finally {
    await worker.terminate();
  }
}

const problemOf = ({ code, facts, extras }: { code: string; facts: object; extras: object }): Problem =>
  new Problem(code as ProblemCode, facts as ProblemFacts, extras);

/** Messages of a thread in their order; its death is an error for whoever waits. */
function messagesOf(worker: Worker): { next(): Promise<FromThread> } {
  const came: FromThread[] = [];
  let takes: ((message: FromThread) => void) | undefined;
  let died: ((error: Error) => void) | undefined;
  let death: Error | undefined;
  const die = (error: Error): void => {
    death ??= error;
    died?.(death);
  };
  worker.on('message', (message: FromThread) => {
    if (takes === undefined) came.push(message);
    else takes(message);
  });
  worker.on('error', die);
  worker.on('exit', () => die(new Error('the translating thread ended')));
  return {
    next() {
      const message = came.shift();
      if (message !== undefined) return Promise.resolve(message);
      if (death !== undefined) return Promise.reject(death);
      return new Promise((resolve, reject) => {
        takes = (taken) => {
          takes = undefined;
          died = undefined;
          resolve(taken);
        };
        died = reject;
      });
    },
  };
}
