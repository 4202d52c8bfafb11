import { parentPort, workerData } from 'node:worker_threads';
import { draftedDataset, type DraftTask } from './draftTask.ts';

parentPort?.postMessage(await draftedDataset(workerData as DraftTask));
