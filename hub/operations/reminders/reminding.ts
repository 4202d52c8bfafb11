import type { OperationRows } from '../../gate/bindRows.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { listReminderAddresses } from './listReminderAddresses.ts';
import { setDepartmentReminders } from './setDepartmentReminders.ts';
import { setOwnReminders } from './setOwnReminders.ts';

/** Who is reminded, and where. */
export const reminding = {
  listReminderAddresses: { kind: 'inspect', run: listReminderAddresses },
  setOwnReminders: { kind: 'management', run: setOwnReminders },
  setDepartmentReminders: { kind: 'management', run: setDepartmentReminders },
} as const satisfies OperationRows<StaffCaller, Services>;
