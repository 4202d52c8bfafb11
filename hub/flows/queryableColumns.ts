import type { Plans } from '../../policies/plans.ts';
import type { Column, Layout } from '../domain/rowTable/layout.ts';

export interface QueryableColumns {
  /** by one full value: callers wait for a single row */
  readonly lookups: readonly Column[];
  /** those, and what pages are filtered by */
  readonly all: readonly Column[];
}

/** Columns of a dataset that agreements in force let callers ask by, where the key's own index does not serve. */
export function queryableColumns(plans: Plans, dataset: string, layout: Layout): QueryableColumns {
  const ofDataset = plans.all.filter(({ ref }) => ref.dataset === dataset);
  const columns = (names: Iterable<string>): readonly Column[] =>
    [...new Set(names)].flatMap((name) => {
      const column = layout.byField.get(name);
      return column === undefined || column.kind === 'json' || column === layout.key[0] ? [] : [column];
    });
  const lookups = ofDataset.flatMap((plan) => [
    ...plan.lookups,
    ...[...plan.facts.values()].map(({ subject }) => subject.name),
  ]);
  return {
    lookups: columns(lookups),
    all: columns([...lookups, ...ofDataset.flatMap(({ filterable }) => [...filterable])]),
  };
}
