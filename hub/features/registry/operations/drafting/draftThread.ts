/** Drafts a dataset in a separate thread: the file may be large, damaged or made to take long. The thread ends with its answer. */
import { Worker } from 'node:worker_threads';
import type { components } from '../../../../../api/openapi.ts';
import { Problem } from '../../../../../terms/problem.ts';
import type { DraftAnswer, DraftTask } from './draftTask.ts';

/** Milliseconds, its start included: on a busy machine it gets a fraction of a core. */
const usualDeadlineMs = 30_000;

/** @throws Problem sample_unfit, and those of the reader; Error where the thread failed */
export async function draftInThread(
  task: DraftTask,
  deadlineMs = usualDeadlineMs,
): Promise<components['schemas']['DatasetTried']> {
  const answer = await answerOf(task, deadlineMs);
  if ('tried' in answer) return answer.tried;
  throw new Problem(answer.code, answer.facts, answer.extras);
}

async function answerOf(task: DraftTask, deadlineMs: number): Promise<DraftAnswer> {
  const worker = new Worker(new URL('./draftWorker.mjs', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  try {
    return await new Promise<DraftAnswer>((resolve, reject) => {
      const timer = setTimeout(() => reject(limitExceeded()), deadlineMs);
      const settled = (settle: () => void): void => {
        clearTimeout(timer);
        settle();
      };
      worker.on('message', (answer: DraftAnswer) => settled(() => resolve(answer)));
      worker.on('error', (error: NodeJS.ErrnoException) =>
        settled(() => reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? limitExceeded() : error)),
      );
      worker.on('exit', () => settled(() => reject(new Error('the thread that drafts ended early'))));
    });
  } finally {
    // its turn is released once the worker has ended
    await worker.terminate();
  }
}

const limitExceeded = (): Problem =>
  new Problem('sample_unfit', {
    reason: { zh: '文件太大或太复杂，请截取样例', en: 'it is too large or too complex: give a part of it' },
  });
