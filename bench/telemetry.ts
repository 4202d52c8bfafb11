/**
 * The cost of `telemetry` in hub.json with its default limits: one-record releases of a hub that sends traces and metrics, compared with the
 * same hub without a receiver. One hub runs at a time, on the same database and keys, so that each side bears the cost of its exports.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleCity, testHub, type City, type TestHub } from '../tests/hub.ts';
import { startPostgres } from '../hub/platform/postgres/startPostgres.ts';
import { newDatabase } from './append.ts';
import { LoadProcess, ofHub, requestedRow } from './load.ts';
import { sendRegister } from './release.ts';
import { Forked, inTurns, type Bench, type BenchRow } from './row.ts';

const rows = 20_000;
const sockets = 16;
const rounds = 7;
/** as long as the interval between two exports of the metrics: each slice has one */
const sliceMs = 15_000;
const warmUp = 3_000;
/** requests that are prepared for a slice: more than are answered */
const maxRequests = 25_000;

export const telemetryBench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-telemetry-'));
  const server = await startPostgres({ stateDir: folder });
  const receiver = await Forked.start({ program: 'receive' });
  const load = new LoadProcess();
  try {
    const database = await newDatabase(server, 'telemetry');
    const common = { database, keysDir: join(folder, 'keys'), calls: { rate: 1e9, burst: 1e9 } };
    const first = await testHub({ ...common, jobsByTime: false });
    const city = await sampleCity(first, 1_000_000_000);
    const people = await sendRegister(city, rows);
    await first.stop();
    const endpoint = `http://127.0.0.1:${await receiver.ask(0)}`;
    const side = async (config: Readonly<Record<string, unknown>>): Promise<number> => {
      const hub = await testHub({ ...common, jobsByTime: false, config });
      try {
        return await cpuOfAnswer(hub, city, people, load);
      } finally {
        await hub.stop();
      }
    };
    const { ratio, base, measured } = await inTurns(
      rounds,
      () => side({}),
      () => side({ telemetry: { endpoint } }),
    );
    await database.close();
    return [
      {
        figure: 'traces and metrics to a receiver, default limits, 16 sockets',
        value: 100 * (ratio - 1),
        unit: '%',
        against: 'CPU of the hub for the same releases without a receiver',
        must: { atMost: 2 },
        note: `${base.toFixed(3)} and ${measured.toFixed(3)} ms an answer`,
      },
    ];
  } finally {
    load.stop();
    await receiver.stop();
    await server.destroy();
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns milliseconds of this process's CPU for each answer of a slice */
async function cpuOfAnswer(
  hub: TestHub,
  { education }: City,
  people: readonly string[],
  load: LoadProcess,
): Promise<number> {
  const name = 'hub';
  await load.connect({ ...ofHub(hub, education), name, asked: requestedRow, people }, sockets);
  await load.cpuOfAnswer(name, warmUp, 60_000);
  return load.cpuOfAnswer(name, maxRequests, sliceMs);
}
