/** Changes of rows by a contributor, in turns with rows by call into a dataset of the same schema without cases; large attachments. */
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { changeRow } from '../clients/sdk/changeRow.ts';
import { jsonCall } from '../clients/sdk/jsonCall.ts';
import { row, streetCases, urn } from '../tests/flows/streetCases.ts';
import { sampleCity, testHub, type City, type TestHub } from '../tests/hub.ts';
import { s3Server } from '../tests/s3Server.ts';
import type { Carried, Carrying } from './clients.ts';
import {
  answerOf,
  median,
  memoryGrowth,
  partyOf,
  quantile,
  startChild,
  steadyWal,
  type Bench,
  type BenchRow,
} from './row.ts';

const casesOfRound = 100;
const roundsOfCases = 7;
const plain = 'ecology.plain-cases';

export const casesBench: Bench = { run: runOfCases };

async function runOfCases(): Promise<readonly BenchRow[]> {
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 } });
  try {
    const city = await sampleCity(hub);
    const { apply, dataset: withCases, push } = await streetCases(hub, city);
    const id = await withCases();
    const intake = { byCall: {} };
    await apply([
      {
        kind: 'Dataset',
        id: plain,
        title: { zh: '案件', en: 'Cases' },
        mode: 'upsert',
        schema: urn,
        sharing: { type: 'none' },
        intake,
      },
    ]);
    const names = Array.from({ length: casesOfRound }, (_, nth) => `c-${nth}`);
    await push(
      id,
      names.map((name) => row(name, 'education')),
    );
    const contributor = city.education.client;
    const provider = city.ecology.client;
    const timed = async (work: () => Promise<unknown>): Promise<number> => {
      const begun = performance.now();
      await work();
      return performance.now() - begun;
    };
    const ratios: number[] = [];
    const times = { change: [] as number[], row: [] as number[] };
    // the first round warms up
    for (let round = 0; round <= roundsOfCases; round += 1) {
      const [changes, rows]: [number[], number[]] = [[], []];
      for (const name of names) {
        const set = { note: `round ${round}` };
        const change = { key: { case: name }, version: round + 1, set };
        changes.push(
          await timed(() => changeRow((input) => contributor.call(input), id, change, randomUUID())),
        );
        const more = { note: `round ${round}` };
        // as the client library sends rows: with a key, as the change has one
        const headers = { 'datong-idempotency-key': randomUUID() };
        const path = `/v1/datasets/${plain}/rows`;
        const call = jsonCall(path, [row(name, 'education', more)], headers, 'required');
        rows.push(await timed(() => provider.call(call)));
      }
      if (round === 0) continue;
      const p95 = (values: number[]): number =>
        quantile(
          values.toSorted((one, other) => one - other),
          0.95,
        );
      ratios.push(p95(changes) / p95(rows));
      times.change.push(p95(changes));
      times.row.push(p95(rows));
    }
    return [
      {
        figure: 'change of a row by a contributor, p95',
        value: median(ratios),
        unit: '×',
        against: 'one row by call into a dataset of the same schema without cases, p95',
        must: { atMost: 1.3 },
        note: `${median(times.change).toFixed(1)} against ${median(times.row).toFixed(1)} ms`,
      },
    ];
  } finally {
    await hub.stop();
  }
}

/*
 * A file of 100 MB as an attachment, through the client library in a separate process: into the database and into an object store, and out
 * again, in turns. Times are from the first call to the last, with the digests that both sides compute.
 */

const odours = 'ecology.odour-reports';
const fileBytes = 100_000_000;
const roundsOfFiles = 5;

export const attachmentsBench: Bench = { run: runOfAttachments };

interface Store {
  readonly hub: TestHub;
  readonly city: City;
  /** MB/s of each round */
  readonly into: number[];
  readonly outOf: number[];
  /** growth of the memory in each round, MB */
  readonly growths: number[];
}

async function runOfAttachments(): Promise<readonly BenchRow[]> {
  const s3 = await s3Server();
  const carrier = startChild('clients.ts', 'carryAttachments');
  const storedIn = async (attachments: object): Promise<Store> => {
    const hub = await testHub({
      calls: { rate: 1e9, burst: 1e9 },
      jobsByTime: false,
      config: { attachments },
    });
    const city = await sampleCity(hub);
    await city.apply('odour-reports/dataset.yaml');
    await city.apply('odour-reports/agreement.yaml', [city.education, city.ecology]);
    return { hub, city, into: [], outOf: [], growths: [] };
  };
  const stores: Store[] = [];
  try {
    const database = await storedIn({});
    stores.push(database);
    const bucket = await storedIn(s3.direct);
    stores.push(bucket);
    // the first round warms up
    for (let round = 0; round <= roundsOfFiles; round += 1)
      for (const store of stores) await carried(carrier, store, round);
    return [...figuresOf(database), ...ratiosOf(bucket, database)];
  } finally {
    carrier.disconnect();
    for (const { hub } of stores) await hub.stop();
    await s3.close();
  }
}

/** One file in and out of a store. */
async function carried(carrier: ChildProcess, store: Store, round: number): Promise<void> {
  const { hub, city, into, outOf, growths } = store;
  const { exchange, open } = hub.hub.origins;
  const caller = { ca: hub.ca, hub: { exchange, open }, dataset: odours };
  const asked = (order: Carrying): Promise<Carried> => answerOf<Carried>(carrier, order);
  await steadyWal(hub.hub.database);
  const grown = memoryGrowth();
  const sent = await asked({ ...partyOf(city.ecology), ...caller, field: 'papers', bytes: fileBytes });
  const { attachment } = sent;
  const named = [{ report_id: `r-${round}`, district: 'east', papers: [attachment] }];
  await city.ecology.client.call(jsonCall(`/v1/datasets/${odours}/rows`, named, {}, 'required'));
  const context = { purpose: 'environment-study', agreement: 'agr-odour-reports' };
  const read = await asked({ ...partyOf(city.education), ...caller, attachment, context });
  const growth = grown();
  if (round === 0) return;
  into.push(sent.bytes / 1e6 / sent.seconds);
  outOf.push(read.bytes / 1e6 / read.seconds);
  growths.push(growth);
}

function figuresOf({ into, outOf, growths }: Store): readonly BenchRow[] {
  const rate = { unit: 'MB/s', against: '–', must: { atLeast: 60 } };
  return [
    { figure: 'attachment of 100 MB into the database', value: median(into), ...rate },
    { figure: 'attachment of 100 MB out of the database', value: median(outOf), ...rate },
    {
      figure: "growth of the hub's memory during both",
      value: Math.max(...growths),
      unit: 'MB',
      against: 'the hub after the first ones',
      must: { atMost: 32 },
      note: `the largest of ${growths.length} rounds`,
    },
  ];
}

function ratiosOf(bucket: Store, database: Store): readonly BenchRow[] {
  const ratio = (one: readonly number[], other: readonly number[]): number =>
    median(one.map((value, round) => value / (other[round] ?? Number.NaN)));
  const row = (way: 'into' | 'outOf', figure: string): BenchRow => ({
    figure,
    value: ratio(bucket[way], database[way]),
    unit: '×',
    against: 'the same with the database',
    must: { atLeast: 1 },
    note: `${median(bucket[way]).toFixed(0)} against ${median(database[way]).toFixed(0)} MB/s`,
  });
  return [
    row('into', 'attachment of 100 MB into an S3 store'),
    row('outOf', 'attachment of 100 MB out of an S3 store'),
    {
      figure: "growth of the hub's memory during both, S3 store",
      value: Math.max(...bucket.growths),
      unit: 'MB',
      against: 'the hub after the first ones',
      must: { atMost: 32 },
    },
  ];
}
