import type { Column, Layout } from './layout.ts';

/** Why stored rows cannot be read under another schema version as they lie: the field, and what is in the way. */
export interface Unfit {
  readonly field: string;
  readonly code: 'column_retyped' | 'column_required' | 'key_changed' | 'subject_changed';
}

/**
 * Whether rows that lie as one version has them can be read under another one.
 * @param required fields without which a record is not valid under the other one
 * @returns columns to be added, empty in every row; or what is in the way
 */
export function widening(
  from: Layout,
  to: Layout,
  required: ReadonlySet<string>,
): { readonly added: readonly Column[]; readonly unfit: readonly Unfit[] } {
  const added = to.columns.filter(({ field }) => !from.byField.has(field));
  const retyped = to.columns.filter((column) => {
    const before = from.byField.get(column.field);
    return before !== undefined && (before.kind !== column.kind || before.decimal !== column.decimal);
  });
  const names = ({ key }: Layout): string => key.map(({ field }) => field).join(' ');
  const unfit: Unfit[] = [
    ...retyped.map(({ field }) => ({ field, code: 'column_retyped' as const })),
    ...added
      .filter(({ field }) => required.has(field))
      .map(({ field }) => ({ field, code: 'column_required' as const })),
    ...(names(from) === names(to) ? [] : [{ field: names(to), code: 'key_changed' as const }]),
    ...(from.subject?.field === to.subject?.field
      ? []
      : [{ field: to.subject?.field ?? '', code: 'subject_changed' as const }]),
  ];
  return { added, unfit };
}
