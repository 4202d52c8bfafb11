/**
 * Lints untrusted documents. Everything that could take long runs in a worker thread with a limit, and a document that passes lint is
 * compiled there once. A hang or a crash becomes a finding.
 */
import { Worker } from 'node:worker_threads';
import type { JsonSchema } from '../schemas/datasetSchema.ts';
import type { Finding } from '../schemas/messages.ts';
import { newReport } from '../schemas/lint/report.ts';
import type { CodeList } from '../schemas/codelists/codeList.ts';
import { bareSurroundings, type Surroundings } from '../schemas/surroundings.ts';
import { namedLists, reachable } from './namedParts.ts';
import type { Turn } from './turns.ts';

/** The input of the worker, and its result. */
export interface LintTask {
  readonly document: unknown;
  readonly references: readonly JsonSchema[];
  /** lists that the document names, without their entries: the worker checks only whether they exist, and whether codes have terms */
  readonly codeLists: readonly CodeList[];
}

/** Represents all entries of a list whose codes have terms. */
const termed = { code: '–', zh: '–', from: '0001-01-01' };

/**
 * @param turn limits the number of concurrent threads
 * @param surroundings documents and code lists that it may name
 * @param limit milliseconds of wall-clock time for the whole check, once the worker has started: on a busy machine it gets a fraction of
 * a core, and the limit must allow for that
 */
export function guardedLint(
  turn: Turn,
  document: unknown,
  surroundings: Surroundings = bareSurroundings,
  limit = 10_000,
): Promise<Finding[]> {
  return turn(() => lintInThread(document, surroundings, limit));
}

async function lintInThread(
  document: unknown,
  surroundings: Surroundings,
  limit: number,
): Promise<Finding[]> {
  const { findings, report } = newReport();
  const worker = new Worker(new URL('./lintWorker.mjs', import.meta.url), {
    workerData: {
      document,
      references: reachable(document, surroundings.resolve),
      codeLists: namedLists(document, surroundings.codeLists).map((list) => ({
        ...list,
        entries: surroundings.codeLists.hasTerms(list.id, list.version) ? [termed] : [],
      })),
    } satisfies LintTask,
    resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 4 },
  });
  return new Promise((settle) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (result: readonly Finding[]): void => {
      clearTimeout(timer);
      // its turn is released once the worker has ended
      void worker.terminate().then(() => settle([...result]));
    };
    worker.on('message', (message: 'started' | Finding[]) => {
      if (message !== 'started') {
        end(message);
        return;
      }
      timer = setTimeout(() => {
        report('compile_timeout', '', { limit });
        end(findings);
      }, limit);
    });
    worker.on('error', (error) => {
      report('compile_failed', '', { reason: error.name });
      end(findings);
    });
  });
}
