/** The thread side of a workbook: it writes the workbook given at its start. */
import { parentPort, workerData } from 'node:worker_threads';
import { bookOfLines, type BookAnswer, type BookTask } from './workbookOfLines.ts';

if (parentPort === null) throw new TypeError('to be run in a thread');
const written = await bookOfLines(workerData as BookTask);
parentPort.postMessage(written satisfies BookAnswer);
