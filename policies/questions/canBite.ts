/** Whether a Restriction can bite on what a schema version's datasets hold: asked of the very functions that plans are compiled by. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { Restriction } from '../documents/documentChecks.ts';
import { pathsOf, rootOf } from '../masks/rows/fieldPath.ts';
import { bitesForPurpose, bitesOnDataset, bitesOnField, tagsOf } from '../plans/scope.ts';
import { purposeAncestors, type Purpose } from '../meetsCondition.ts';
import { sandboxPurpose } from '../sandbox/sandboxPurpose.ts';

export interface RequestedBite {
  /** the version that the datasets are bound to */
  readonly schema: DatasetSchema;
  /** top-level fields in question, each with all that lies in it; undefined: every one */
  readonly fields: ReadonlySet<string> | undefined;
  readonly datasets: readonly string[];
}

/**
 * Whether an agreement on one of the fields, for some purpose that there is, would meet the Restriction.
 * @param purposes the tree; invented rows are asked for under one of their own
 */
export function canBite(
  purposes: readonly Purpose[],
): (one: Pick<Restriction, 'when'>, requested: RequestedBite) => boolean {
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
