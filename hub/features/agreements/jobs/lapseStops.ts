/** Resumes agreements whose provider's stop has expired, unless the data office also stopped them. A stop cannot end an agreement. */
import { Problem } from '../../../../terms/problem.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { isSpent, providerStopEnds } from '../../../domain/stops.ts';
import { exceptAltered } from '../../../platform/database/exceptAltered.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { setStops } from '../../../registry/store/policy/policyDocuments.ts';
import { providerStopSince, stoppedAgreements } from '../../../registry/store/policy/stops.ts';
import type { Job } from '../../../platform/jobs/job.ts';
import { present } from '../../../../terms/defined.ts';

export const lapseStops = (reader: Reader): Job => ({
  name: 'lapseStops',
  every: 900_000,
  lease: 60_000,
  run: async (run) => {
    const failures: unknown[] = [];
    for (const row of await stoppedAgreements(reader)) {
      if (run.signal.aborted) break;
      const { id, version, kind, digest, consumer, provider } = row;
      const { provider: stopped, ...others } = row.stops;
      if (stopped === undefined || others.office !== undefined) continue;
      const first = await exceptAltered(failures, () => providerStopSince(reader, id));
      if (first === undefined) continue;
      if (!isSpent(providerStopEnds(first, chinaWorkingCalendar), run.now())) continue;
      const state = Object.keys(others).length === 0 ? 'active' : 'suspended';
      const lapsed = run.act({
        agreement: id,
        ...present({ consumer, provider }),
        change: {
          document: `${id}@${version}`,
          kind,
          state,
          digest,
          changed: true,
          side: 'provider',
          act: 'lapse',
        },
        work: async (transaction, exchange) => {
          if (!(await setStops(transaction, row, others, exchange)))
            throw new Problem('transition_not_allowed', {
              what: `Agreement ${id}@${version}`,
              state: row.state,
              act: 'resume',
            });
        },
        bumpsEpoch: true,
      });
      await lapsed.catch((error: unknown) => {
        // lifted or stopped by another party in the meantime: the next run checks again
        if (!(error instanceof Problem && error.code === 'transition_not_allowed')) throw error;
      });
    }
    return { failures };
  },
});
