/** Where a person, or a department, is reminded of what waits: each says it for itself, and what it does not say ends. */
import type { ReminderPlace } from '../../../domain/reminder.ts';
import { refuseOtherHost } from '../../../domain/reminderPlaces.ts';
import { openAddress, sealAddress } from '../reminderSecret.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import { allowed, type Call, type Outcome } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { dropReminderAddress, putReminderAddress, reminderAddressesOf } from '../store/addresses.ts';
import type { Services } from '../../common/services.ts';

type Asked = Readonly<Partial<Record<ReminderPlace['way'], string>>>;

/** @throws Problem reminder_place_not_allowed */
export async function setAddresses(
  call: Call<StaffCaller>,
  { database, keys, reminders }: Services,
  whose: Pick<ReminderPlace, 'kind' | 'owner'>,
  asked: Asked,
): Promise<Outcome> {
  const sealer = sealerOf(keys.sealing);
  const ways = (['mail', 'webhook'] as const).filter((way) => asked[way] !== undefined);
  for (const way of ways) refuseOtherHost(reminders, way, asked[way] ?? '');
  const { owner } = whose;
  const known = (
    whose.kind === 'person'
      ? await reminderAddressesOf(database.app, owner, [])
      : await reminderAddressesOf(database.app, '', [owner])
  ).map((row) => ({ row, address: openAddress(sealer, row) }));
  const ended = known.filter(({ row, address }) => asked[row.way] !== address);
  const begun = ways.filter(
    (way) => !known.some(({ row, address }) => row.way === way && address === asked[way]),
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
          const place: ReminderPlace = { ...whose, way };
          const sealed = sealAddress(sealer, place, asked[way] ?? '');
          const row = { ...place, sealed, setBy: call.caller.person, setAt: call.now };
          await putReminderAddress(transaction, row, call.exchange);
        }
      },
    },
  );
}
