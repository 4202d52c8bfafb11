import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { reminderAddressesOf } from '../../store/reminders/addresses.ts';
import type { Services } from '../services.ts';
import { ownPlaces } from '../../identity/staffPlaces.ts';
import { reminderAddressView } from './reminderAddressView.ts';

/** Where the caller is reminded, and her departments are: to those of the data office, its own. */
export async function listReminderAddresses(
  { caller }: Call<StaffCaller>,
  services: Services,
): Promise<Outcome> {
  const { database, identity } = services;
  const departments =
    ownPlaces(identity, caller.grants) ??
    identity
      .departments()
      .filter(({ dataOffice }) => dataOffice)
      .map(({ code }) => code);
  const rows = await reminderAddressesOf(database.app, caller.person, departments);
  const addresses = rows.map((row) => reminderAddressView(row, services));
  return allowed(200, { addresses }, { facts: { change: { addresses: addresses.length } } });
}
