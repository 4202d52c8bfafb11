/** GET /v1/datasets/{dataset}/exports/{export}: how far a file is; its manifest once it is whole. */
import { allowed } from '../../../pipeline/call.ts';
import { exportView, ownExport } from './ownExport.ts';
import { releaseOperation } from '../../operation.ts';

export const showExport = releaseOperation('showExport', {
  kind: 'inspect',
  run: async (call, services) => {
    const row = await ownExport(call, services);
    return allowed<'showExport'>(200, exportView(row), { facts: { dataset: row.dataset, repeatOf: row.id } });
  },
});
