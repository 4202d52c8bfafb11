import type { Call, Outcome } from '../../gate/call.ts';
import { pageDatasets } from '../../store/registry/pageDatasets.ts';
import { listed, names, oneMore, pageAsked } from '../reading/listing.ts';
import type { Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { datasetView } from './datasetView.ts';

/** GET /v1/datasets: what there is. That a dataset is not shared is told too; its rows are another matter. */
export async function listDatasets(call: Call<Reading>, { database }: Services): Promise<Outcome> {
  const { department, schema, sharing, state } = call.query;
  const page = pageAsked(call.query, names.code);
  const rows = await pageDatasets(database.app, { ...oneMore(page), department, schema, sharing, state });
  return listed('datasets', page, rows, ({ id }) => id, datasetView);
}
