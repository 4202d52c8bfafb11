import { standingOf } from '../../domain/dataset.ts';
import { intakeRulesOf } from '../../store/registry/datasets.ts';
import type { ListedDataset } from '../../store/registry/pageDatasets.ts';
import { moment } from '../reading/listing.ts';

/** `DatasetView` of openapi.yaml. */
export const datasetView = (row: ListedDataset): object => ({
  id: row.id,
  title: { zh: row.titleZh, en: row.titleEn },
  department: row.department,
  schema: row.schema,
  mode: row.mode,
  sharing: { type: row.sharing, ...(row.conditions === '' ? {} : { conditions: row.conditions }) },
  intake: intakeRulesOf(row),
  ...(row.rawDays === null ? {} : { retention: { rawDays: row.rawDays } }),
  state: row.state,
  standing: standingOf(row.state, row.linked),
  linked: row.linked,
  ...(row.reason === null ? {} : { reason: row.reason }),
  ...(row.currentBatch === null ? {} : { currentBatch: row.currentBatch }),
  digest: row.digest,
  registeredAt: moment(row.registeredAt),
});
