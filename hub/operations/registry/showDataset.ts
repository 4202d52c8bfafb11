import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import { mappingsOfDataset } from '../../store/registry/mappingsOfDataset.ts';
import { pageDatasets } from '../../store/registry/pageDatasets.ts';
import type { Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { datasetView } from './datasetView.ts';

/** GET /v1/datasets/{dataset}. @throws Problem dataset_unknown */
export async function showDataset(call: Call<Reading>, { database }: Services): Promise<Outcome> {
  const id = call.params['dataset'] ?? '';
  const [row] = await pageDatasets(database.app, { id, after: undefined, most: 1 });
  if (row === undefined) throw new Problem('dataset_unknown', { dataset: id });
  const mappings = await mappingsOfDataset(database.app, id);
  return allowed(200, { dataset: datasetView(row), mappings }, { facts: { dataset: id } });
}
