import { inboxPage, inboxPlace } from '../../domain/inboxPage.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { cursorOf, pageAsked } from '../reading/listing.ts';
import type { Services } from '../services.ts';
import { inboxOf, overdueIn } from './inboxOf.ts';
import { othersOf } from './othersOf.ts';

/**
 * GET /v1/inbox: what waits for another person, as far as the caller may decide it, and what departments owe; a page at a time, what is due
 * first before the rest, how much of each kind waits at all, and how much is overdue; where it is asked for, with who else can act on each.
 */
export async function listWaiting(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const { after, most } = pageAsked(call.query, inboxPlace);
  const all = await inboxOf(call, services);
  const counts = Object.fromEntries(
    Object.entries(all).map(([name, found]): [string, number] => [name, found.length]),
  );
  const { sections, next } = inboxPage(all, { after, kind: call.query['kind'], most });
  const others =
    call.query['others'] === undefined ? {} : { others: await othersOf(call, services, sections) };
  const body = {
    ...sections,
    ...others,
    counts,
    overdue: overdueIn(all),
    ...(next === undefined ? {} : { nextCursor: cursorOf(next) }),
  };
  return allowed(200, body, { facts: { change: counts } });
}
