import { readMaskRule } from '../masks/readMaskRule.ts';
import type { Grant, MaskRule } from './agreement.ts';

/** Paths of all fields that any part of a grant names: rows, conditions of facts and rows, statistics, masks and consent. */
export const fieldsNamedIn = ({
  fields,
  filterBy,
  lookupBy,
  rows,
  facts,
  aggregates,
  consent,
}: Grant): readonly string[] => [
  ...Object.keys(fields),
  ...Object.values(fields).flatMap(fieldsReadBy),
  ...(filterBy ?? []),
  ...(lookupBy ?? []),
  ...(rows?.all ?? []).flatMap((rule) => ('field' in rule ? [rule.field] : [])),
  ...(facts ?? []).flatMap(({ all }) => all.map(({ field }) => field)),
  ...(aggregates ?? []).flatMap(({ by, sum }) => [...by, ...(sum ?? [])]),
  ...[consent?.birth, consent?.guardian].filter((field) => field !== undefined),
];

/** Other fields of the row that a mask reads. */
function fieldsReadBy(rule: MaskRule): readonly string[] {
  const read = readMaskRule(rule);
  return 'use' in read ? (read.mask.reads?.(read.use.params) ?? []) : [];
}
