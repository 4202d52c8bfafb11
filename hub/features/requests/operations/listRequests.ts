import type { Reader } from '../../../platform/database/reader.ts';
import { pageRequests, type RequestFilter } from '../store/requests.ts';
import { compareText, pageOfRows } from '../../../platform/database/pages.ts';
import { listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
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
  maxRows: number,
  now: number,
): Promise<readonly ReturnType<typeof requestSummary>[]> =>
  (await pageRequests(reader, filter, { after: undefined, maxRows })).rows.map((row) =>
    requestSummary(row, now),
  );

/**
 * GET /v1/requests: to a department, the requests it makes and those for its data; to the data office, all. Or those that wait for the
 * caller.
 */
export const listRequests = operation('listRequests', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, services) => {
    const { consumer, provider, turn, open, sort } = call.query;
    if (turn === 'mine') {
      const isUsual = sort === undefined;
      const page = orderedPage(call.query, isUsual ? names.turn : names.request);
      const placeOf = isUsual ? placeOfTurn : ({ id }: { readonly id: string }): string => id;
      const direction = sort === '-opened' ? -1 : 1;
      const waiting = await requestsOfTurn(call.caller, services, call.now, { consumer, provider });
      const byPlace = waiting.toSorted((one, other) => direction * compareText(placeOf(one), placeOf(other)));
      const found = pageOfRows(
        byPlace,
        oneMore(page),
        (one, after) => direction * compareText(placeOf(one), after),
      );
      return listedInOrder(call, 'requests', page, found, placeOf, (one) => one);
    }
    const page = orderedPage(call.query, names.request);
    const departments = reachOf(permission, call.caller);
    const found = await pageRequests(
      services.database.app,
      {
        ...defined({ departments }),
        consumer,
        provider,
        open: open === 'true',
      },
      oneMore(page),
    );
    return listedInOrder(
      call,
      'requests',
      page,
      found,
      ({ id }) => id,
      (row) => requestSummary(row, call.now),
    );
  },
});
