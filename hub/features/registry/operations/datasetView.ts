import type { components } from '../../../../api/openapi.ts';
import { standingOf } from '../../../domain/dataset.ts';
import { opens } from '../../../registry/store/catalogue.ts';
import { intakeRulesOf } from '../../../registry/store/datasets.ts';
import type { LinkingEntry, ListedDataset } from '../../../registry/store/pageDatasets.ts';
import { moment } from '../../common/listing.ts';

/** As the inbox tells it (`contradicted`): what is retired contradicts nothing. */
const isContradicted = (
  row: ListedDataset,
  { sharing, conditions }: Pick<LinkingEntry, 'sharing' | 'conditions'>,
): boolean => row.state !== 'retired' && (row.sharing !== sharing || row.conditions !== conditions);

/** `DatasetView` of openapi.yaml. */
export const datasetView = (row: ListedDataset) => ({
  id: row.id,
  title: { zh: row.titleZh, en: row.titleEn },
  department: row.department,
  schema: row.schema,
  mode: row.mode,
  sharing: { type: row.sharing, ...(row.conditions === '' ? {} : { conditions: row.conditions }) },
  opened: opens(row.entries),
  entries: row.entries.map(({ sharing, conditions, updateFrequency, ...entry }) => ({
    ...entry,
    updateFrequency: updateFrequency as components['schemas']['CatalogueEntry']['updateFrequency'],
    sharing: { type: sharing, ...(conditions === '' ? {} : { conditions }) },
    contradicted: isContradicted(row, { sharing, conditions }),
  })),
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
