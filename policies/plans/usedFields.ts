/** Places of a schema that a grant uses in addition to the fields that it names. */
import type { FieldGrant } from '../decision.ts';
import type { Grant } from '../documents/agreement.ts';
import { maskNamed } from '../masks/catalogue.ts';
import { pathsOf } from '../masks/rows/fieldPath.ts';
import { perPlace } from '../meetsCondition.ts';

/** Fields that reveal something without being released: they serve lookups, select rows, or feed another field's mask. */
export const usedUnseen = (
  { lookupBy = [], rows }: Grant,
  grants: readonly FieldGrant[],
): readonly string[] => [
  ...lookupBy,
  ...(rows?.all ?? []).map(({ field }) => field),
  ...grants.flatMap(({ mask }) => maskNamed(mask.name)?.reads?.(mask.params) ?? []),
];

/** Places inside a field; most fields have none. */
export const insideOf = perPlace((schema, field) =>
  pathsOf(schema).filter((path) => path.startsWith(`${field}.`) || path.startsWith(`${field}[]`)),
);
