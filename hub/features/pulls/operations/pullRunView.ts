import type { components } from '../../../../api/openapi.ts';
import type { PullRunRow } from '../store/runs.ts';
import { moment } from '../../common/listing.ts';

/** `PullRun` of openapi.yaml. */
export const pullRunView = (run: PullRunRow): components['schemas']['PullRun'] => ({
  run: run.id,
  period: run.period,
  begunAt: moment(run.begunAt),
  ...(run.endedAt === null ? {} : { endedAt: moment(run.endedAt) }),
  ...(run.outcome === null ? {} : { outcome: run.outcome }),
  complete: run.complete,
  rows: run.rows,
  ...(run.batch === null || run.batchState === null ? {} : { batch: run.batch, batchState: run.batchState }),
});
