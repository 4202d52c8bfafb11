import type { Call, Outcome } from '../../gate/call.ts';
import { listRequests as requestsOf } from '../../store/requests/requests.ts';
import { listed, names, oneMore, pageAsked } from '../reading/listing.ts';
import { reachOf, type Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { requestSummary } from './requestView.ts';

/** GET /v1/requests: to a department those it makes and those for its data, to the data office all. */
export async function listRequests(call: Call<Reading>, { database }: Services): Promise<Outcome> {
  const page = pageAsked(call.query, names.request);
  const departments = reachOf('listRequests', call.caller);
  const rows = await requestsOf(
    database.app,
    {
      ...(departments === undefined ? {} : { departments }),
      ...(page.after === undefined ? {} : { before: page.after }),
      open: call.query['open'] === 'true',
    },
    oneMore(page).most,
  );
  return listed(
    'requests',
    page,
    rows,
    ({ id }) => id,
    (row) => requestSummary(row, call.now),
  );
}
