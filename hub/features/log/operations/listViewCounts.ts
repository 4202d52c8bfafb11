import { listLogReadsPermission } from './searchEntries.ts';
import { pageViews, type ShownCount, type ViewKey } from '../../../log/store/viewCounts.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { listed, names, oneMore, requestedPage } from '../../common/listing.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { reachOf } from '../../common/reach.ts';
import { isDateText } from '../../../../terms/civilDate.ts';
import { present } from '../../../../terms/defined.ts';
import { Problem } from '../../../../terms/problem.ts';

/**
 * GET /v1/log/views: returns how often each member of staff called reads without personal data, by day and operation, the newest day
 * first. Today's counts are included. Those who may see the access records of the log see them. This access has an entry.
 * @throws Problem cursor_invalid
 */
export const listViewCounts = operation('listViewCounts', {
  kind: 'inspect',
  permission: listLogReadsPermission,
  owner: self,
  run: async (call, { database, identity }) => {
    const { person, from, until } = call.query;
    const page = requestedPage(call.query, names.viewCount);
    const departments = reachOf(listLogReadsPermission, call.caller);
    const rows = await pageViews(database.app, {
      person,
      from,
      until,
      departments,
      after: placeOf(page.after),
      most: oneMore(page).most,
    });
    return listed(
      call,
      'counts',
      page,
      rows,
      (row) => [row.day, row.person, row.operation].join('~'),
      ({ day, person: viewer, operation: of, department, views, entry, isAuthentic }: ShownCount) => ({
        day,
        person: viewer,
        operation: of,
        views,
        ...namesOfIds(identity, { person: viewer }),
        ...present({ department, entry }),
        ...(isAuthentic ? {} : { altered: true as const }),
      }),
    );
  },
});

/** @throws Problem cursor_invalid for a day that does not exist */
function placeOf(after: string | undefined): ViewKey | undefined {
  if (after === undefined) return undefined;
  const [day = '', person = '', of = ''] = after.split('~');
  if (!isDateText(day)) throw new Problem('cursor_invalid');
  return { day, person, operation: of };
}
