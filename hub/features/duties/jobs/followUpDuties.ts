/** Notifies consumer and provider, once, of duties that the consumer did not answer in time. */
import { dayInChina } from '../../../../terms/civilDate.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { noteNotified, untoldOverdue } from '../store/duties.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';

const notifiedAtOnce = 100;

export const followUpDuties = (reader: Reader): Job => ({
  name: 'followUpDuties',
  every: 60_000,
  lease: 60_000,
  run: async (run) => ({
    more: (await notifyOverdueDuties(reader, run)) === notifiedAtOnce && !run.signal.aborted,
  }),
});

/** @returns number of overdue duties that this call read, at most `notifiedAtOnce` */
async function notifyOverdueDuties(reader: Reader, run: JobRun): Promise<number> {
  const today = dayInChina(run.now());
  const overdue = await untoldOverdue(reader, today, notifiedAtOnce);
  for (const { id, obligation, consumer, provider, dataset, agreement, due } of overdue) {
    if (run.signal.aborted) break;
    const reported = run.act({
      operation: 'tellOverdueDuty',
      consumer,
      provider,
      dataset,
      agreement,
      change: { duty: id, obligation, due },
      work: async (transaction, exchange) => {
        if (!(await noteNotified(transaction, id, exchange)))
          throw new Problem('transition_not_allowed', { what: `duty ${id}`, state: 'answered', act: 'tell' });
      },
    });
    await reported.catch((error: unknown) => {
      // answered in the meantime
      if (!(error instanceof Problem && error.code === 'transition_not_allowed')) throw error;
    });
  }
  return overdue.length;
}
