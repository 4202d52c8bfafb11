/**
 * One-record release with everything on: mutual TLS, signed both ways, decision, row fetch, three masks, durable entry, receipt.
 * Against express + express.json echoing over the same mutual TLS. Client in a second process, which signs its requests beforehand.
 */
import { sampleCity, testHub, type Machine, type TestHub } from '../tests/hub.ts';
import { requestedFact, requestedRow, LoadProcess, ofHub } from './release/load.ts';
import { OldGeneration } from './release/oldGeneration.ts';
import { startEcho } from './release/echoServer.ts';
import { sendRegister } from './release/register.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const rows = 100_000;
const rounds = 15;
const slice = 1_000;
/** milliseconds of each slice that are not counted: idle sockets get new timers and parsers */
const opening = 250;
/** a busy server needs thousands of requests before its code is compiled */
const warmUp = 6_000;
const limits: Readonly<Record<number, { must: number; aim: number }>> = {
  16: { must: 0.3, aim: 0.4 },
  64: { must: 0.42, aim: 0.55 },
};

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
  try {
    const city = await sampleCity(hub, 1_000_000_000);
    const people = await sendRegister(city, rows);
    const figures: BenchRow[] = [];
    for (const sockets of [16, 64]) figures.push(...(await compare(hub, city.education, people, sockets)));
    return figures;
  } finally {
    await hub.stop();
  }
}

async function compare(
  hub: TestHub,
  machine: Machine,
  people: readonly string[],
  sockets: number,
): Promise<readonly BenchRow[]> {
  const echo = await startEcho(hub.hub.services.identity.tlsOptions('exchange'));
  const load = new LoadProcess();
  const common = { ...ofHub(hub, machine), people };
  try {
    await load.connect({ ...common, name: 'hub', asked: requestedRow }, sockets);
    await load.connect({ ...common, name: 'fact', asked: requestedFact }, sockets);
    await load.connect({ ...common, name: 'echo', asked: { what: 'echo' }, port: echo.port }, sockets);
    const most: Record<Target, number> = { echo: 0, hub: 0, fact: 0 };
    for (const name of ['echo', 'hub', 'fact'] as const) {
      await load.prepare(name, warmUp);
      const { rate } = await load.run(name, 60_000);
      // compiled code becomes faster, and a side that runs out of requests ends early: hence four times the measured rate
      most[name] = Math.ceil((4 * rate * (opening + slice)) / 1_000);
    }
    const rates: Record<Target, number[]> = { hub: [], fact: [], echo: [] };
    const left: number[] = [];
    const old = new OldGeneration();
    for (let round = 0; round < rounds; round += 1) {
      // the hub's own jobs have a separate figure (jobs.ts): a log read every five seconds would fall into one slice of the round
      for (const { name } of hub.hub.runner.jobs) await hub.hub.runner.run(name);
      const order = ['echo', 'hub', 'fact'] as const;
      // alternates the order, so that no side always inherits the garbage of the other
      for (const name of round % 2 === 0 ? order : order.toReversed()) {
        await load.prepare(name, most[name]);
        await load.run(name, opening);
        old.begin();
        const { rate, answers } = await load.run(name, slice);
        rates[name].push(rate);
        const grown = await old.grown();
        if (name === 'hub' && grown !== undefined) left.push(grown / answers);
      }
    }
    old.stop();
    const ratios = rates.hub.map((rate, round) => rate / (rates.echo[round] ?? Number.NaN));
    const facts = rates.fact.map((rate, round) => rate / (rates.echo[round] ?? Number.NaN));
    const nearer = rates.fact.map((rate, round) => rate / (rates.hub[round] ?? Number.NaN));
    const limit = limits[sockets];
    const release: BenchRow = {
      figure: `one-record release, ${sockets} sockets`,
      value: median(ratios),
      unit: '×',
      against: 'express + express.json echo over mTLS',
      ...(limit === undefined ? {} : { must: { atLeast: limit.must }, aim: limit.aim }),
      note: `${median(rates.hub).toFixed(0)} against ${median(rates.echo).toFixed(0)} answers/s, ${rows} rows`,
    };
    const fact: BenchRow = {
      figure: `fact (checkFact), ${sockets} sockets`,
      value: median(facts),
      unit: '×',
      against: 'the same echo',
      // a tenth above the requirement for a release (bench/README.md)
      ...(limit === undefined ? {} : { must: { atLeast: 1.1 * limit.must } }),
      note: `${median(rates.fact).toFixed(0)} answers/s, ${median(nearer).toFixed(2)} of those of a release`,
    };
    const leavings: BenchRow = {
      figure: `what a release leaves to the old generation, ${sockets} sockets`,
      value: median(left),
      unit: 'bytes',
      against: 'an answer',
      must: { atMost: 2_048 },
    };
    return [release, fact, leavings];
  } finally {
    load.stop();
    echo.server.closeAllConnections();
    echo.server.close();
  }
}

type Target = 'hub' | 'fact' | 'echo';
