import { listEntries as readEntries } from '../../audit/evidence/listEntries.ts';
import { allowed } from '../../gate/call.ts';
import { everywhere } from '../../domain/cells.ts';
import { ofOffice } from '../../gate/ownership.ts';
import { operation } from '../operation.ts';

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
