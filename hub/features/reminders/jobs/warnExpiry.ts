/** Notifies both parties of agreements before their term ends. Each step is reported once, by an entry that both see. */
import { expiryStep, expirySteps } from '../../../domain/expiry.ts';
import { exceptAltered } from '../../../platform/database/exceptAltered.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import {
  expiringAgreements,
  isWarned,
  noteWarning,
  type ExpiringAgreement,
} from '../../../registry/store/policy/agreements.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';

const dayMs = 86_400_000;

export const warnExpiry = (reader: Reader): Job => ({
  name: 'warnExpiry',
  every: 3_600_000,
  lease: 60_000,
  run: async (run) => {
    const now = run.now();
    const failures: unknown[] = [];
    for (const agreement of await expiringAgreements(reader, now, now + expirySteps[0] * dayMs)) {
      if (run.signal.aborted) break;
      await exceptAltered(failures, () => warn(reader, run, agreement));
    }
    return { failures };
  },
});

/** Writes nothing where the step was reported before, or another process reports it in the meantime. */
async function warn(reader: Reader, run: JobRun, agreement: ExpiringAgreement): Promise<void> {
  const { id, version, consumer, provider, until } = agreement;
  const days = expiryStep(until, run.now());
  if (days === undefined || (await isWarned(reader, agreement, days))) return;
  await run.act({
    consumer,
    provider,
    agreement: id,
    change: { document: `${id}@${version}`, until: new Date(until).toISOString(), days },
    work: async (transaction, exchange) =>
      (await noteWarning(transaction, agreement, days, exchange)) ? undefined : 'skip',
  });
}
