/**
 * Datasets that are computed from readings (`intake.rollup`). A call notes the buckets of time that it changes, in its own transaction.
 * This job computes each of them anew from the stored readings, so that late and corrected readings count (rollups/rollupStep.ts).
 */
import { Problem } from '../../../../terms/problem.ts';
import { receives } from '../../../domain/dataset.ts';
import { DecideAfresh } from '../../../pipeline/call.ts';
import type { Job, JobResult, JobRun, Wait } from '../../../platform/jobs/job.ts';
import type { RegistrySnapshot } from '../../../registry/snapshot.ts';
import { boundRollups, forgetRollups } from '../../rows/store/rollups.ts';
import { rollupFailed, rollupStep, type Computing } from '../rollups/rollupStep.ts';
import type { IntakeServices } from '../services.ts';

/** Milliseconds after which a run begins no further step: other processes may then take the job. */
const maxRunMs = 10_000;

/** Calls of one dataset, and buckets of them, that wait until they are computed. */
const maxWaiting = { calls: 100_000, buckets: 1_000_000 } as const;

export const computeRollups = (services: IntakeServices): Job => ({
  name: 'computeRollups',
  every: 2_000,
  noted: services.noted.rollups,
  lease: 60_000,
  run: async (run): Promise<JobResult> => {
    const { database, registry } = services;
    await registry.refresh();
    const { ids, waiting } = computedDatasets(registry.current);
    await forgetRollups(database.app, ids);
    await boundRollups(database.app, maxWaiting);
    const end = performance.now() + maxRunMs;
    const failures: unknown[] = [];
    const waits: Wait[] = [];
    let isAfresh = false;
    let left = waiting;
    // one step of each dataset in turn
    while (left.length > 0 && !run.signal.aborted && performance.now() < end) {
      const unfinished: Computing[] = [];
      for (const one of left) {
        const outcome = await attempt(services, one, run, { failures, waits });
        if (outcome === 'more') unfinished.push(one);
        isAfresh ||= outcome === 'afresh';
      }
      left = unfinished;
    }
    const more = isAfresh || left.length > 0;
    return { more: more && failures.length === 0 && !run.signal.aborted, failures, waits };
  },
});

/** The computed datasets, and those of them that are computed now: a suspended dataset receives nothing, its buckets wait. */
function computedDatasets({ datasets }: RegistrySnapshot): {
  readonly ids: readonly string[];
  readonly waiting: readonly Computing[];
} {
  const computed = [...datasets.values()].flatMap((dataset) => {
    const { rollup } = dataset.row.intake;
    return rollup === undefined || dataset.row.state === 'retired' ? [] : [{ rollup, dataset }];
  });
  const waiting = computed.flatMap(({ rollup, dataset }) => {
    const source = datasets.get(rollup.of);
    const isWaiting = source !== undefined && source.row.state !== 'retired' && receives(dataset.row.state);
    return isWaiting ? [{ rollup, dataset, source }] : [];
  });
  return { ids: computed.map(({ dataset }) => dataset.row.id), waiting };
}

/** One step of a dataset. Its errors are reported with its name, and do not end those of others. @throws Problem job_taken_over */
async function attempt(
  services: IntakeServices,
  computing: Computing,
  run: JobRun,
  { failures, waits }: { readonly failures: unknown[]; readonly waits: Wait[] },
): Promise<'more' | 'done' | 'afresh'> {
  if (run.signal.aborted) return 'more';
  const { id } = computing.dataset.row;
  try {
    const { more, reasons } = await rollupStep(services, computing, run);
    failures.push(...reasons.map((reason) => rollupFailed(id, reason)));
    return more ? 'more' : 'done';
  } catch (error) {
    // the dataset changed in the meantime: the next run computes the buckets again
    if (error instanceof DecideAfresh) return 'afresh';
    if (error instanceof Problem && error.code === 'job_taken_over') throw error;
    // until a person corrects it: an earlier release accepted it, for example
    if (error instanceof Problem && error.code === 'rollup_unfit') {
      waits.push({ dataset: id, reason: error });
      return 'done';
    }
    const reason =
      error instanceof Problem ? error.text : { zh: '内部错误，见日志', en: 'internal error, see the log' };
    failures.push(rollupFailed(id, reason, error));
    return 'done';
  }
}
