/** Whether a Restriction can apply to the datasets of a schema version. It calls the same functions that compile plans. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { Restriction } from '../documents/documentChecks.ts';
import { pathsOf, rootOf } from '../masks/rows/fieldPath.ts';
import { bitesForPurpose, bitesOnDataset, bitesOnField, tagsOf } from '../plans/scope.ts';
import { purposeAncestors, type Purpose } from '../meetsCondition.ts';
import { sandboxPurpose } from '../sandbox/sandboxPurpose.ts';

export interface RestrictionTarget {
  /** the version that the datasets are bound to */
  readonly schema: DatasetSchema;
  /** top-level fields in question, each with its nested places; undefined: all of them */
  readonly fields: ReadonlySet<string> | undefined;
  readonly datasets: readonly string[];
}

/**
 * Whether an agreement on one of the fields, for some existing purpose, would meet the Restriction.
 * @param purposes the tree; synthetic rows have a separate purpose
 */
export function canBite(
  purposes: readonly Purpose[],
): (one: Pick<Restriction, 'when'>, requested: RestrictionTarget) => boolean {
  const lines = [
    ...purposes.map(({ code }) => purposeAncestors(purposes, code)),
    [sandboxPurpose] as readonly string[],
  ];
  return ({ when }, { schema, fields, datasets }) =>
    datasets.some((dataset) => bitesOnDataset(when, dataset)) &&
    lines.some((line) => bitesForPurpose(when, line)) &&
    pathsOf(schema).some((path) => {
      if (fields?.has(rootOf(path)) === false) return false;
      const tags = tagsOf(schema, path);
      return tags !== undefined && bitesOnField(when, tags);
    });
}
