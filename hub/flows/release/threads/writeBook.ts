/**
 * Writes a workbook of many rows in a separate thread: 50,000 rows take a second, which would block all other calls. The thread ends with
 * the workbook.
 */
import { Worker } from 'node:worker_threads';
import type { Written } from '../../../../adapters/xlsx/writeWorkbook.ts';
import { workbookOfLines, type WorkbookTask } from './workbookOfLines.ts';

/**
 * Megabytes of its heap: several times the maximum need of a workbook. Many small objects that fill the heap end only the thread. A single
 * object too large for it can end the whole process, so the size is limited before this call.
 */
const usualHeap = 4096;
/** From this number of rows on a thread is used: fewer take some ten milliseconds. */
const minInThread = 500;
/** ms; a workbook takes seconds, or a minute on a busy machine */
const usualDeadline = 600_000;

/**
 * @param rows number of lines
 * @returns undefined where the thread's heap was too small @throws Error where the thread failed or did not finish
 */
export function writeBook(
  task: WorkbookTask,
  rows: number,
  { deadline = usualDeadline, heap = usualHeap } = {},
): Promise<Written | undefined> {
  if (rows < minInThread) return workbookOfLines(task);
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
    worker.on('message', (answer: Written) => settled(() => resolve(answer)));
    worker.on('error', (error: NodeJS.ErrnoException) =>
      settled(() => (error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? resolve(undefined) : reject(error))),
    );
    worker.on('exit', () => settled(() => reject(new Error('a workbook was not written'))));
  }).finally(() => void worker.terminate());
}
