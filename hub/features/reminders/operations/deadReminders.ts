/** Dead letters of reminders: those that an address did not take in time. Their owner sees them, and has them sent again. */
import { itemsIn, type ReminderPlace } from '../../../domain/reminder.ts';
import { ownerOf } from '../../../identity/owners.ts';
import { everyone, own } from '../../../domain/cells.ts';
import { allowed, type AllowedOutcome } from '../../../pipeline/call.ts';
import { anyOf, self } from '../../../pipeline/ownership.ts';
import { listed, moment, names, oneMore, requestedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import type { Services } from '../../common/services.ts';
import { Problem } from '../../../../terms/problem.ts';
import { defined } from '../../../../terms/defined.ts';
import {
  countDeadReminders,
  pageDeadReminders,
  replayReminders,
  unknownReminders,
} from '../store/deadReminders.ts';
import { departmentsOf } from './reminderAddresses.ts';

/** GET /v1/reminders/dead-letters: of the caller and of the caller's departments. @throws Problem cursor_invalid */
export const listDeadReminders = operation('listDeadReminders', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database, identity }) => {
    const page = requestedPage(call.query, names.uuid);
    const owners = { person: call.caller.person, departments: departmentsOf(call.caller, identity) };
    const rows = await pageDeadReminders(database.app, owners, oneMore(page));
    return listed(
      call,
      'letters',
      page,
      rows,
      ({ id }) => id,
      ({ id, kind, owner, way, said, madeAt, diedAt, trouble, isReplayed }) => ({
        reminder: id,
        way,
        items: itemsIn(said),
        madeAt: moment(madeAt),
        diedAt: moment(diedAt),
        ...(kind === 'department' ? { department: owner } : {}),
        ...defined({ nearest: said.nearest }),
        trouble,
        replayed: isReplayed,
      }),
    );
  },
});

/** Sends dead letters of one owner again: under the same ids, before newer reminders. */
async function replayed(
  { reminders }: { readonly reminders?: readonly string[] },
  { database }: Pick<Services, 'database'>,
  owner: Pick<ReminderPlace, 'kind' | 'owner'>,
): Promise<AllowedOutcome> {
  const count = await countDeadReminders(database.app, owner, reminders);
  const unknown = reminders === undefined ? [] : await unknownReminders(database.app, owner, reminders);
  return allowed<'replayOwnReminders'>(
    200,
    { replayed: count, ...(unknown.length > 0 ? { unknown: [...unknown] } : {}) },
    {
      facts: { change: { kind: 'Reminder', of: owner.owner, act: 'replay', letters: count } },
      work: (transaction) => replayReminders(transaction, owner, reminders),
    },
  );
}

/** POST /v1/reminders/replay: some or all of the caller's own. */
export const replayOwnReminders = operation('replayOwnReminders', {
  kind: 'management',
  permission: everyone,
  owner: self,
  run: (call, services) => replayed(call.body, services, { kind: 'person', owner: call.caller.person }),
});

/** POST /v1/departments/{department}/reminders/replay, by one of its own stewards. @throws Problem department_unknown */
export const replayDepartmentReminders = operation('replayDepartmentReminders', {
  kind: 'management',
  permission: { 'office steward': own, steward: own },
  owner: (call, { identity }) => anyOf(ownerOf(identity, call.params.department)),
  run: (call, services) => {
    const owner = call.params.department;
    if (services.identity.department(owner) === undefined)
      throw new Problem('department_unknown', { department: owner });
    return replayed(call.body, services, { kind: 'department', owner });
  },
});
