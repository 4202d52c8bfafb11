import { entryBundle } from '../../../log/evidence/entryBundle.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Entries as bytes, many at once, for whoever verifies the log on her own machine. Reading the log is an entry too. */
export const getEntryBundle = operation('getEntryBundle', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const from = Number(call.query.from ?? 0);
    const limit = Number(call.query.limit ?? 8_192);
    const { bundle, entries } = await entryBundle(services, { from, limit });
    return {
      entry: 'allow',
      status: 200,
      contentType: 'application/octet-stream',
      body: bundle,
      facts: { change: { from, entries } },
    };
  },
});
