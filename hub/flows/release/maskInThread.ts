/** Pages of many rows, masked and serialised in the page thread. */
import type { KeyObject } from 'node:crypto';
import type { Permission, PlanRef } from '../../../policies/decision.ts';
import { tokenYear } from '../../log/subjects.ts';
import type { LiveDataset, RegistrySnapshot } from '../../registry/snapshot.ts';
import type { ColumnPage } from '../rows/store/rowsByColumn.ts';
import { minInThread, type PageThread } from './threads/pageThread.ts';
import type { MaskedLines, PageTask } from './threads/messages.ts';

/** The task sent to the thread once for each plan, set of fields and year. */
const tasks = new WeakMap<PlanRef, Map<string, Made>>();
interface Made {
  readonly task: PageTask;
  readonly surroundings: unknown;
}
/** Maximum sets of fields of a plan; callers choose them. */
const maxSets = 64;

export interface PageMasking {
  readonly thread: PageThread;
  readonly pseudonym: KeyObject;
  readonly tokens: (year: number) => KeyObject;
}

/**
 * @param csv the fields of a CSV line; absent: each record leaves as a JSON object
 * @returns undefined where the page must be masked in the calling thread
 * @throws Problem mask_type_errors, masked_row_invalid
 */
export async function maskInThread(
  masking: PageMasking,
  current: Pick<RegistrySnapshot, 'surroundings' | 'codeLists'>,
  permission: Permission,
  dataset: LiveDataset,
  page: ColumnPage,
  now: number,
  csv?: readonly string[],
): Promise<MaskedLines | undefined> {
  // code lists changed since: the thread would compile other masks than this process did
  if (page.length < minInThread || current.surroundings !== dataset.compiled.surroundings) return undefined;
  const task = taskOf(masking, permission, dataset, page, current.codeLists, tokenYear(now), csv);
  const { texts, length, held, subjects } = page;
  return masking.thread.mask(task, { texts, length, held, subjects, now });
}

function taskOf(
  { thread, pseudonym, tokens }: PageMasking,
  { plan, fields, limits }: Permission,
  { schema, compiled }: LiveDataset,
  page: ColumnPage,
  { digest, lists }: PageTask['codeLists'],
  year: number,
  csv: readonly string[] | undefined,
): PageTask {
  const columns = page.columns.map(({ field, kind, nullable }) => ({ field, kind, nullable }));
  const key = JSON.stringify([year, columns, fields.map(({ field }) => field), csv]);
  let made = tasks.get(plan);
  if (made === undefined || made.size >= maxSets) tasks.set(plan, (made = new Map<string, Made>()));
  const { surroundings } = compiled;
  const known = made.get(key);
  if (known?.surroundings === surroundings) return known.task;
  const { consumer, principal } = plan;
  const task: PageTask = {
    id: thread.newId(),
    schema,
    fields,
    columns,
    codeLists: { digest, lists },
    pseudonym,
    plan: { consumer, ...(principal === undefined ? {} : { principal }) },
    maskTypeErrors: limits.maskTypeErrors,
    csv,
    tokens: tokens(year),
  };
  made.set(key, { task, surroundings });
  return task;
}
