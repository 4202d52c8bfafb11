/** Reports an expected batch that did not arrive, once for each day by which it was due. The entry is shown to its department. */
import { Problem } from '../../../../terms/problem.ts';
import { silentDatasets } from '../../../flows/intake/silentDatasets.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { isReported, noteSilence } from '../../../flows/intake/store/silence.ts';
import type { Job } from '../../../platform/jobs/job.ts';

export const notifyOfOverdueDatasets = (reader: Reader): Job => ({
  name: 'tellSilence',
  every: 900_000,
  lease: 60_000,
  run: async (run) => {
    for (const { dataset, department, from, due } of await silentDatasets(reader, run.now())) {
      if (run.signal.aborted) break;
      if (await isReported(reader, dataset, due)) continue;
      const reported = run.act({
        dataset,
        provider: department,
        change: { from, due },
        work: async (transaction, exchange) => {
          if (!(await noteSilence(transaction, dataset, due, exchange)))
            throw new Problem('transition_not_allowed', {
              what: `Dataset ${dataset}`,
              state: 'told',
              act: 'tell',
            });
        },
      });
      await reported.catch((error: unknown) => {
        // another process reported it in the meantime
        if (!(error instanceof Problem && error.code === 'transition_not_allowed')) throw error;
      });
    }
    return {};
  },
});
