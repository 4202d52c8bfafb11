import { inboxPage, inboxPlace } from '../../../domain/inboxPage.ts';
import { allowedJson } from '../../../pipeline/call.ts';
import { cursorOf, requestedPage } from '../../common/listing.ts';
import { inboxOf, overdueIn } from './inboxOf.ts';
import { othersOf } from './othersOf.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * GET /v1/inbox: returns the items that wait for a decision the caller may make, and the duties of departments. The result is paged,
 * earliest due day first, with the number of items of each kind and of overdue items. On request it also lists who else can act on each
 * item.
 */
export const listWaiting = operation('listWaiting', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, services) => {
    const { after, most } = requestedPage(call.query, inboxPlace);
    const all = await inboxOf(call, services);
    const counts = Object.fromEntries(
      Object.entries(all).map(([name, found]): [string, number] => [name, found.length]),
    );
    const { sections, next } = inboxPage(all, { after, kind: call.query.kind, most });
    const others =
      call.query.others === undefined ? {} : { others: await othersOf(call, services, sections) };
    const body = {
      ...sections,
      ...others,
      counts,
      overdue: overdueIn(all),
      ...(next === undefined ? {} : { nextCursor: cursorOf(next) }),
    };
    return allowedJson(200, body, { facts: { change: counts } });
  },
});
