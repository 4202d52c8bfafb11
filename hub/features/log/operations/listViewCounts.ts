import { listLogReadsPermission } from './searchEntries.ts';
import { pageViews, type ShownCount } from '../../../log/store/viewCounts.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { reachOf } from '../../common/reach.ts';
import { isDateText } from '../../../../terms/civilDate.ts';
import { present } from '../../../../terms/defined.ts';
import { Problem } from '../../../../terms/problem.ts';

/**
 * GET /v1/log/views: returns how often each member of staff called reads without personal data, by day and operation, the newest day
 * first. Today's counts are included. Those who may see the access records of the log see them. This access has an entry.
 * @throws Problem cursor_invalid, also for a day that does not exist
 */
export const listViewCounts = operation('listViewCounts', {
  kind: 'inspect',
  permission: listLogReadsPermission,
  owner: self,
  run: async (call, { database, identity }) => {
    const { person, from, until } = call.query;
    const page = orderedPage(call.query, names.viewCount);
    const [lastDay] = page.after?.split('~') ?? [];
    if (lastDay !== undefined && !isDateText(lastDay)) throw new Problem('cursor_invalid');
    const departments = reachOf(listLogReadsPermission, call.caller);
    const found = await pageViews(database.app, { ...oneMore(page), person, from, until, departments });
    return listedInOrder(
      call,
      'counts',
      page,
      found,
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
