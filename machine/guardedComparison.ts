/**
 * Compares schema versions of untrusted documents. A proof may take seconds, so it runs in a worker thread with a limit. A comparison
 * that does not end, or crashes, is reported as not provable.
 */
import { Worker } from 'node:worker_threads';
import type { CodeList } from '../schemas/codelists/codeList.ts';
import type { JsonSchema } from '../schemas/datasetSchema.ts';
import type { Comparison, Mode } from '../schemas/subset/comparison.ts';
import { policyInSteps, tooComplex } from '../schemas/subset/tooComplex.ts';
import { bareSurroundings, type Surroundings } from '../schemas/surroundings.ts';
import { inTurns } from './yieldIfSlow.ts';
import { namedLists, reachable } from './namedParts.ts';
import type { Turn } from './turns.ts';

/** An older version, and the version that is compared with it. */
export interface VersionPair {
  readonly old: JsonSchema;
  readonly fresh: JsonSchema;
}

/** The input of the worker; it returns a Comparison of each pair, in their order. */
export interface ComparisonTask {
  readonly pairs: readonly VersionPair[];
  readonly mode: Mode;
  readonly references: readonly JsonSchema[];
  readonly codeLists: readonly CodeList[];
}

/** milliseconds for all comparisons of one worker, once it has started */
const limit = 10_000;

/**
 * Compares versions, all in one thread. Every document has passed lint.
 * @param turn limits the number of concurrent threads
 * @returns a comparison of each pair; those that did not end in time are not proven
 */
export async function guardedComparisons(
  turn: Turn,
  pairs: readonly VersionPair[],
  mode: Mode,
  surroundings: Surroundings = bareSurroundings,
): Promise<readonly Comparison[]> {
  return pairs.length === 0 ? [] : turn(() => compareInThread(pairs, mode, surroundings));
}

async function compareInThread(
  pairs: readonly VersionPair[],
  mode: Mode,
  surroundings: Surroundings,
): Promise<readonly Comparison[]> {
  const { resolve, codeLists } = surroundings;
  const documents = [...new Set(pairs.flatMap(({ old, fresh }) => [old, fresh]))];
  const references = new Map(
    documents.flatMap((one) => reachable(one, resolve)).map((other) => [String(other['$id']), other]),
  );
  const lists = [...documents, ...references.values()].flatMap((one) => namedLists(one, codeLists));
  const worker = new Worker(new URL('./compareWorker.mjs', import.meta.url), {
    workerData: {
      pairs,
      mode,
      references: [...references.values()],
      codeLists: [...new Map(lists.map((list) => [`${list.id} ${list.version}`, list])).values()],
    } satisfies ComparisonTask,
    resourceLimits: { maxOldGenerationSizeMb: 512, stackSizeMb: 4 },
  });
  const done: Comparison[] = [];
  const rest = async (): Promise<readonly Comparison[]> => {
    const all = [...done];
    for (const pair of pairs.slice(all.length)) all.push(await notProven(pair, mode, resolve));
    return all;
  };
  return new Promise((settle, refuse) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (): void => {
      clearTimeout(timer);
      // its turn is released once the worker has ended
      void worker.terminate().then(rest).then(settle, refuse);
    };
    worker.on('message', (message: 'started' | Comparison) => {
      if (message === 'started') timer = setTimeout(end, limit);
      else if (done.push(message) === pairs.length) end();
    });
    worker.on('error', end);
  });
}

/** Still computes what it changes for the security officer, and yields to other work. */
const notProven = async (
  { old, fresh }: VersionPair,
  mode: Mode,
  resolve: Surroundings['resolve'],
): Promise<Comparison> => tooComplex(mode, await inTurns(policyInSteps(old, fresh, resolve)));
