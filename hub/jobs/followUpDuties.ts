/** What consumers owe is read from the log as it grows, so that no answer waits for it; what is overdue is told once, to both sides. */
import { dutyOfText } from '../../policies/obligations/dutyWindow.ts';
import { civilDateInChina, civilDateText } from '../../terms/civilDate.ts';
import { Problem } from '../../terms/problem.ts';
import type { OpenedAuditLog } from '../audit/openAuditLog.ts';
import type { Reader } from '../store/database/reader.ts';
import { addDuties, type NewDuty } from '../store/duties/addDuties.ts';
import { noteTold } from '../store/duties/answerDuties.ts';
import { untoldOverdue } from '../store/duties/listDuties.ts';
import { dutyProgress, receivedByDay, type ReceivedOnDay } from '../store/duties/receivedByDay.ts';
import type { Job, JobRun } from './job.ts';

/** Entries of one run; more wait for the next, which begins at once. */
const entriesAtOnce = 20_000;
const toldAtOnce = 100;

export const followUpDuties = (reader: Reader, audit: Pick<OpenedAuditLog, 'size'>): Job => ({
  name: 'followUpDuties',
  every: 60_000,
  lease: 60_000,
  run: async (run) => {
    const from = await dutyProgress(reader);
    const to = Math.min(audit.size(), from + entriesAtOnce);
    if (to > from) await addDuties(reader, together(await receivedByDay(reader, from, to)), { from, to });
    const told = await tellOverdue(reader, run);
    return { more: (to === from + entriesAtOnce || told === toldAtOnce) && !run.signal.aborted };
  },
});

/** Days of one window are one duty. */
function together(days: readonly ReceivedOnDay[]): NewDuty[] {
  const found = new Map<string, NewDuty>();
  for (const { obligation: text, day, exchanges, ...of } of days) {
    const duty = dutyOfText(text, day);
    if (duty === undefined) continue;
    const { obligation, from: receivedFrom, until: receivedUntil, due } = duty;
    const key = [of.consumer, of.agreement, of.dataset, of.purpose, obligation, receivedFrom].join(' ');
    const before = found.get(key);
    // a new version of the agreement may change the period within a day: the earlier day holds
    found.set(key, {
      ...of,
      obligation,
      receivedFrom,
      receivedUntil,
      due: before !== undefined && before.due < due ? before.due : due,
      exchanges: exchanges + (before?.exchanges ?? 0),
    });
  }
  return [...found.values()];
}

/** @returns how many were overdue and not told */
async function tellOverdue(reader: Reader, run: JobRun): Promise<number> {
  const today = civilDateText(civilDateInChina(run.now()));
  const overdue = await untoldOverdue(reader, today, toldAtOnce);
  for (const { id, obligation, consumer, provider, dataset, agreement, due } of overdue) {
    if (run.signal.aborted) break;
    const told = run.act({
      operation: 'tellOverdueDuty',
      ...{ consumer, provider, dataset, agreement },
      change: { duty: id, obligation, due },
      work: async (transaction, exchange) => {
        if (!(await noteTold(transaction, id, exchange)))
          throw new Problem('transition_not_allowed', { what: `duty ${id}`, state: 'answered', act: 'tell' });
      },
    });
    await told.catch((error: unknown) => {
      // answered while it was looked at
      if (!(error instanceof Problem && error.code === 'transition_not_allowed')) throw error;
    });
  }
  return overdue.length;
}
