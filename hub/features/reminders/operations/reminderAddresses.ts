import type { components } from '../../../../api/openapi.ts';
import { type ReminderPlace, reminderHost, refuseOtherHost } from '../../../domain/reminder.ts';
import { openAddress, sealAddress } from '../reminderSecret.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import {
  type ReminderAddressRow,
  dropReminderAddress,
  putReminderAddress,
  reminderAddressesOf,
} from '../store/addresses.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { allowed, type Call, type Outcome } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { departmentsOfRoles, ownerOf } from '../../../identity/owners.ts';
import { everyone, own } from '../../../domain/cells.ts';
import { self, anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { Problem } from '../../../../terms/problem.ts';
import { present } from '../../../../terms/defined.ts';

/** An address as it is shown, also to its owner: only where it points, never the address. */
function reminderAddressView(
  row: ReminderAddressRow,
  { keys }: Pick<Services, 'keys'>,
): components['schemas']['ReminderAddress'] {
  const { kind, owner, way, setBy, setAt, deliveredAt, queuedAt, failingSince, nextAt, ...state } = row;
  const { trouble, status, deadLetters } = state;
  const address = openAddress(sealerOf(keys.sealing), row);
  return {
    ...(kind === 'department' ? { department: owner } : {}),
    way,
    host: reminderHost(way, address),
    setBy,
    setAt: moment(setAt),
    ...(deliveredAt === null ? {} : { lastTaken: moment(deliveredAt) }),
    ...(queuedAt === null ? {} : { underWaySince: moment(queuedAt) }),
    ...(failingSince === null ? {} : { failingSince: moment(failingSince) }),
    ...(failingSince === null || queuedAt === null ? {} : { nextAttempt: moment(nextAt) }),
    ...present({ trouble, status }),
    deadLetters,
  };
}

/** The addresses at which a person or a department is reminded. Each sets its own; a way that the call does not name is removed. */
type Requested = Readonly<Partial<Record<ReminderPlace['way'], string>>>;

/** @throws Problem reminder_place_not_allowed */
async function setAddresses(
  call: Call<StaffCaller>,
  { database, keys, reminders }: Services,
  addressee: Pick<ReminderPlace, 'kind' | 'owner'>,
  requested: Requested,
): Promise<Outcome> {
  const sealer = sealerOf(keys.sealing);
  const ways = (['mail', 'webhook'] as const).filter((way) => requested[way] !== undefined);
  for (const way of ways) refuseOtherHost(reminders, way, requested[way] ?? '');
  const { owner } = addressee;
  const known = (
    addressee.kind === 'person'
      ? await reminderAddressesOf(database.app, owner, [])
      : await reminderAddressesOf(database.app, '', [owner])
  ).map((row) => ({ row, address: openAddress(sealer, row) }));
  const ended = known.filter(({ row, address }) => requested[row.way] !== address);
  const begun = ways.filter(
    (way) => !known.some(({ row, address }) => row.way === way && address === requested[way]),
  );
  return allowed<'setOwnReminders'>(
    200,
    { ways },
    {
      facts: {
        change: {
          kind: 'ReminderAddress',
          of: owner,
          ways: ways.join(' ') || 'none',
          changed: ended.length + begun.length > 0,
        },
      },
      work: async (transaction) => {
        for (const { row } of ended) await dropReminderAddress(transaction, row);
        for (const way of begun) {
          const place: ReminderPlace = { ...addressee, way };
          const sealed = sealAddress(sealer, place, requested[way] ?? '');
          const row = { ...place, sealed, setBy: call.caller.person, setAt: call.now };
          await putReminderAddress(transaction, row, call.exchange);
        }
      },
    },
  );
}

/** The departments whose reminders a person sees: their own; persons of the data office see the office's. */
export const departmentsOf = (
  { grants }: Pick<StaffCaller, 'grants'>,
  identity: Services['identity'],
): readonly string[] =>
  departmentsOfRoles(identity, grants) ??
  identity
    .departments()
    .filter(({ dataOffice }) => dataOffice)
    .map(({ code }) => code);

/** The addresses of the caller and of the caller's departments. */
export const listReminderAddresses = operation('listReminderAddresses', {
  kind: 'inspect',
  // a person sets their own addresses, a steward those of the department
  permission: everyone,
  owner: self,
  run: async ({ caller }, services) => {
    const { database, identity } = services;
    const rows = await reminderAddressesOf(database.app, caller.person, departmentsOf(caller, identity));
    const addresses = rows.map((row) => reminderAddressView(row, services));
    return allowed<'listReminderAddresses'>(
      200,
      { addresses },
      { facts: { change: { addresses: addresses.length } } },
    );
  },
});

/** Sets a department's addresses, by one of its own stewards. @throws Problem department_unknown, reminder_place_not_allowed */
export const setDepartmentReminders = operation('setDepartmentReminders', {
  kind: 'management',
  permission: { 'office steward': own, steward: own },
  owner: (call, { identity }) => anyOf(ownerOf(identity, call.params.department)),
  run: async (call, services) => {
    const owner = call.params.department;
    if (services.identity.department(owner) === undefined)
      throw new Problem('department_unknown', { department: owner });
    const requested = call.body;
    return await setAddresses(call, services, { kind: 'department', owner }, requested);
  },
});

/** Sets the caller's own mail address: it cannot be set for another person. @throws Problem reminder_place_not_allowed */
export const setOwnReminders = operation('setOwnReminders', {
  kind: 'management',
  permission: everyone,
  owner: self,
  run: async (call, services) => {
    const requested = call.body;
    return await setAddresses(call, services, { kind: 'person', owner: call.caller.person }, requested);
  },
});
