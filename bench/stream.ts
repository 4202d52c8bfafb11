/**
 * A masked stream and a masked file of many rows: mutual TLS, three masks, one log entry for each part with its subjects, running digest,
 * signed statements. The baseline is COPY (row_to_json of the same columns) without output. Also measures the cost of digest and
 * statements; streamMemory.ts measures memory growth.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { to as copyTo } from 'pg-copy-streams';
import { signStreamStatement } from '../certs/streamEnd.ts';
import { sampleCity, testHub, type City, type TestHub } from '../tests/hub.ts';
import { sendRegister } from './release/register.ts';
import { askForStream, grantStreams, streamedDataset as dataset } from './release/streamed.ts';
import { median, type Bench, type BenchRow } from './row.ts';
import { steadyWal } from './steadyWal.ts';

const rows = 100_000;
const rounds = 7;

export const bench: Bench = { run };

async function run(): Promise<readonly BenchRow[]> {
  // here files are made on request, not when the job's turn comes
  const hub = await testHub({ calls: { rate: 1e9, burst: 1e9 }, jobsByTime: false });
  const reader = fork(fileURLToPath(new URL('release/readStream.mjs', import.meta.url)));
  try {
    const city = await sampleCity(hub);
    await sendRegister(city, rows);
    await grantStreams(hub, city);
    await askForStream(hub, city, reader);
    await file(hub, city);
    const ratios: number[] = [];
    const files: number[] = [];
    const times = {
      stream: [] as number[],
      file: [] as number[],
      copy: [] as number[],
      merge: [] as number[],
    };
    let sent = { milliseconds: 0, bytes: 0, lines: 0 };
    let before = await copyOut(hub);
    // the speed of a machine varies: the baseline is measured before and after
    const beside = async (milliseconds: number): Promise<number> => {
      await steadyWal(hub.hub.database);
      const after = await copyOut(hub);
      const ratio = milliseconds / ((before + after) / 2);
      before = after;
      times.copy.push(after);
      return ratio;
    };
    for (let round = 0; round < rounds; round += 1) {
      sent = await askForStream(hub, city, reader);
      ratios.push(await beside(sent.milliseconds));
      times.stream.push(sent.milliseconds);
      times.merge.push(await merge(hub));
      const made = await file(hub, city);
      await merge(hub);
      files.push(await beside(made));
      times.file.push(made);
    }
    const milliseconds = (values: readonly number[]): string => median(values).toFixed(0);
    const note = `${milliseconds(times.stream)} ms against ${milliseconds(times.copy)} ms, ${sent.lines.toLocaleString('en')} lines, ${(sent.bytes / 1e6).toFixed(0)} MB; then a job merges its tokens into their index, ${milliseconds(times.merge)} ms`;
    return [
      {
        figure: `masked stream, ${rows.toLocaleString('en')} rows of persons`,
        value: median(ratios),
        unit: '×',
        against: 'COPY (row_to_json) to nowhere',
        must: { atMost: 2.5 },
        aim: 1.3,
        note,
      },
      {
        figure: `masked file, ${rows.toLocaleString('en')} rows of persons`,
        value: median(files),
        unit: '×',
        against: 'COPY (row_to_json) to nowhere',
        must: { atMost: 2.5 },
        aim: 1.3,
        note: `${milliseconds(times.file)} ms against ${milliseconds(times.copy)} ms, sealed and stored`,
      },
      {
        figure: 'digest and statements of a stream',
        value: (100 * proving(sent, hub)) / median(times.stream),
        unit: '%',
        against: 'the stream',
        must: { atMost: 5 },
      },
    ];
  } finally {
    reader.kill();
    await hub.stop();
  }
}

/** Milliseconds in which a file of NDJSON is made, from the job's turn to the signed manifest. */
async function file(hub: TestHub, { education }: City): Promise<number> {
  const context = {
    ...{ purpose: 'school-enrolment', agreement: 'agr-school-enrolment' },
    ...{ onBehalfOf: 'official-17', matter: 'YX-2026-000123' },
  };
  const { json: requested } = await education.client.exports.ask(dataset, { format: 'ndjson' }, context);
  const started = performance.now();
  await hub.hub.runner.run('makeExports');
  const milliseconds = performance.now() - started;
  const { json: made } = await education.client.exports.state(dataset, requested.id);
  if (made.state !== 'ready') throw new Error(`the file is ${made.state}: ${made.code ?? ''}`);
  return milliseconds;
}

/** Milliseconds in which the index adds the tokens of the rows read, as a job does every few seconds. */
async function merge(hub: TestHub): Promise<number> {
  const started = performance.now();
  await hub.hub.runner.run('mergeTokens');
  return performance.now() - started;
}

/** Milliseconds that PostgreSQL and Node take to write the same rows as JSON and discard them. */
async function copyOut(hub: TestHub): Promise<number> {
  const { owner } = hub.hub.database;
  const { rows: found } = await owner.query<{ batch: string }>(
    'SELECT current_batch AS batch FROM dataset WHERE id = $1',
    [dataset],
  );
  const table = `rows.b_${(found[0]?.batch ?? '').replaceAll('-', '')}`;
  const client = await owner.connect();
  try {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const started = performance.now();
    const requested = `SELECT f_person_id, f_name, f_guardian_id, f_birth_date, f_region_code FROM ${table} WHERE f_region_code IN ('990101', '990102')`;
    await pipeline(
      client.query(copyTo(`COPY (SELECT row_to_json(r) FROM (${requested}) r) TO STDOUT`)),
      nowhere,
    );
    return performance.now() - started;
  } finally {
    client.release();
  }
}

/** Milliseconds of hashing as many bytes and signing as many statements. */
function proving({ bytes, lines }: { readonly bytes: number; readonly lines: number }, hub: TestHub): number {
  const parts = Math.ceil(lines / 1_000);
  const part = Buffer.alloc(Math.ceil(bytes / parts), 'x');
  const hash = createHash('sha256');
  const started = performance.now();
  for (let i = 1; i <= parts; i += 1) {
    hash.update(part);
    const sha256 = hash.copy().digest('base64url');
    const counts = { parts: i, rows: i, bytes: i };
    signStreamStatement(
      { v: 1, stream: '', request: '', state: 'part', ...counts, sha256 },
      hub.hub.keys.hubSigning,
    );
  }
  return performance.now() - started;
}
