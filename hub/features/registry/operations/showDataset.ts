import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { batchById } from '../../../flows/intake/store/batches.ts';
import { openChangeover } from '../../../registry/store/changeovers.ts';
import { mappingsOfDataset } from '../../../registry/store/mappings.ts';
import {
  datasetUpdatedAt,
  pageDatasets,
  type LinkingEntry,
  type ListedDataset,
} from '../../../registry/store/datasetLists.ts';
import { periodsShown } from '../../../flows/intake/inspect/examineStored.ts';
import { reachOf } from '../../common/reach.ts';
import { stageOf } from './changeover/changeoverView.ts';
import { visibleRetirement } from './retirementShown.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { listBatches } from '../../batches/operations/listBatches.ts';
import { datasetGrade } from '../../batches/operations/showQuality.ts';
import type { components } from '../../../../api/openapi.ts';
import { publicStateOf } from '../../../domain/dataset.ts';
import { opens } from '../../../registry/store/catalogue.ts';
import { intakeRulesOf, type DatasetRow } from '../../../registry/store/datasets.ts';
import { moment, listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { digestOf } from './registration.ts';
import { defined, present } from '../../../../terms/defined.ts';

/** Whether the inbox reports it as `contradicted`: a retired dataset contradicts nothing. */
const isContradicted = (
  row: ListedDataset,
  { sharing, conditions }: Pick<LinkingEntry, 'sharing' | 'conditions'>,
): boolean => row.state !== 'retired' && (row.sharing !== sharing || row.conditions !== conditions);

/** `DatasetView` of openapi.yaml. */
const datasetView = (row: ListedDataset) => ({
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
  standing: publicStateOf(row.state, row.linked),
  linked: row.linked,
  ...present({ reason: row.reason, currentBatch: row.currentBatch }),
  digest: row.digest,
  registeredAt: moment(row.registeredAt),
});

/** GET /v1/datasets/{dataset}. @throws Problem dataset_unknown */
export const showDataset = operation('showDataset', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, services) => {
    const { database } = services;
    const id = call.params.dataset;
    const {
      rows: [row],
    } = await pageDatasets(database.app, { ids: [id], after: undefined, maxRows: 1 });
    if (row === undefined) throw new Problem('dataset_unknown', { dataset: id });
    const mappings = await mappingsOfDataset(database.app, id);
    const changeover = await openChangeover(database.app, id);
    const retirement = await visibleRetirement(call.caller, services, row, call.now);
    const reach = reachOf(listBatches.permission, call.caller);
    const periods =
      reach === undefined || reach.includes(row.department) ? await periodsShown(services, row) : undefined;
    const updated = await datasetUpdatedAt(database.app, id);
    const reported = {
      dataset: datasetView(row),
      mappings,
      ...(updated === null ? {} : { updatedAt: moment(updated) }),
      ...retirement,
      ...defined({ periods, quality: await datasetGrade(database.app, row) }),
    };
    if (changeover === undefined) return allowed<'showDataset'>(200, reported, { facts: { dataset: id } });
    const batch = changeover.batch === null ? undefined : await batchById(database.app, changeover.batch);
    const stage = stageOf(services, changeover, row, batch);
    return allowed<'showDataset'>(
      200,
      { ...reported, changeover: { to: changeover.to, stage } },
      { facts: { dataset: id } },
    );
  },
});

/** Digest of the document that would register the dataset as it is now: registering the same file again changes nothing. */
export const datasetDigest = (
  row: Pick<
    DatasetRow,
    'id' | 'titleZh' | 'titleEn' | 'schema' | 'mode' | 'sharing' | 'conditions' | 'intake' | 'rawDays'
  >,
): string =>
  digestOf({
    id: row.id,
    title: { zh: row.titleZh, en: row.titleEn },
    schema: row.schema,
    mode: row.mode,
    sharing: { type: row.sharing, ...(row.conditions === '' ? {} : { conditions: row.conditions }) },
    ...(Object.keys(row.intake).length === 0 ? {} : { intake: row.intake }),
    ...(row.rawDays === null ? {} : { retention: { rawDays: row.rawDays } }),
  });

/** GET /v1/datasets: the datasets that exist. Datasets that are not shared are listed too; access to their rows is checked separately. */
export const listDatasets = operation('listDatasets', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const { department, schema, sharing, state } = call.query;
    const ids = call.query.ids?.split(',');
    const page = orderedPage(call.query, names.code);
    const found = await pageDatasets(database.app, {
      ...oneMore(page),
      ids,
      department,
      schema,
      sharing,
      state,
    });
    return listedInOrder(call, 'datasets', page, found, ({ id }) => id, datasetView);
  },
});
