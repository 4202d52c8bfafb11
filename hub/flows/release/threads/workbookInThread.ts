/** The thread side of a workbook: it writes the workbook given at its start. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Written } from '../../../../adapters/xlsx/writeWorkbook.ts';
import { workbookOfLines, type WorkbookTask } from './workbookOfLines.ts';

if (parentPort === null) throw new TypeError('to be run in a thread');
const written: Written = await workbookOfLines(workerData as WorkbookTask);
parentPort.postMessage(written);
