/**
 * Intake of a GB18030 CSV: sealed bytes → adapt → map → validate → typed table with its indexes → published.
 * Against COPY FROM STDIN of the very same clean rows, passed through by Node.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { sampleCity, testHub, type TestHub } from '../tests/hub.ts';
import { writeHouseholds } from './intake/householdCsv.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const rows = 1_000_000;
const rounds = 5;
const dataset = 'pub-security.household';

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const hub = await testHub({ intake: { answerWithin: 3_600_000 } });
  try {
    const { client } = (await sampleCity(hub)).publicSecurity;
    const ratios: number[] = [];
    const whole: number[] = [];
    const times = { intake: [] as number[], copy: [] as number[], upload: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      const file = join(folder, `${round}.csv`);
      await writeHouseholds(file, { rows, seed: 100 + round });
      const started = performance.now();
      let uploaded = started;
      const { json } = await client.sendFile(dataset, file, {
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
        figure: `intake, GB18030 CSV to visible rows, ${rows.toLocaleString('en')} rows`,
        value: median(ratios),
        unit: '×',
        against: 'COPY FROM STDIN of the clean rows, passed through',
        must: { atMost: 2.5 },
        aim: 1.2,
        note: `${seconds(times.intake)} s against ${seconds(times.copy)} s; the signed, sealed upload before it took ${seconds(times.upload)} s`,
      },
      {
        figure: `send, signed upload to visible rows, ${rows.toLocaleString('en')} rows`,
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
