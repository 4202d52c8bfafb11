import { listDestroyed } from '../../../log/retention/listDestroyed.ts';
import { allowed } from '../../../pipeline/call.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Destroyed entries by units, with the hashes that stay of them: a verification goes on by these. Reading the log is an entry too. */
export const listDestructions = operation('listDestructions', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const from = Number(call.query.from ?? 0);
    const page = await listDestroyed(services, from);
    return allowed<'listDestructions'>(200, page, {
      facts: { change: { from, units: page.destructions.length } },
    });
  },
});
