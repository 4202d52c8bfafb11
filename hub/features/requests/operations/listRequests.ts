import type { Reader } from '../../../platform/database/reader.ts';
import { listRequests as requestsOf, type RequestFilter } from '../store/requests.ts';
import { listed, names, oneMore, requestedPage } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import { placeOfTurn, requestsOfTurn } from './requestsOfTurn.ts';
import { requestSummary } from './showRequest.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { defined } from '../../../../terms/defined.ts';

const permission = seen;

/** Requests that have the words of a search, newest first. @param now Unix milliseconds */
export const findRequests = async (
  reader: Reader,
  filter: Pick<RequestFilter, 'departments' | 'words'>,
  most: number,
  now: number,
): Promise<readonly ReturnType<typeof requestSummary>[]> =>
  (await requestsOf(reader, filter, most)).map((row) => requestSummary(row, now));

/**
 * GET /v1/requests: to a department, the requests it makes and those for its data; to the data office, all. Or those that wait for the
 * caller.
 */
export const listRequests = operation('listRequests', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, services) => {
    const { consumer, provider, turn, open } = call.query;
    if (turn === 'mine') {
      const page = requestedPage(call.query, names.turn);
      const { after = '' } = page;
      const waiting = await requestsOfTurn(call.caller, services, call.now, { consumer, provider });
      const rows = waiting.filter((one) => placeOfTurn(one) > after).slice(0, oneMore(page).most);
      return listed(call, 'requests', page, rows, placeOfTurn, (one) => one);
    }
    const page = requestedPage(call.query, names.request);
    const departments = reachOf(permission, call.caller);
    const rows = await requestsOf(
      services.database.app,
      {
        ...defined({ departments, before: page.after }),
        consumer,
        provider,
        open: open === 'true',
      },
      oneMore(page).most,
    );
    return listed(
      call,
      'requests',
      page,
      rows,
      ({ id }) => id,
      (row) => requestSummary(row, call.now),
    );
  },
});
