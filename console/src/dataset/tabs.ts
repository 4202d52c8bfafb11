/** The tabs of a dataset's page. Pure. */
import type { Schemas } from '../api/call.ts';
import { holdsRows } from '../parts/holdsRows.ts';
import { batchReaders, hasRoleAt, hasRoleFor } from '../session.ts';

const tabs = ['overview', 'fields', 'sample', 'quality', 'uses', 'submissions', 'settings'] as const;
export type Tab = (typeof tabs)[number];

type Held = Pick<Schemas['Session'], 'roles'>;
type Dataset = Pick<Schemas['DatasetView'], 'department' | 'mode'>;

/** Whether the person reads quality and submissions of a dataset. */
export const readsBatches = (held: Held, dataset: Dataset): boolean =>
  holdsRows(dataset) && hasRoleFor(held, batchReaders, dataset.department);

/** Whether the person amends a dataset as long as it is not retired. */
export const amends = (held: Held, { department }: Dataset): boolean =>
  hasRoleAt(held, ['steward'], department);

/** The tabs that the person may use, in their order. */
export function tabsOf(held: Held, dataset: Dataset): readonly Tab[] {
  const may: Partial<Record<Tab, boolean>> = {
    quality: readsBatches(held, dataset),
    submissions: readsBatches(held, dataset),
    settings: hasRoleFor(held, ['steward', 'security'], dataset.department),
  };
  return tabs.filter((tab) => may[tab] ?? true);
}

/** The tab that an address names: the first one where it names none. @returns undefined for one that the person may not use, and for an unknown one */
export function tabNamed(name: string | undefined, may: readonly Tab[]): Tab | undefined {
  return name === undefined ? may[0] : may.find((tab) => tab === name);
}
