/** Reports an expected batch that did not arrive, once for each day by which it was due. The entry is shown to its department. */
import { silentDatasets, type SilentDataset } from '../../../flows/intake/silentDatasets.ts';
import { exceptAltered } from '../../../platform/database/exceptAltered.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { isReported, noteSilence } from '../../../flows/intake/store/silence.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';

export const notifyOfOverdueDatasets = (reader: Reader): Job => ({
  name: 'tellSilence',
  every: 900_000,
  lease: 60_000,
  run: async (run) => {
    const failures: unknown[] = [];
    for (const one of await silentDatasets(reader, run.now())) {
      if (run.signal.aborted) break;
      await exceptAltered(failures, () => report(reader, run, one));
    }
    return { failures };
  },
});

/** Writes nothing where the day was reported before, or another process reports it in the meantime. */
async function report(
  reader: Reader,
  run: JobRun,
  { dataset, department, from, due }: SilentDataset,
): Promise<void> {
  if (await isReported(reader, dataset, due)) return;
  await run.act({
    dataset,
    provider: department,
    change: { from, due },
    work: async (transaction, exchange) =>
      (await noteSilence(transaction, dataset, due, exchange)) ? undefined : 'skip',
  });
}
