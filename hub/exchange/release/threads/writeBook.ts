/**
 * A workbook of many rows is written in a thread of its own: of 50,000 rows it takes a second, in which nobody else would be answered. The
 * thread ends with it.
 */
import { Worker } from 'node:worker_threads';
import type { Written } from '../../../../adapters/xlsx/writeWorkbook.ts';
import { bookOfLines, type BookAnswer, type BookTask } from './workbookOfLines.ts';

/** Rows that fill its heap end the thread, not the hub; megabytes. */
const resourceLimits = { maxOldGenerationSizeMb: 1024 };
/** Rows from which on it is worth a thread: fewer take some ten milliseconds. */
const leastInThread = 500;
/** ms; a workbook takes seconds */
const usualDeadline = 120_000;

/** @param rows how many the lines are @throws Error where the thread failed or came to no end */
export function writeBook(task: BookTask, rows: number, deadline = usualDeadline): Promise<Written> {
  if (rows < leastInThread) return bookOfLines(task);
  const worker = new Worker(new URL('./workbookWorker.mjs', import.meta.url), {
    workerData: task,
    resourceLimits,
  });
  return new Promise<Written>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a workbook was not written in time')), deadline);
    const settled = (settle: () => void): void => {
      clearTimeout(timer);
      settle();
    };
    worker.on('message', (answer: BookAnswer) => settled(() => resolve(answer)));
    worker.on('error', (error) => settled(() => reject(error)));
    worker.on('exit', () => settled(() => reject(new Error('a workbook was not written'))));
  }).finally(() => void worker.terminate());
}
