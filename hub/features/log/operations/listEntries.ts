import { listEntries as readEntries } from '../../../log/evidence/listEntries.ts';
import { allowed } from '../../../pipeline/call.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Entries in their order, as they were hashed. Reading the log is an entry too. */
export const listEntries = operation('listEntries', {
  kind: 'inspect',
  permission: { 'office auditor': everywhere },
  owner: ofOffice,
  run: async (call, services) => {
    const from = Number(call.query.from ?? 0);
    const limit = Number(call.query.limit ?? 100);
    const page = await readEntries(services, { from, limit });
    return allowed<'listEntries'>(200, page, { facts: { change: { from, entries: page.entries.length } } });
  },
});
