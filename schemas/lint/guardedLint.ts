/**
 * Lint for documents of strangers: everything that could take long runs in a worker thread with a limit, and what passes lint is
 * compiled there once. A hang or a crash becomes a finding.
 */
import { Worker } from 'node:worker_threads';
import type { JsonSchema } from '../datasetSchema.ts';
import type { Finding } from '../finding.ts';
import { walkSchema } from './walk.ts';
import { isSchemaObject } from '../jsonSchema.ts';
import type { Resolve } from '../references.ts';
import { newReport } from './report.ts';
import { codeList, codeListIdOf } from '../codelists/registry.ts';
import type { CodeList } from '../codelists/codeList.ts';

/** What the worker is given, and what it gives back. */
export interface LintTask {
  readonly document: unknown;
  readonly references: readonly JsonSchema[];
  /** registered lists that the document names, without entries: the worker only asks whether they exist */
  readonly codeLists: readonly CodeList[];
}

/**
 * @param resolve documents of other versions by URN
 * @param limit milliseconds for the whole check, once the worker has started
 */
export async function guardedLint(
  document: unknown,
  resolve: Resolve = () => undefined,
  limit = 2000,
): Promise<Finding[]> {
  const { findings, report } = newReport();
  const worker = new Worker(new URL('./lintWorker.mjs', import.meta.url), {
    workerData: {
      document,
      references: reachable(document, resolve),
      codeLists: namedLists(document),
    } satisfies LintTask,
    resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 4 },
  });
  return new Promise((settle) => {
    let timer: NodeJS.Timeout | undefined;
    const end = (result: readonly Finding[]): void => {
      clearTimeout(timer);
      void worker.terminate();
      settle([...result]);
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

/** Documents that a document refers to by URN, and those that they refer to. */
function reachable(document: unknown, resolve: Resolve): JsonSchema[] {
  const found = new Map<string, JsonSchema>();
  const open: unknown[] = [document];
  for (let next = open.pop(); next !== undefined && found.size < 100; next = open.pop()) {
    if (!isSchemaObject(next)) continue;
    for (const { schema } of walkSchema(next)) {
      const urn = typeof schema['$ref'] === 'string' ? (schema['$ref'].split('#', 1)[0] ?? '') : '';
      const other = urn.startsWith('urn:') && !found.has(urn) ? resolve(urn) : undefined;
      if (other === undefined) continue;
      found.set(urn, other);
      open.push(other);
    }
  }
  return [...found.values()];
}

function namedLists(document: unknown): CodeList[] {
  if (!isSchemaObject(document)) return [];
  const lists = new Map<string, CodeList>();
  for (const { schema } of walkSchema(document)) {
    const reference = schema['x-code'];
    if (!isSchemaObject(reference) || typeof reference['list'] !== 'string') continue;
    const { version } = reference;
    const list = codeList(codeListIdOf(reference['list']), typeof version === 'string' ? version : undefined);
    if (list !== undefined) lists.set(`${list.id} ${list.version}`, { ...list, entries: [] });
  }
  return [...lists.values()];
}
