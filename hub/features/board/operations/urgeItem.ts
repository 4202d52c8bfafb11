import { Problem } from '../../../../terms/problem.ts';
import { defined } from '../../../../terms/defined.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { QuotaClaim } from '../../../log/draft.ts';
import { allowed, denied, type Call, type Outcome } from '../../../pipeline/call.ts';
import { self } from '../../../pipeline/ownership.ts';
import { moment } from '../../common/listing.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { operation } from '../../common/operation.ts';
import { reachOf } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { readUrges, urgeDay, urgeOf } from '../urges.ts';
import { waitingItems } from './listBoardItems.ts';

const permission = { 'office leader': everywhere, leader: own } as const;

/**
 * POST /v1/board/waiting/urges: a leader urges the department that must act on an overdue item (督办), at most once a working day for each
 * item. Its inbox shows it, and its addresses of reminders are notified.
 * @throws Problem not_found, not_your_department, item_not_overdue, item_urged_today
 */
export const urgeItem = operation('urgeItem', {
  kind: 'management',
  permission,
  owner: self,
  run: (call, services) => urged(call, services),
});

async function urged(call: Call<StaffCaller, 'urgeItem'>, services: Services): Promise<Outcome> {
  const { kind, id } = call.body;
  const { now, caller } = call;
  const departments = reachOf(permission, caller);
  const items = await waitingItems(services, departments, now, id);
  const item = items.find((one) => one.kind === kind);
  if (item === undefined) throw new Problem('not_found');
  const { department } = item;
  // a list of one department also has items on which another one must act
  if (departments !== undefined && (department === undefined || !departments.includes(department)))
    throw new Problem('not_your_department', { department: department ?? '-' });
  if (item.overdue !== true) throw new Problem('item_not_overdue');
  const facts = { ...defined({ provider: department, dataset: item.dataset }), change: urgeOf(item) };
  const { count = 0 } = (await readUrges(services, now))(item) ?? {};
  const by = caller.person;
  const newest = { count: count + 1, at: moment(now), by, ...namesOfIds(services.identity, { by }) };
  // taken with the entry: of two urges at once, one is refused
  const quota: QuotaClaim = {
    of: 'calls',
    counter: `urge ${kind} ${id}`,
    day: urgeDay(now),
    calls: 1,
    max: 1,
  };
  return allowed<'urgeItem'>(
    200,
    { ...item, urged: newest },
    {
      facts,
      claims: { quotas: [quota] },
      whenLost: (claim) =>
        claim === 'quotas' ? denied(new Problem('item_urged_today'), facts) : urged(call, services),
    },
  );
}
