/**
 * GET /v1/figures: what an operator without a monitoring system needs to see. Counters and gauges are those of `/metrics` of this process;
 * jobs, database and growth are those of the whole hub.
 */
import { defined } from '../../../../terms/defined.ts';
import { everywhere } from '../../../domain/cells.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { ReplyOf } from '../../../pipeline/contract.ts';
import { self } from '../../../pipeline/ownership.ts';
import { jobLateSeconds, listJobs, stateOfJob } from '../../../platform/jobs/store/jobs.ts';
import { moment } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import type { Services } from '../../common/services.ts';
import { sizesIn, type RecordedSize } from '../jobs/recordSizes.ts';
import { serverFigures, type ServerFigures } from '../store/serverFigures.ts';
import { authorityEnds, departmentsEnding } from './authorityState.ts';
import { callFigures } from './callFigures.ts';
import type { MetricFamily } from './metricFamily.ts';

type Figures = ReplyOf<'showFigures', 200>;

const day = 86_400_000;

export const showFigures = operation('showFigures', {
  kind: 'inspect',
  permission: { operator: everywhere },
  owner: self,
  run: async (call, services) => {
    const { database, figures: readings } = services;
    const [families, increase, jobs, server, recorded] = await Promise.all([
      readings.families(),
      readings.increase(),
      listJobs(database.app),
      serverFigures(database.app),
      stateOfJob(database.app, 'recordSizes'),
    ]);
    const gauge = gaugesIn(families);
    const figures: Figures = {
      at: moment(call.now),
      process: {
        since: moment((gauge('process_start_time_seconds') ?? 0) * 1_000),
        memoryBytes: gauge('process_resident_memory_bytes') ?? 0,
        eventLoopMs: Math.round((gauge('nodejs_eventloop_lag_p99_seconds') ?? 0) * 10_000) / 10,
      },
      calls: {
        seconds: Math.round(increase.seconds),
        byOperation: [...callFigures(increase)],
        early: increase
          .of('datong_refused_total')
          .filter(({ value }) => value > 0)
          .map(({ labels, value }) => ({ reason: String(labels['reason']), count: value })),
      },
      waiting: defined({
        appends: gauge('log_waiting'),
        statements: gauge('database_waiting'),
        reminders: gauge('reminders_waiting'),
      }),
      log: defined({
        entries: gauge('log_entries'),
        withoutIndex: gauge('log_index_behind'),
        withoutTiles: gauge('log_tiles_behind'),
        withoutVerification: gauge('log_verification_behind'),
      }),
      jobs: jobs.map((job) => ({
        name: job.name,
        running: job.running,
        lateSeconds: jobLateSeconds(job, call.now),
        ...defined({
          outcome: job.outcome ?? undefined,
          succeededAt: job.succeededAt === null ? undefined : moment(job.succeededAt),
        }),
      })),
      database: databaseView(server),
      growth: await growthOf(
        database,
        { bytes: server.bytes, entries: gauge('log_entries') ?? 0 },
        sizesIn(recorded?.state),
        call.now,
      ),
      certificates: certificatesOf(services, call.now),
    };
    return allowed<'showFigures'>(200, figures, { facts: {} });
  },
});

/** The value of a gauge without labels, by its name without `datong_`; undefined where it could not be read. */
const gaugesIn =
  (families: readonly MetricFamily[]) =>
  (name: string): number | undefined =>
    families.find((family) => family.name === `datong_${name}`)?.values[0]?.value;

const databaseView = ({
  cacheShare,
  oldestTransactionSeconds,
  ...server
}: ServerFigures): Figures['database'] => ({
  ...server,
  oldestTransactionSeconds: Math.round(oldestTransactionSeconds),
  ...defined({ cacheShare: cacheShare ?? undefined }),
});

/** Growth since the oldest recorded size, where it is a day or more ago, and the days until the disk is full at that rate. */
async function growthOf(
  { storage }: Pick<Services['database'], 'storage'>,
  { bytes, entries }: Omit<RecordedSize, 'at'>,
  [first]: readonly RecordedSize[],
  now: number,
): Promise<Figures['growth']> {
  const freeBytes = await storage.room();
  if (first === undefined || now - first.at < day) return defined({ freeBytes });
  const days = (now - first.at) / day;
  const bytesPerDay = Math.round((bytes - first.bytes) / days);
  return {
    since: moment(first.at),
    bytesPerDay,
    entriesPerDay: Math.round((entries - first.entries) / days),
    ...defined({
      freeBytes,
      daysLeft: freeBytes === undefined || bytesPerDay <= 0 ? undefined : Math.floor(freeBytes / bytesPerDay),
    }),
  };
}

function certificatesOf({ keys, identity }: Services, now: number): Figures['certificates'] {
  const { revocationList, certificate } = identity.validity();
  const ends = [
    ...authorityEnds(keys.authority),
    { what: 'listener' as const, at: certificate },
    { what: 'revocation-list' as const, at: revocationList },
  ];
  return {
    ends: ends.map(({ what, at }) => ({ what, until: moment(at) })),
    departmentsEnding: departmentsEnding(identity, now),
  };
}
