import { parentPort, workerData } from 'node:worker_threads';
import { codeLists } from '../schemas/codelists/codeLists.ts';
import { compareSchemas } from '../schemas/subset/compare.ts';
import { bareSurroundings, type Surroundings } from '../schemas/surroundings.ts';
import type { ComparisonTask } from './guardedComparison.ts';

const { old, fresh, references, codeLists: lists } = workerData as ComparisonTask;
const byId = new Map(references.map((other) => [String(other['$id']), other]));
const surroundings: Surroundings = {
  ...bareSurroundings,
  resolve: (urn) => byId.get(urn),
  codeLists: codeLists(lists),
};
parentPort?.postMessage('started');
parentPort?.postMessage(await compareSchemas(old, fresh, 'BACKWARD', { surroundings }));
