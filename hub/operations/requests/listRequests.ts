import type { Call, Outcome } from '../../gate/call.ts';
import { listRequests as requestsOf } from '../../store/requests/requests.ts';
import { listed, names, oneMore, pageAsked } from '../reading/listing.ts';
import { reachOf, type Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { placeOfTurn, requestsOfTurn } from './requestsOfTurn.ts';
import { requestSummary } from './requestView.ts';

/** GET /v1/requests: to a department those it makes and those for its data, to the data office all; or what waits for the caller. */
export async function listRequests(call: Call<Reading>, services: Services): Promise<Outcome> {
  const { consumer, provider, turn, open } = call.query;
  if (turn === 'mine') {
    const page = pageAsked(call.query, names.turn);
    const { after = '' } = page;
    const waiting = await requestsOfTurn(call.caller, services, call.now, { consumer, provider });
    const rows = waiting.filter((one) => placeOfTurn(one) > after).slice(0, oneMore(page).most);
    return listed('requests', page, rows, placeOfTurn, (one) => one);
  }
  const page = pageAsked(call.query, names.request);
  const departments = reachOf('listRequests', call.caller);
  const rows = await requestsOf(
    services.database.app,
    {
      ...(departments === undefined ? {} : { departments }),
      ...(page.after === undefined ? {} : { before: page.after }),
      ...{ consumer, provider },
      open: open === 'true',
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
