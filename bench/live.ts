/**
 * The extra cost of a live release compared with a hosted one: CPU of the hub's process for each answer, both requested in turns for one
 * record, over mutual TLS with all features on. Consumer and provider (`datong client provide` on a file) run in separate processes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { householdFile } from '../clients/cli/demo/files/householdFile.ts';
import type { ProfileDocument } from '../clients/sdk/profile.ts';
import { datongBin, datongEnvironment } from '../tests/datong.ts';
import { sampleCity, testHub, type City, type TestHub } from '../tests/hub.ts';
import { householdRow, liveDataset } from '../tests/flows/liveProvider.ts';
import { requestedRow, LoadProcess, ofHub, type Requested } from './release/load.ts';
import { registerSeed, sendRegister } from './release/register.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const rows = 2_000;
const rounds = 5;
const answersOfRound = 600;
const warmUp = 6_000;
const sockets = 8;

export const bench: Bench = { run };

type Kind = 'hosted' | 'live';
const requested: Readonly<Record<Kind, Requested>> = {
  hosted: requestedRow,
  live: { what: 'rows', dataset: liveDataset, agreement: 'agr-school-enrolment-live' },
};

async function run(): Promise<readonly BenchRow[]> {
  // the hub's own jobs depend on the clock, not on calls, and have a separate bench (jobs.ts)
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
  const home = await mkdtemp(join(tmpdir(), 'datong-bench-live-'));
  const load = new LoadProcess();
  let provider: ReturnType<typeof spawn> | undefined;
  try {
    const city = await sampleCity(hub, 1_000_000_000);
    await city.apply('household-live/dataset.yaml');
    await city.apply('household-live/agreement.yaml', [city.education, city.publicSecurity]);
    const people = await sendRegister(city, rows);
    provider = await provide(hub, city, home);
    return await compare(hub, city, load, people);
  } finally {
    load.stop();
    provider?.kill('SIGTERM');
    await hub.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function compare(
  hub: TestHub,
  { education }: City,
  load: LoadProcess,
  people: readonly string[],
): Promise<readonly BenchRow[]> {
  for (const name of ['hosted', 'live'] as const)
    await load.connect({ ...ofHub(hub, education), name, asked: requested[name], people }, sockets);
  const cost = async (kind: Kind, most: number): Promise<number> => {
    await load.prepare(kind, most);
    const before = process.cpuUsage();
    const { answers } = await load.run(kind, 60_000);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / answers;
  };
  await cost('hosted', warmUp);
  await cost('live', warmUp);
  const costs = { hosted: [] as number[], live: [] as number[], added: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const hosted = await cost('hosted', answersOfRound);
    const live = await cost('live', answersOfRound);
    costs.hosted.push(hosted);
    costs.live.push(live);
    costs.added.push(live - hosted);
  }
  return [
    {
      figure: 'live release, CPU of the hub beyond a hosted one',
      value: median(costs.added),
      unit: 'ms',
      against: 'hosted one-record release',
      must: { atMost: 1 },
      note: `${median(costs.live).toFixed(2)} ms against ${median(costs.hosted).toFixed(2)} ms an answer, ${sockets} sockets`,
    },
  ];
}

async function provide(
  hub: TestHub,
  { publicSecurity }: City,
  home: string,
): Promise<ReturnType<typeof spawn>> {
  const { exchange, open } = hub.hub.origins;
  const profile: ProfileDocument = {
    v: 1,
    department: publicSecurity.department,
    hub: { exchange, open, ca: hub.ca, keys: { keys: [] } },
    tls: publicSecurity.tls,
    signingKey: publicSecurity.signing.privateKey.export({ format: 'jwk' }),
  };
  await writeFile(join(home, 'datong.json'), JSON.stringify(profile), { mode: 0o600 });
  const lines = householdFile(rows, registerSeed).good.map((person) => JSON.stringify(householdRow(person)));
  await writeFile(join(home, 'register.ndjson'), `${lines.join('\n')}\n`);
  await writeFile(
    join(home, 'provide.yaml'),
    `datasets: { ${liveDataset}: { file: { path: register.ndjson } } }\n`,
  );
  const child = spawn(process.execPath, [datongBin, 'provide'], {
    cwd: home,
    env: datongEnvironment(),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(createInterface(child.stdout), 'line');
  return child;
}
