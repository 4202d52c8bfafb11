import { Problem } from '../../../../terms/problem.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { closeStream, abandonedStreams, type AbandonedStream } from '../store/streams.ts';
import type { ActFacts } from '../../../platform/jobs/act.ts';
import type { Job } from '../../../platform/jobs/job.ts';

/** Maximum of streams closed in one run. */
const maxStreams = 100;
const why = 'hub_lost';

/** Appends the last entry for streams and provider connections whose process died. How much of such a stream was read is unknown. */
export const closeStreams = (reader: Reader): Job => ({
  name: 'closeStreams',
  every: 30_000,
  lease: 60_000,
  run: async (run) => {
    const lost = await abandonedStreams(reader, maxStreams);
    for (const one of lost) {
      if (run.signal.aborted) break;
      const closing = run.act({
        ...lastEntry(one),
        work: async (transaction) => {
          if (!(await closeStream(transaction, one.id, { onlyAbandoned: true })))
            throw new Problem('transition_not_allowed', {
              what: `stream ${one.id}`,
              state: 'closed',
              act: 'close',
            });
        },
      });
      await closing.catch((error: unknown) => {
        // its own process ended it after all
        if (!(error instanceof Problem && error.code === 'transition_not_allowed')) throw error;
      });
    }
    return { more: lost.length === maxStreams && !run.signal.aborted };
  },
});

function lastEntry({ id, kind, facts }: AbandonedStream): ActFacts {
  if (kind === 'stream')
    return {
      ...(facts as Pick<ActFacts, 'dataset' | 'provider' | 'consumer' | 'agreement'>),
      operation: 'streamRecords',
      kind: 'release',
      rows: { delivered: 0, withheld: 0 },
      stream: { id, state: 'aborted', why },
    };
  const { provider, datasets } = facts as { readonly provider: string; readonly datasets: readonly string[] };
  return { provider, operation: 'openConnector', connector: { id, state: 'closed', datasets, why } };
}
