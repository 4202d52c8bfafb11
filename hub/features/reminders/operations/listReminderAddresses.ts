import { allowed } from '../../../pipeline/call.ts';
import { reminderAddressesOf } from '../store/addresses.ts';
import { ownPlaces } from '../../../identity/staffPlaces.ts';
import { reminderAddressView } from './reminderAddressView.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Where the caller is reminded, and her departments are: to those of the data office, its own. */
export const listReminderAddresses = operation('listReminderAddresses', {
  kind: 'inspect',
  // where one is reminded of it: a person says it for herself, a steward for her department
  permission: everyone,
  owner: self,
  run: async ({ caller }, services) => {
    const { database, identity } = services;
    const departments =
      ownPlaces(identity, caller.grants) ??
      identity
        .departments()
        .filter(({ dataOffice }) => dataOffice)
        .map(({ code }) => code);
    const rows = await reminderAddressesOf(database.app, caller.person, departments);
    const addresses = rows.map((row) => reminderAddressView(row, services));
    return allowed<'listReminderAddresses'>(
      200,
      { addresses },
      { facts: { change: { addresses: addresses.length } } },
    );
  },
});
