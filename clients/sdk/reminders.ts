/** Where persons and departments are reminded, as the hub answers it. */
import type { components } from '../../api/openapi.ts';

export type ReminderAddressList = components['schemas']['ReminderAddressList'];
export type RemindersSet = components['schemas']['RemindersSet'];
