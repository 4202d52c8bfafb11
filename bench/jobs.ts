/**
 * The cost of the hub's own jobs relative to the releases that cause them: a minute of one-record releases over mutual TLS, and all jobs of
 * such a minute, each at its interval. Both are core time of hub and database, so that the share is what the releases lose where no core is
 * idle.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../hub/platform/postgres/startPostgres.ts';
import { sampleCity, testHub, type TestHub } from '../tests/hub.ts';
import { newDatabase } from './append/logs.ts';
import { coreSpent } from './coreTime.ts';
import { requestedRow, LoadProcess, ofHub } from './release/load.ts';
import { sendRegister } from './release/register.ts';
import type { Bench, BenchRow } from './row.ts';

const rows = 20_000;
const sockets = 64;
const warmUp = 6_000;
const minute = 60_000;
/** milliseconds between two checks for due jobs; a more frequent job counts as often */
const slice = 5_000;
const most = 25_000;

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-bench-jobs-'));
  const server = await startPostgres({ stateDir });
  try {
    const database = await newDatabase(server, 'jobs');
    const hub = await testHub({ database, calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
    try {
      return [await share(hub, coreSpent(server))];
    } finally {
      await hub.stop();
    }
  } finally {
    await server.destroy();
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function share(hub: TestHub, spent: () => number): Promise<BenchRow> {
  const load = new LoadProcess();
  try {
    const city = await sampleCity(hub, 1_000_000_000);
    const people = await sendRegister(city, rows);
    await load.connect({ ...ofHub(hub, city.education), name: 'hub', asked: requestedRow, people }, sockets);
    /** a core's milliseconds, and answers, of releases for so long */
    const released = async (milliseconds: number, count: number) => {
      await load.prepare('hub', count);
      const before = spent();
      const { answers } = await load.run('hub', milliseconds);
      return { core: spent() - before, answers };
    };
    const { runner } = hub.hub;
    /** core milliseconds of a job, run now, and again while it reports more work */
    const done = async (name: string): Promise<number> => {
      const before = spent();
      do {
        const outcome = await runner.run(name);
        if (outcome !== 'ok') throw new Error(`${name}: ${outcome ?? 'is done elsewhere'}`);
      } while (await isDue(hub, name));
      return spent() - before;
    };
    await released(60_000, warmUp);
    for (const { name } of runner.jobs) await done(name);
    const total = { releases: 0, answers: 0 };
    const jobs = new Map<string, number>();
    for (let elapsed = slice; elapsed <= minute; elapsed += slice) {
      const { core, answers } = await released(slice, most);
      total.releases += core;
      total.answers += answers;
      for (const { name, every, early } of runner.jobs) {
        // a job less frequent than once a minute has this minute's entries to read too
        if (every > slice && elapsed % Math.min(every, minute) >= slice && early?.() !== true) continue;
        jobs.set(name, (jobs.get(name) ?? 0) + (await done(name)) * Math.max(1, slice / every));
      }
    }
    const taken = [...jobs].sort(([, a], [, b]) => b - a);
    const sum = taken.reduce((ms, [, one]) => ms + one, 0);
    return {
      figure: 'the hub’s own jobs beside one-record releases, 64 sockets',
      value: (100 * sum) / total.releases,
      unit: '%',
      against: 'the same minute’s releases, a core’s time of hub and database',
      must: { atMost: 5 },
      note: `${total.answers.toLocaleString('en')} releases; ${taken
        .slice(0, 5)
        .map(([name, ms]) => `${name} ${((100 * ms) / total.releases).toFixed(2)}`)
        .join(', ')}`,
    };
  } finally {
    load.stop();
  }
}

async function isDue({ hub: { database } }: TestHub, name: string): Promise<boolean> {
  const { rows } = await database.owner.query<{ due: boolean }>(
    'SELECT due <= to_timestamp($2::double precision / 1000) AS due FROM job WHERE name = $1',
    [name, database.now()],
  );
  return rows[0]?.due === true;
}
