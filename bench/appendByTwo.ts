/** Two processes of a hub on one log: their total appends compared with those of one process, and how evenly they share it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeys } from '../hub/platform/keys/createKeys.ts';
import { startPostgres } from '../hub/platform/postgres/startPostgres.ts';
import type { AppenderPlace } from './append/appender.ts';
import { newDatabase } from './append/logs.ts';
import { Forked } from './forked.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const callers = 64;
const rounds = 7;
/** milliseconds of one turn */
const slice = 1_000;

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const stateDir = await mkdtemp(join(tmpdir(), 'datong-bench-two-'));
  const server = await startPostgres({ stateDir });
  const appenders: Forked[] = [];
  try {
    const database = await newDatabase(server, 'two');
    await database.close();
    const keysDir = join(stateDir, 'keys');
    await createKeys(keysDir, 'bench', Date.now());
    const address = { host: server.host, port: server.port, user: server.user, database: 'two' };
    for (const name of ['one', 'other']) {
      const place: AppenderPlace = { address, keysDir, stateDir: join(stateDir, name), callers };
      const program = new URL('append/appender.ts', import.meta.url);
      appenders.push(await Forked.start(program, JSON.stringify(place)));
    }
    return await compare(appenders);
  } finally {
    for (const appender of appenders) await appender.stop();
    await server.destroy();
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function compare(appenders: readonly Forked[]): Promise<readonly BenchRow[]> {
  const together = (milliseconds: number): Promise<number[]> =>
    Promise.all(appenders.map((appender) => appender.ask(milliseconds)));
  await together(2 * slice);
  const ratios: number[] = [];
  const shares: number[] = [];
  const rates = { alone: [] as number[], together: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const alone = (await appenders[round % appenders.length]?.ask(slice)) ?? 1;
    const both = await together(slice);
    const sum = both.reduce((total, rate) => total + rate, 0);
    rates.alone.push(alone);
    rates.together.push(sum);
    ratios.push(sum / alone);
    shares.push(Math.min(...both) / Math.max(...both));
  }
  return [
    {
      figure: 'audit append by two processes',
      value: median(ratios),
      unit: '×',
      against: 'one of them alone on the same log',
      must: { atLeast: 0.5 },
      note: `${median(rates.together).toFixed(0)} against ${median(rates.alone).toFixed(0)} entries/s, ${callers} callers each`,
    },
    {
      figure: 'the slower of two processes that append',
      value: median(shares),
      unit: '×',
      against: 'the faster',
      must: { atLeast: 0.7 },
    },
  ];
}
