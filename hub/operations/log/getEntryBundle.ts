import { entryBundle } from '../../audit/evidence/entryBundle.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Call, Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';

/** Entries as bytes, many at once, for whoever verifies the log on her own machine. Reading the log is an entry too. */
export async function getEntryBundle(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const from = Number(call.query['from'] ?? 0);
  const limit = Number(call.query['limit'] ?? 8_192);
  const { bundle, entries } = await entryBundle(services, { from, limit });
  return {
    entry: 'allow',
    status: 200,
    contentType: 'application/octet-stream',
    body: bundle,
    facts: { change: { from, entries } },
  };
}
