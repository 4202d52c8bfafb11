/**
 * Two processes of a hub on one database, as `serve --workers 2` starts them: the CPU of an answer compared with that of one process under the
 * same load. Both are core time of the processes and the database.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleCity, testHub } from '../tests/hub.ts';
import { startPostgres } from '../hub/platform/postgres/startPostgres.ts';
import { newDatabase } from './append.ts';
import { LoadProcess, ofHub, requestedRow } from './load.ts';
import { sendRegister } from './release.ts';
import { coreSpent, Forked, inTurns, median, type Bench, type BenchRow } from './row.ts';

const rows = 20_000;
/** of each of the two processes that send: a load that one process carries with ease, and one that is divided for a reason */
const socketsOfLoads = [8, 32] as const;
const rounds = 7;
const sliceMs = 5_000;
const warmUp = 3_000;
/** requests that are prepared for a slice: more than are answered */
const maxRequests = 15_000;

export const releaseByTwoBench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-two-'));
  const server = await startPostgres({ stateDir: folder });
  const loads = [new LoadProcess(), new LoadProcess()];
  const keysDir = join(folder, 'keys');
  const database = await newDatabase(server, 'two');
  const hub = await testHub({ database, keysDir, calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
  const city = await sampleCity(hub, 1_000_000_000);
  const people = await sendRegister(city, rows);
  const other = await Forked.start({ program: 'hub', address: database.address, keysDir });
  try {
    const port = await other.ask(0);
    const spentHere = coreSpent(server);
    const ofHubs = async (): Promise<number> => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000 + (await other.ask(1));
    };
    const spent = async (): Promise<number> => spentHere() + (await other.ask(1));
    const target = { ...ofHub(hub, city.education), asked: requestedRow, people };
    const measure = async (sockets: number): Promise<BenchRow> => {
      const shareOfHubs: Record<'one' | 'two', number[]> = { one: [], two: [] };
      for (const [nth, load] of loads.entries()) {
        await load.connect({ ...target, name: 'one' }, sockets);
        await load.connect({ ...target, name: 'two', ...(nth === 0 ? {} : { port }) }, sockets);
      }
      const side = async (name: 'one' | 'two', requests: number, milliseconds: number): Promise<number> => {
        await Promise.all(loads.map((load) => load.prepare(name, requests)));
        const [before, hubsBefore] = [await spent(), await ofHubs()];
        const slices = await Promise.all(loads.map((load) => load.run(name, milliseconds)));
        const answers = slices.reduce((sum, slice) => sum + slice.answers, 0);
        shareOfHubs[name].push(((await ofHubs()) - hubsBefore) / answers);
        return ((await spent()) - before) / answers;
      };
      for (const name of ['one', 'two'] as const) await side(name, warmUp, 60_000);
      const { ratio, base, measured } = await inTurns(
        rounds,
        () => side('one', maxRequests, sliceMs),
        () => side('two', maxRequests, sliceMs),
      );
      return {
        figure: `CPU of a one-record release by two processes, ${2 * sockets} sockets`,
        value: ratio,
        unit: '×',
        against: 'the same load on one process; hubs and database',
        must: { atMost: 1.15 },
        note: `${measured.toFixed(3)} against ${base.toFixed(3)} ms an answer, of these hubs ${median(shareOfHubs.two).toFixed(3)} and ${median(shareOfHubs.one).toFixed(3)}`,
      };
    };
    const figures: BenchRow[] = [];
    for (const sockets of socketsOfLoads) figures.push(await measure(sockets));
    return figures;
  } finally {
    for (const load of loads) load.stop();
    await other.stop();
    await hub.stop();
    await database.close();
    await server.destroy();
    await rm(folder, { recursive: true, force: true });
  }
}
