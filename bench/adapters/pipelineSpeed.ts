/** GB18030 bytes → read, mapped and validated rows → COPY tuples, against the COPY of those very rows as lines of text passed through. */
import { createSecretKey } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { householdMapping } from '../../adapters/fixtures/householdMapping.ts';
import { compileMapping } from '../../adapters/mapping/compile.ts';
import { copyEnd, copyHead } from '../../hub/domain/rowTable/copyTuples.ts';
import type { CopyTask } from '../../hub/flows/intake/translation/copyTask.ts';
import { copyPartsInThreads } from '../../hub/flows/intake/translation/threads/copyPartsInThreads.ts';
import { ThreadPool } from '../../hub/flows/intake/translation/threads/threadPool.ts';
import { sharedSchema } from '../../machine/shippedSchemas.ts';
import { surroundingsWith } from '../../machine/surroundings.ts';
import { startTestCluster } from '../../tests/cluster.ts';
import { median, type BenchRow } from '../row.ts';
import { writePeople } from './peopleFile.ts';
import { demoRegions } from '../../adapters/fixtures/demoRegions.ts';

const pool = new ThreadPool();

const rows = 1_000_000;
const rounds = 5;

export async function pipelineSpeed(): Promise<BenchRow> {
  // subjects are measured with intake (npm run bench -- intake), not with the adapters
  const { subject: _subject, ...schema } = sharedSchema('household@1');
  const task: CopyTask = {
    schema,
    mapping: compileMapping(householdMapping, schema, surroundingsWith([demoRegions]).codeLists),
    subjectKey: createSecretKey(Buffer.alloc(32, 1)),
    codeLists: { digest: 'demo', lists: [demoRegions] },
  };
  const cores = availableParallelism();
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const path = join(folder, 'people.csv');
  const clean = join(folder, 'clean.copy');
  await writePeople(path, rows, 2);
  const cluster = await startTestCluster();
  const client = new pg.Client({ ...cluster.address });
  await client.connect();
  try {
    const times: { readonly translate: number; readonly copy: number }[] = [];
    const parts = async function* (): AsyncGenerator<Uint8Array> {
      for await (const { tuples, failed } of copyPartsInThreads(task, createReadStream(path), cores, pool)) {
        if (failed.length > 0) throw new Error('a clean row was refused');
        yield tuples;
      }
    };
    // the first round warms threads and server, and stores the rows; the others take them as COPY does, and store nothing
    const size = await written(client, parts(), clean);
    await copied(client, clean);
    for (let round = 0; round < rounds; round += 1) {
      const started = performance.now();
      let bytes = 0;
      for await (const tuples of parts()) bytes += tuples.length;
      const translated = performance.now() - started;
      if (bytes !== size) throw new Error('other tuples came out');
      times.push({ translate: translated, copy: await copied(client, clean) });
    }
    const seconds = (values: readonly number[]): string => (median(values) / 1000).toFixed(1);
    return {
      figure: `GB18030 CSV to COPY tuples, ${rows.toLocaleString('en')} rows`,
      value: median(times.map(({ translate, copy }) => translate / copy)),
      unit: '×',
      against: 'COPY FROM STDIN of the clean rows, passed through',
      must: { atMost: 2.2 },
      note: `${seconds(times.map((time) => time.translate))} s against ${seconds(times.map((time) => time.copy))} s`,
    };
  } finally {
    await client.end();
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes rows into a file, as lines. @returns bytes of their tuples */
async function written(client: pg.Client, tuples: AsyncIterable<Uint8Array>, path: string): Promise<number> {
  let bytes = 0;
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield copyHead;
    for await (const some of tuples) {
      bytes += some.length;
      yield Buffer.from(some);
    }
    yield copyEnd;
  }
  await emptyTable(client);
  await pipeline(whole(), client.query(copyFrom('COPY bench_people FROM STDIN (FORMAT binary)')));
  await pipeline(client.query(copyTo('COPY bench_people TO STDOUT')), createWriteStream(path));
  return bytes;
}

/** Milliseconds of COPY FROM STDIN of a file of clean rows, read as the other file is. */
async function copied(client: pg.Client, path: string): Promise<number> {
  await emptyTable(client);
  const started = performance.now();
  await pipeline(createReadStream(path), client.query(copyFrom('COPY bench_people FROM STDIN')));
  return performance.now() - started;
}

async function emptyTable(client: pg.Client): Promise<void> {
  await client.query('DROP TABLE IF EXISTS bench_people');
  const columns = Array.from({ length: 10 }, (_, i) => `c${i} text`).join(', ');
  await client.query(
    `CREATE TABLE bench_people (${columns}, moved text, income text, row bigint, subject bytea)`,
  );
}
