/**
 * Queues reminders of open events (联动) within seconds: of those that wait for an acknowledgement, and of missed deadlines that were
 * escalated. It runs when an event opened or a stage was reached since its last run; `sendReminders` reports everything else.
 */
import { openEventsMark } from '../../events/store/openEventChanges.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { everyAddress, queueReminder, type ReminderServices } from './sendReminders.ts';

export const remindOfEvents = (services: ReminderServices): Job => ({
  name: 'remindOfEvents',
  every: 5_000,
  lease: 60_000,
  run: async (run) => {
    const { app } = services.database;
    const mark = await openEventsMark(app);
    if (run.state === mark) return {};
    let all = true;
    const failures: unknown[] = [];
    for await (const place of everyAddress(app)) {
      if (run.signal.aborted) return { failures };
      try {
        const items = await services.waiting(place, run.now(), ['events']);
        if (items !== undefined) all = (await queueReminder(services, place, items, run, failures)) && all;
      } catch (error) {
        // the other addresses go on, and the next run tries this one again
        failures.push(error);
      }
    }
    return all && failures.length === 0 ? { state: mark } : { failures };
  },
});
