/** Ends the first approval of a dataset's retirement when no second person approves in time. */
import { dayInChina } from '../../../../terms/civilDate.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { endingDatasets, lapseEnding } from '../../../registry/store/endings.ts';
import type { Job } from '../../../platform/jobs/job.ts';

export const lapseRetirements = (reader: Reader): Job => ({
  name: 'lapseRetirements',
  every: 900_000,
  lease: 60_000,
  run: async (run) => {
    const today = dayInChina(run.now());
    for (const { id, department, endingUntil } of await endingDatasets(reader)) {
      if (run.signal.aborted) break;
      if (endingUntil === null || today <= endingUntil) continue;
      const lapsed = run.act({
        dataset: id,
        provider: department,
        change: { kind: 'Dataset', id, act: 'lapse' },
        work: async (transaction) => {
          if (!(await lapseEnding(transaction, id, today)))
            throw new Problem('transition_not_allowed', {
              what: `Dataset ${id}`,
              state: 'moved',
              act: 'retire',
            });
        },
      });
      await lapsed.catch((error: unknown) => {
        // agreed to or requested again in the meantime
        if (!(error instanceof Problem && error.code === 'transition_not_allowed')) throw error;
      });
    }
    return {};
  },
});
