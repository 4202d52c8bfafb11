import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { listEvidence as requestsIn } from '../../store/audit/evidence.ts';
import { listed, names, oneMore, pageAsked } from '../reading/listing.ts';
import type { Services } from '../services.ts';
import { evidenceView } from './evidenceView.ts';

/** GET /v1/log/evidence: who asked for evidence, why, for which case, and who released it. @throws Problem cursor_invalid */
export async function listEvidence(
  call: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<Outcome> {
  const page = pageAsked(call.query, names.uuid);
  const { state, evidence } = call.query;
  const rows = await requestsIn(
    database.app,
    {
      ...(state === undefined ? {} : { state }),
      ...(evidence === undefined ? {} : { id: evidence }),
      ...(page.after === undefined ? {} : { before: page.after }),
    },
    oneMore(page).most,
  );
  return listed(
    'evidence',
    page,
    rows,
    ({ id }) => id,
    (row) => evidenceView(row, identity),
  );
}
