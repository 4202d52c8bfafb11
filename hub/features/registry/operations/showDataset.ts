import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { batchById } from '../../../flows/intake/store/batchById.ts';
import { openChangeover } from '../../../registry/store/changeovers.ts';
import { mappingsOfDataset } from '../../../registry/store/mappingsOfDataset.ts';
import { pageDatasets } from '../../../registry/store/pageDatasets.ts';
import { periodsShown } from '../../../flows/intake/inspect/periodsShown.ts';
import { reachOf } from '../../common/reach.ts';
import { stageOf } from './changeover/changeoverView.ts';
import { datasetView } from './datasetView.ts';
import { retirementToldTo } from './retirementShown.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { listBatches } from '../../batches/operations/listBatches.ts';

/** GET /v1/datasets/{dataset}. @throws Problem dataset_unknown */
export const showDataset = operation('showDataset', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, services) => {
    const { database } = services;
    const id = call.params.dataset;
    const [row] = await pageDatasets(database.app, { id, after: undefined, most: 1 });
    if (row === undefined) throw new Problem('dataset_unknown', { dataset: id });
    const mappings = await mappingsOfDataset(database.app, id);
    const changeover = await openChangeover(database.app, id);
    const retirement = await retirementToldTo(call.caller, services, row, call.now);
    const reach = reachOf(listBatches.permission, call.caller);
    const periods =
      reach === undefined || reach.includes(row.department) ? await periodsShown(services, row) : undefined;
    const told = {
      ...{ dataset: datasetView(row), mappings, ...retirement },
      ...(periods === undefined ? {} : { periods }),
    };
    if (changeover === undefined) return allowed<'showDataset'>(200, told, { facts: { dataset: id } });
    const batch = changeover.batch === null ? undefined : await batchById(database.app, changeover.batch);
    const stage = stageOf(services, changeover, row, batch);
    return allowed<'showDataset'>(
      200,
      { ...told, changeover: { to: changeover.to, stage } },
      { facts: { dataset: id } },
    );
  },
});
