/** Notifies both parties of agreements before their term ends. Each step is reported once, by an entry that both see. */
import { Problem } from '../../../../terms/problem.ts';
import { expiryStep, expirySteps } from '../../../domain/expiry.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { expiringAgreements, noteWarning } from '../../../registry/store/policy/agreements.ts';
import type { Job } from '../../../platform/jobs/job.ts';

const dayMs = 86_400_000;

export const warnExpiry = (reader: Reader): Job => ({
  name: 'warnExpiry',
  every: 3_600_000,
  lease: 60_000,
  run: async (run) => {
    const now = run.now();
    for (const agreement of await expiringAgreements(reader, now, now + expirySteps[0] * dayMs)) {
      if (run.signal.aborted) break;
      const { id, version, consumer, provider, until, told: reported } = agreement;
      const days = expiryStep(until, now);
      if (days === undefined || (reported !== null && reported <= days)) continue;
      const acted = run.act({
        consumer,
        provider,
        agreement: id,
        change: { document: `${id}@${version}`, until: new Date(until).toISOString(), days },
        work: async (transaction, exchange) => {
          if (!(await noteWarning(transaction, agreement, days, exchange)))
            throw new Problem('transition_not_allowed', {
              what: `Agreement ${id}`,
              state: 'told',
              act: 'tell',
            });
        },
      });
      await acted.catch((error: unknown) => {
        // another process reported it in the meantime
        if (!(error instanceof Problem && error.code === 'transition_not_allowed')) throw error;
      });
    }
    return {};
  },
});
