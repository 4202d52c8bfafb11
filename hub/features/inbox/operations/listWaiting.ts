import { inboxPage, inboxPlace } from '../../../domain/inboxPage.ts';
import { allowedJson } from '../../../pipeline/call.ts';
import { cursorOf, requestedPage } from '../../common/listing.ts';
import { inboxOf, overdueIn } from './inboxOf.ts';
import { othersOf } from './othersOf.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * GET /v1/inbox: what waits for another person, as far as the caller may decide it, and what departments owe; a page at a time, what is due
 * first before the rest, how much of each kind waits at all, and how much is overdue; where it is asked for, with who else can act on each.
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
