/**
 * A workbook of many rows is written in a thread of its own: of 50,000 rows it takes a second, in which nobody else would be answered. The
 * thread ends with it.
 */
import { Worker } from 'node:worker_threads';
import type { Written } from '../../../../adapters/xlsx/writeWorkbook.ts';
import { bookOfLines, type BookAnswer, type BookTask } from './workbookOfLines.ts';

/**
 * Megabytes of its heap: several times what a workbook takes at most. Many small things that fill it end the thread; one that does not find
 * room in it can end the whole process, so that what is written is bounded before it comes here.
 */
const usualHeap = 4096;
/** Rows from which on it is worth a thread: fewer take some ten milliseconds. */
const minInThread = 500;
/** ms; a workbook takes seconds, on a machine that others keep busy a minute */
const usualDeadline = 600_000;

/**
 * @param rows how many the lines are
 * @returns undefined where the thread's heap had no room for it @throws Error where the thread failed or came to no end
 */
export function writeBook(
  task: BookTask,
  rows: number,
  { deadline = usualDeadline, heap = usualHeap } = {},
): Promise<Written | undefined> {
  if (rows < minInThread) return bookOfLines(task);
  const worker = new Worker(new URL('./workbookWorker.mjs', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: heap },
  });
  return new Promise<Written | undefined>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a workbook was not written in time')), deadline);
    const settled = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
    };
    worker.on('message', (answer: BookAnswer) => settled(() => resolve(answer)));
    worker.on('error', (error: NodeJS.ErrnoException) =>
      settled(() => (error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? resolve(undefined) : reject(error))),
    );
    worker.on('exit', () => settled(() => reject(new Error('a workbook was not written'))));
  }).finally(() => void worker.terminate());
}
