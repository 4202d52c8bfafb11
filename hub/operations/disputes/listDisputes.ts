import type { Call, Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { listDisputes as disputesOf } from '../../store/disputes/disputes.ts';
import { listed, names, oneMore, pageAsked } from '../reading/listing.ts';
import { reachOf } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { disputeView } from './disputeView.ts';

/** GET /v1/disputes: a department's own, with everything that was said; to the data office all. The newest first. */
export async function listDisputes(
  call: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<Outcome> {
  const page = pageAsked(call.query, names.dispute);
  const departments = reachOf('listDisputes', call.caller);
  const { open, about } = call.query;
  const rows = await disputesOf(
    database.app,
    {
      ...(departments === undefined ? {} : { departments }),
      ...(page.after === undefined ? {} : { before: page.after }),
      ...(about === undefined ? {} : { about }),
      open: open === 'true',
    },
    oneMore(page).most,
  );
  return listed(
    'disputes',
    page,
    rows,
    ({ id }) => id,
    (dispute) => disputeView(dispute, identity),
  );
}
