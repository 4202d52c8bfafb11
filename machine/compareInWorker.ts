import { parentPort, workerData } from 'node:worker_threads';
import { codeLists } from '../schemas/codelists/codeLists.ts';
import { compareSchemas } from '../schemas/subset/compare.ts';
import { bareSurroundings, type Surroundings } from '../schemas/surroundings.ts';
import type { ComparisonTask } from './guardedComparison.ts';

const { pairs, mode, references, codeLists: lists } = workerData as ComparisonTask;
const byId = new Map(references.map((other) => [String(other['$id']), other]));
const surroundings: Surroundings = {
  ...bareSurroundings,
  resolve: (urn) => byId.get(urn),
  codeLists: codeLists(lists),
};
parentPort?.postMessage('started');
for (const { old, fresh } of pairs)
  parentPort?.postMessage(await compareSchemas(old, fresh, mode, { surroundings }));
