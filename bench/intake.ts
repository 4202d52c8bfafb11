/**
 * Intake of a GB18030 CSV: sealed bytes → adapt → map → validate → typed table with its indexes → published.
 * Against COPY FROM STDIN of the very same clean rows, passed through by Node.
 */
import { writeHouseholds } from './adapterFiles.ts';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { sampleCity, testHub, type TestHub, samples } from '../tests/hub.ts';
import { answerOf, memoryGrowth, median, partyOf, type Bench, type BenchRow, startChild } from './row.ts';
import { readDocuments } from '../clients/cli/apply/readDocuments.ts';
import type { Sending, Writing } from './clients.ts';
import type { DatongClient } from '../clients/sdk/datongClient.ts';

/* Growth of a hub's memory while a large file is received, checked, loaded and published; its sender is another process. */

/** Some 115 bytes each. */
const sizes = [
  { name: '100 MB', rows: 870_000 },
  { name: '1 GB', rows: 8_700_000 },
] as const;
/** a file that is divided among the threads, so that they are there already */
const first = 50_000;
const dataset = 'pub-security.household';

export const intakeMemoryBench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const hub = await testHub({ intake: { answerWithin: 3_600_000 } });
  const sender = startChild('clients.ts', 'sendFiles');
  try {
    const party = partyOf((await sampleCity(hub)).publicSecurity);
    const { exchange, open } = hub.hub.origins;
    const reported = (order: Sending | Writing) =>
      answerOf<{ readonly state?: string; readonly bytes?: number }>(sender, order);
    const send = async (file: string): Promise<void> => {
      const order: Sending = {
        ...party,
        ca: hub.ca,
        dataset,
        file,
        mapping: 'household',
        hub: { exchange, open },
      };
      const { state } = await reported(order);
      if (state !== 'published') throw new Error(`batch ${state ?? ''}`);
    };
    const file = join(folder, 'households.csv');
    await reported({ file, households: { rows: first, seed: 1 } });
    // written before anything is sent: a hub that waits for minutes gives memory back, and would take it again for any file at all
    const files: { readonly file: string; readonly bytes: number }[] = [];
    for (const [i, { rows }] of sizes.entries()) {
      const one = join(folder, `households-${i}.csv`);
      const { bytes = 0 } = await reported({ file: one, households: { rows, seed: 2 + i } });
      files.push({ file: one, bytes });
    }
    await send(file);
    const figures: BenchRow[] = [];
    for (const [i, { name, rows }] of sizes.entries()) {
      const { file: sent = '', bytes = 0 } = files[i] ?? {};
      const before = process.memoryUsage.rss();
      const grown = memoryGrowth();
      let growth = 0;
      await send(sent).finally(() => {
        growth = grown();
      });
      figures.push({
        figure: `memory growth of the hub while ${name} come in`,
        value: growth,
        unit: 'MB',
        against: 'the hub as it stands, its threads waiting',
        must: { atMost: 96 },
        aim: 48,
        note: `${rows.toLocaleString('en')} rows, ${(bytes / 1e6).toFixed(0)} MB, from ${(before / 1e6).toFixed(0)} MB`,
      });
    }
    return figures;
  } finally {
    sender.disconnect();
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/* Further datasets of the household register, each with the mapping of the sample. */

/** @returns its id; the mapping has the name of the dataset */
export async function householdDataset(
  hub: TestHub,
  operator: string,
  department: string,
  name: string,
  mode: 'snapshot' | 'upsert',
): Promise<string> {
  const id = `${department}.${name}`;
  const made = async (token: string, path: string, body: unknown): Promise<void> => {
    const { status, json } = await hub.staff(token, 'POST', path, body);
    if (status !== 201) throw new Error(`${path}: ${JSON.stringify(json)}`);
  };
  await made(operator, '/v1/datasets', {
    id,
    title: { zh: name, en: name },
    schema: 'urn:datong:household:1.0',
    mode,
    sharing: { type: 'none' },
  });
  const documents = readDocuments(resolve(samples, 'household/dataset.yaml'));
  const sample = documents.find(({ kind }) => kind === 'Mapping');
  const document = { ...(sample?.members['document'] as object), mapping: `${department}/${name}@1` };
  const steward = await hub.token(`${department} ${name}`, ['steward'], department);
  await made(steward, `/v1/datasets/${id}/mappings`, { document });
  return id;
}

const rowsOfIntake = 1_000_000;
const roundsOfIntake = 5;
const datasetOfIntake = 'pub-security.household';

export const intakeBench: Bench = { run: runOfIntake };

async function runOfIntake(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const hub = await testHub({ intake: { answerWithin: 3_600_000 } });
  try {
    const { client } = (await sampleCity(hub)).publicSecurity;
    const ratios: number[] = [];
    const whole: number[] = [];
    const times = { intake: [] as number[], copy: [] as number[], upload: [] as number[] };
    for (let round = 0; round < roundsOfIntake; round += 1) {
      const file = join(folder, `${round}.csv`);
      await writeHouseholds(file, { rows: rowsOfIntake, seed: 100 + round });
      const started = performance.now();
      let uploaded = started;
      const { json } = await client.sendFile(datasetOfIntake, file, {
        mapping: 'household',
        onProgress: () => {
          uploaded = performance.now();
        },
      });
      const intake = performance.now() - uploaded;
      if (json.state !== 'published') throw new Error(`batch ${json.state}`);
      const copy = await passThrough(hub, json.batch, join(folder, 'clean.copy'));
      ratios.push(intake / copy);
      whole.push((uploaded - started + intake) / copy);
      times.intake.push(intake);
      times.copy.push(copy);
      times.upload.push(uploaded - started);
      await rm(file);
    }
    const seconds = (values: readonly number[]): string => (median(values) / 1000).toFixed(1);
    return [
      {
        figure: `intake, GB18030 CSV to visible rows, ${rowsOfIntake.toLocaleString('en')} rows`,
        value: median(ratios),
        unit: '×',
        against: 'COPY FROM STDIN of the clean rows, passed through',
        must: { atMost: 2.5 },
        aim: 1.2,
        note: `${seconds(times.intake)} s against ${seconds(times.copy)} s; the signed, sealed upload before it took ${seconds(times.upload)} s`,
      },
      {
        figure: `send, signed upload to visible rows, ${rowsOfIntake.toLocaleString('en')} rows`,
        value: median(whole),
        unit: '×',
        against: 'COPY FROM STDIN of the clean rows, passed through',
        must: { atMost: 3.5 },
        note: 'opened, sent in signed parts, sealed, translated, loaded and published, by one client',
      },
    ];
  } finally {
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds of COPY FROM STDIN of a batch's rows into an empty table of the same columns. */
async function passThrough(hub: TestHub, batch: string, path: string): Promise<number> {
  const pool = hub.hub.database.owner;
  const table = `rows.b_${batch.replaceAll('-', '')}`;
  const client = await pool.connect();
  try {
    await pipeline(client.query(copyTo(`COPY ${table} TO STDOUT`)), createWriteStream(path));
    await client.query(`CREATE TABLE rows.pass_through (LIKE ${table})`);
    const started = performance.now();
    await client.query('BEGIN');
    await pipeline(createReadStream(path), client.query(copyFrom('COPY rows.pass_through FROM STDIN')));
    await client.query('COMMIT');
    const took = performance.now() - started;
    await client.query('DROP TABLE rows.pass_through');
    return took;
  } finally {
    client.release();
  }
}

/* Throughput of two departments that send simultaneously, compared with one after the other. */

const rows = 250_000;
const rounds = 3;

export const intakeByTwoBench: Bench = { run: runOfIntakeByTwo };

async function runOfIntakeByTwo(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const hub = await testHub({ intake: { answerWithin: 3_600_000 } });
  try {
    const city = await sampleCity(hub);
    const departments: { readonly client: DatongClient; readonly dataset: string }[] = [];
    for (const { department, client } of [city.publicSecurity, city.education])
      departments.push({
        client,
        dataset: await householdDataset(hub, city.operator, department, 'sent', 'snapshot'),
      });
    const ratios: number[] = [];
    const times = { after: [] as number[], atOnce: [] as number[] };
    let seed = 0;
    const sends = async (): Promise<(() => Promise<void>)[]> => {
      const made: (() => Promise<void>)[] = [];
      for (const { client, dataset } of departments) {
        seed += 1;
        const file = join(folder, `${seed}.csv`);
        await writeHouseholds(file, { rows, seed });
        made.push(async () => {
          const { json } = await client.sendFile(dataset, file, { mapping: 'sent' });
          if (json.state !== 'published') throw new Error(`batch ${json.state}`);
          await rm(file);
        });
      }
      return made;
    };
    for (let round = 0; round < rounds; round += 1) {
      const [first, second] = [await sends(), await sends()];
      let started = performance.now();
      for (const send of first) await send();
      const after = performance.now() - started;
      started = performance.now();
      await Promise.all(second.map((send) => send()));
      const atOnce = performance.now() - started;
      if (round === 0) continue; // code and threads are warm from the second on
      ratios.push(after / atOnce);
      times.after.push(after);
      times.atOnce.push(atOnce);
    }
    const seconds = (values: readonly number[]): string => (median(values) / 1000).toFixed(1);
    return [
      {
        figure: `two departments at once, ${rows.toLocaleString('en')} rows each`,
        value: median(ratios),
        unit: '×',
        against: 'one after the other',
        must: { atLeast: 0.9 },
        note: `${seconds(times.atOnce)} s against ${seconds(times.after)} s for both, upload to visible rows`,
      },
    ];
  } finally {
    await hub.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
