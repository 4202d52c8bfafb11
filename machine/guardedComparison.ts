/**
 * Comparison of schema versions for documents of strangers: a proof may take seconds, so it runs in a worker thread with a limit. What
 * does not end, or crashes, is refused as what cannot be proved.
 */
import { Worker } from 'node:worker_threads';
import type { CodeList } from '../schemas/codelists/codeList.ts';
import type { JsonSchema } from '../schemas/datasetSchema.ts';
import type { Comparison } from '../schemas/subset/compare.ts';
import { policyChanges } from '../schemas/subset/policyChanges.ts';
import { reasonFor } from '../schemas/subset/reasons.ts';
import { bareSurroundings, type Surroundings } from '../schemas/surroundings.ts';
import { namedLists, reachable } from './namedParts.ts';

/** What the worker is given; it answers with a Comparison. */
export interface ComparisonTask {
  readonly old: JsonSchema;
  readonly fresh: JsonSchema;
  readonly references: readonly JsonSchema[];
  readonly codeLists: readonly CodeList[];
}

/**
 * Whether every record that is valid under `old` is valid under `fresh` (BACKWARD). Both have passed lint.
 * @param limit milliseconds for the comparison, once the worker has started
 */
export async function guardedComparison(
  old: JsonSchema,
  fresh: JsonSchema,
  surroundings: Surroundings = bareSurroundings,
  limit = 10_000,
): Promise<Comparison> {
  const { resolve, codeLists } = surroundings;
  const both = [old, fresh];
  const references = new Map(
    both.flatMap((one) => reachable(one, resolve)).map((other) => [String(other['$id']), other]),
  );
  const lists = [...both, ...references.values()].flatMap((one) => namedLists(one, codeLists));
  const worker = new Worker(new URL('./compareWorker.mjs', import.meta.url), {
    workerData: {
      old,
      fresh,
      references: [...references.values()],
      codeLists: [...new Map(lists.map((list) => [`${list.id} ${list.version}`, list])).values()],
    } satisfies ComparisonTask,
    resourceLimits: { maxOldGenerationSizeMb: 512, stackSizeMb: 4 },
  });
  return new Promise((settle) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (comparison: Comparison): void => {
      clearTimeout(timer);
      void worker.terminate();
      settle(comparison);
    };
    const giveUp = (): void => end(notProven(old, fresh, resolve));
    worker.on('message', (message: 'started' | Comparison) => {
      if (message === 'started') timer = setTimeout(giveUp, limit);
      else end(message);
    });
    worker.on('error', giveUp);
  });
}

function notProven(old: JsonSchema, fresh: JsonSchema, resolve: Surroundings['resolve']): Comparison {
  const change = { path: '', backward: false, forward: false, reason: reasonFor('too_complex', {}) };
  return {
    compatible: false,
    mode: 'BACKWARD',
    changes: [{ ...change, code: 'too_complex' }],
    policy: policyChanges(old, fresh, resolve),
  };
}
