import type { DatasetSchema } from '../../../../../schemas/datasetSchema.ts';
import { Problem } from '../../../../../terms/problem.ts';
import type { DatasetRow } from '../../../../registry/store/datasets.ts';
import type { Services } from '../../../common/services.ts';
import { eventRuleFault } from '../../../../registry/eventRuleFault.ts';
import { referenceFault } from '../../../../registry/referenceFault.ts';
import { rollupFault } from '../checkRollup.ts';

/**
 * Datasets that are computed from the dataset must be computable from the new version, rules must be able to raise their events, and
 * references of the dataset and to it must be comparable.
 * @throws Problem changeover_unfit
 */
export async function refuseDerived(
  { registry }: Pick<Services, 'registry'>,
  { id, intake }: DatasetRow,
  schema: DatasetSchema,
): Promise<void> {
  await registry.refresh();
  const reason =
    rollupFault(registry.current, id, { schema, intake }) ??
    eventRuleFault(registry.current, id, schema, intake) ??
    referenceFault(registry.current, id, schema, intake);
  if (reason !== undefined)
    throw new Problem('changeover_unfit', { dataset: id, schema: schema.urn, reason });
}
