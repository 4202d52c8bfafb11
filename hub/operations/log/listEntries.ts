import { listEntries as readEntries } from '../../audit/evidence/listEntries.ts';
import type { ManagedCall, ManagedOutcome } from '../managed.ts';
import type { Services } from '../services.ts';

/** Entries in their order, as they were hashed. Reading the log is an entry too. */
export async function listEntries(call: ManagedCall, services: Services): Promise<ManagedOutcome> {
  const from = Number(call.query['from'] ?? 0);
  const limit = Number(call.query['limit'] ?? 100);
  const page = await readEntries(services, { from, limit });
  return {
    status: 200,
    body: page,
    facts: { kind: 'inspect', change: { from, entries: page.entries.length } },
  };
}
