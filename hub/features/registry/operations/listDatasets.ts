import { pageDatasets } from '../../../registry/store/pageDatasets.ts';
import { listed, names, oneMore, pageAsked } from '../../common/listing.ts';
import { datasetView } from './datasetView.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/datasets: what there is. That a dataset is not shared is told too; its rows are another matter. */
export const listDatasets = operation('listDatasets', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const { department, schema, sharing, state } = call.query;
    const page = pageAsked(call.query, names.code);
    const rows = await pageDatasets(database.app, { ...oneMore(page), department, schema, sharing, state });
    return listed(call, 'datasets', page, rows, ({ id }) => id, datasetView);
  },
});
