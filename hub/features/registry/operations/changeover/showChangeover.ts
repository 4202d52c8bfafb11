import { Problem } from '../../../../../terms/problem.ts';
import { allowed, type Call } from '../../../../pipeline/call.ts';
import type { StaffCaller } from '../../../../identity/authentication/caller.ts';
import { openChangeover, type ChangeoverRow } from '../../../../registry/store/changeovers.ts';
import { datasetById, type DatasetRow } from '../../../../registry/store/datasets.ts';
import type { Services } from '../../../common/services.ts';
import { changeoverView } from './changeoverView.ts';
import { seen } from '../../../../domain/cells.ts';
import { ofDataset } from '../../../../pipeline/ownership.ts';
import { operation } from '../../../common/operation.ts';

/** GET /v1/datasets/{dataset}/changeover. @throws Problem dataset_unknown, changeover_unknown, policy_does_not_compile */
export const showChangeover = operation('showChangeover', {
  kind: 'inspect',
  permission: seen,
  owner: ofDataset,
  run: async (call, services) => {
    const { changeover, row } = await underWay(call, services);
    const { body } = await changeoverView(services, changeover, row);
    return allowed<'showChangeover'>(200, body, { facts: { dataset: row.id, provider: row.department } });
  },
});

/** Returns the open changeover of the dataset in the call's path. @throws Problem dataset_unknown, changeover_unknown */
export async function underWay(
  call: Call<StaffCaller>,
  { database, registry }: Services,
): Promise<{ readonly changeover: ChangeoverRow; readonly row: DatasetRow }> {
  const dataset = call.params['dataset'] ?? '';
  await registry.refresh();
  const row = await datasetById(database.app, dataset);
  if (row === undefined) throw new Problem('dataset_unknown', { dataset });
  const changeover = await openChangeover(database.app, dataset);
  if (changeover === undefined) throw new Problem('changeover_unknown', { dataset });
  return { changeover, row };
}
