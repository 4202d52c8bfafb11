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
import { encodeGb18030 } from '../terms/gb18030.ts';
import { cellsOf, csvLine, headers } from '../clients/cli/demo/files/householdFile.ts';
import { seededRandom } from '../clients/cli/demo/files/random.ts';
import { residents } from '../clients/cli/demo/files/residents.ts';
import { sampleCity, testHub, type TestHub } from '../tests/hub.ts';
import { median, type Bench, type BenchRow } from './row.ts';

const rows = 1_000_000;
const rounds = 3;
const dataset = 'pub-security.household';

export const bench: Bench = { name: 'intake', run };

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
      await writeFile(file, 100 + round); // other people each time: the same bytes again would not be loaded
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

async function writeFile(path: string, seed: number): Promise<void> {
  const people = residents(seededRandom(seed));
  async function* chunks(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield encodeGb18030(csvLine(headers));
    for (let written = 0; written < rows; written += 5_000) {
      let text = '';
      for (let i = 0; i < 5_000; i += 1) text += csvLine(cellsOf(people.next().value));
      yield encodeGb18030(text);
    }
  }
  await pipeline(chunks, createWriteStream(path));
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
