import { nextPeriods } from '../../../domain/periods.ts';
import type { Job, JobResult } from '../../../platform/jobs/job.ts';
import { datasetById, intakeRulesOf } from '../../../registry/store/datasets.ts';
import { readyTable } from '../../lastingTable.ts';
import { periodsThere } from '../../rows/store/periods.ts';
import type { IntakeServices } from '../services.ts';

/**
 * Creates the partitions of coming periods for datasets whose rows come by call, so that no call waits for one. A dataset at its maximum
 * of periods gets none; rows of these periods are then quarantined.
 */
export const makePeriods = (services: Pick<IntakeServices, 'database' | 'registry'>): Job => ({
  name: 'makePeriods',
  every: 900_000,
  lease: 300_000,
  run: async (run): Promise<JobResult> => {
    const { database, registry } = services;
    await registry.refresh();
    const failures: unknown[] = [];
    for (const { row, schema } of registry.current.datasets.values()) {
      if (run.signal.aborted) break;
      const { byCall, periods } = intakeRulesOf(row);
      if (byCall === undefined || periods === undefined || row.state === 'retired') continue;
      if (((await datasetById(database.app, row.id))?.currentBatch ?? null) === null) continue;
      const there = new Set(await periodsThere(database.app, row.id, schema));
      const missing = nextPeriods(periods, run.now()).filter((period) => !there.has(period));
      if (missing.length === 0) continue;
      await readyTable(services, { row, schema }, missing, { byCall: true }).catch((error: unknown) =>
        failures.push(error),
      );
    }
    return { failures };
  },
});
