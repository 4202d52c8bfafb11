import type { Plans } from '../../policies/plans.ts';
import { attachmentFields } from '../../schemas/attachments.ts';
import { layoutOf, type Column } from '../domain/rowTable/layout.ts';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { intakeRulesOf, type DatasetRow } from '../registry/store/datasets.ts';

export interface QueryableColumns {
  /** by one full value: callers wait for a single row */
  readonly lookups: readonly Column[];
  /** those, and what pages are filtered by */
  readonly all: readonly Column[];
}

/** Columns of a dataset that agreements in force let callers ask by, where the key's own index does not serve. */
export function queryableColumns(
  plans: Plans,
  { row, schema }: { readonly row: Pick<DatasetRow, 'id' | 'intake'>; readonly schema: DatasetSchema },
): QueryableColumns {
  const layout = layoutOf(schema);
  const ofDataset = plans.all.filter(({ ref }) => ref.dataset === row.id);
  const columns = (names: Iterable<string>): readonly Column[] =>
    [...new Set(names)].flatMap((name) => {
      const column = layout.byField.get(name);
      if (column === undefined || column === layout.key[0]) return [];
      return column.kind !== 'json' || column.isPlace ? [column] : [];
    });
  const lookups = ofDataset.flatMap((plan) => [
    ...plan.lookups,
    ...[...plan.facts.values()].map(({ subject }) => subject.name),
  ]);
  const asked = columns([...lookups, ...ofDataset.flatMap(({ filterable }) => [...filterable])]);
  // a download searches for a row that names the attachment, and so does the job that removes unused ones
  const named = attachmentFields(schema).flatMap(({ field }) => layout.byField.get(field) ?? []);
  // a person's own page searches for the cases about them
  const isShownToSubjects = intakeRulesOf(row).cases?.subjectFields !== undefined;
  const subjects = columns(isShownToSubjects && schema.subject !== undefined ? [schema.subject.field] : []);
  return { lookups: columns(lookups), all: [...new Set([...asked, ...named, ...subjects])] };
}
