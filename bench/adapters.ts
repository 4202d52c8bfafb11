/** The adapters module alone: readers, translation, memory, workers. No hub. */
import { type Bench, Forked, inTurns, median, type BenchRow } from './row.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, availableParallelism } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ThreadPool } from '../hub/flows/intake/translation/threads/threadPool.ts';
import {
  writePeople,
  type Cells,
  translate,
  largeWorkbook,
  copybookFile,
  csvFile,
  dbfFile,
  fixedFile,
  peopleCells,
  xmlFile,
  type SampleFile,
} from './adapterFiles.ts';
import { createReadStream, createWriteStream } from 'node:fs';
import { DBFFile } from 'dbffile';
import { formatNamed, readRecords } from '../adapters/formats.ts';
import { createSecretKey } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { householdMapping } from '../adapters/fixtures/householdMapping.ts';
import { compileMapping } from '../adapters/mapping/compile.ts';
import { copyEnd, copyHead } from '../hub/domain/rowTable/copyTuples.ts';
import type { CopyTask } from '../hub/flows/intake/translation/copyTask.ts';
import { copyPartsInThreads } from '../hub/flows/intake/translation/threads/copyPartsInThreads.ts';
import { sharedSchema } from '../machine/shippedSchemas.ts';
import { surroundingsWith } from '../machine/surroundings.ts';
import { startTestCluster } from '../tests/cluster.ts';
import { demoRegions } from '../adapters/fixtures/demoRegions.ts';
import { adaptedRows } from '../clients/cli/adapt/adaptFile.ts';
import { compileSchema } from '../schemas/compile.ts';

/* `datong batch adapt` of a GB18030 CSV whose rows are good, and of one in which every row is bad: rows a second in one thread. */

const rowsOfAdaptSpeed = 300_000;
const schema = sharedSchema('household@1');
const surroundings = surroundingsWith([demoRegions]);
const mapping = compileMapping({ ...householdMapping, limits: {} }, schema, surroundings.codeLists);

/** Four cells of each row are wrong: check digit, sex, day of birth, income. */
const spoiled = (cells: Cells): Cells =>
  cells
    .with(0, `${cells[0]?.slice(0, 17) ?? ''}${cells[0]?.endsWith('0') === true ? '1' : '0'}`)
    .with(2, '不详')
    .with(3, `${cells[3]?.slice(0, 4) ?? ''}0230`)
    .with(11, '八万六千');

async function adaptSpeed(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  try {
    const good = join(folder, 'good.csv');
    const bad = join(folder, 'bad.csv');
    await writePeople(good, rowsOfAdaptSpeed, 2);
    await writePeople(bad, rowsOfAdaptSpeed, 2, spoiled);
    await rate(good, 0);
    const each = { unit: 'rows/s', against: '–' };
    return [
      { figure: 'adapt, GB18030 CSV', value: await rate(good, 0), ...each },
      {
        figure: 'adapt, every row bad',
        value: await rate(bad, rowsOfAdaptSpeed),
        ...each,
        must: { atLeast: 40_000 },
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws Error where another number of rows is bad */
async function rate(path: string, expected: number): Promise<number> {
  const begun = performance.now();
  let found = 0;
  for await (const batch of adaptedRows(
    createReadStream(path),
    mapping,
    compileSchema(schema, surroundings),
    {},
  ))
    found += batch.bad.length;
  if (found !== expected) throw new Error(`${found} bad rows instead of ${expected}`);
  return (rowsOfAdaptSpeed * 1000) / (performance.now() - begun);
}

const formats = ['csv', 'fixed', 'copybook', 'dbf', 'xml', 'json', 'hl7', 'xlsx'] as const;
const megabyte = 1024 * 1024;

/** Growth of a process that reads 100 MB of a format (xlsx: of a sheet, unpacked). One process a format. */
async function memoryGrowth(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  try {
    const books = [1, 100].map((size) => ({ path: join(folder, `${size}.xlsx`), size }));
    for (const { path, size } of books)
      await writeFile(path, largeWorkbook(peopleCells(2_000), size * megabyte));
    const figures: BenchRow[] = [];
    for (const format of formats) {
      const value = await growthOf(format, format === 'xlsx' ? books.map(({ path }) => path) : []);
      figures.push({
        figure: `memory growth, 100 MB of ${format}`,
        value,
        unit: 'MB',
        against: '–',
        must: { atMost: format === 'xlsx' ? 160 : 96 },
      });
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function growthOf(format: string, workbooks: readonly string[]): Promise<number> {
  const reader = await Forked.start({ program: 'read', format, workbooks });
  try {
    return (await reader.ask(0)) / megabyte;
  } finally {
    await reader.stop();
  }
}

/* GB18030 bytes → read, mapped and validated rows → COPY tuples, against the COPY of those very rows as lines of text passed through. */

const poolOfPipelineSpeed = new ThreadPool();

const rowsOfPipelineSpeed = 1_000_000;
const roundsOfPipelineSpeed = 5;

async function pipelineSpeed(): Promise<BenchRow> {
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
  await writePeople(path, rowsOfPipelineSpeed, 2);
  const cluster = await startTestCluster();
  const client = new pg.Client({ ...cluster.address });
  await client.connect();
  try {
    const times: { readonly translate: number; readonly copy: number }[] = [];
    const parts = async function* (): AsyncGenerator<Uint8Array> {
      for await (const { tuples, failed } of copyPartsInThreads(
        task,
        createReadStream(path),
        cores,
        poolOfPipelineSpeed,
      )) {
        if (failed.length > 0) throw new Error('a clean row was refused');
        yield tuples;
      }
    };
    // the first round warms threads and server, and stores the rows; the others take them as COPY does, and store nothing
    const size = await written(client, parts(), clean);
    await copied(client, clean);
    for (let round = 0; round < roundsOfPipelineSpeed; round += 1) {
      const started = performance.now();
      let bytes = 0;
      for await (const tuples of parts()) bytes += tuples.length;
      const translated = performance.now() - started;
      if (bytes !== size) throw new Error('other tuples came out');
      times.push({ translate: translated, copy: await copied(client, clean) });
    }
    const seconds = (values: readonly number[]): string => (median(values) / 1000).toFixed(1);
    return {
      figure: `GB18030 CSV to COPY tuples, ${rowsOfPipelineSpeed.toLocaleString('en')} rows`,
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

/* Readers against reading, decoding and splitting lines; the DBF reader against the library of that name. */

const rowsOfReaderSpeed = 100_000;
const roundsOfReaderSpeed = 31;
/** unmeasured rounds before, until all code is compiled */
const warming = 5;

async function timedOfReaderSpeed(work: () => Promise<number>, expected: number): Promise<number> {
  const started = performance.now();
  const found = await work();
  const took = performance.now() - started;
  if (found !== expected) throw new Error(`${found} records instead of ${expected}`);
  return took;
}

interface OnDisk {
  readonly format: string;
  readonly options: object;
  readonly path: string;
}

async function onDisk(folder: string, file: SampleFile): Promise<OnDisk> {
  const path = join(folder, `people.${file.format}`);
  await writeFile(path, Buffer.concat([file.head, file.body, file.tail]));
  return { format: file.format, options: file.options, path };
}

/** Every sample, written before anything is measured: people in memory would slow the collector. */
async function samples(folder: string): Promise<ReadonlyMap<string, OnDisk>> {
  const people = peopleCells(rowsOfReaderSpeed);
  const found = new Map<string, OnDisk>();
  for (const make of [csvFile, fixedFile, copybookFile, xmlFile, dbfFile]) {
    const sample = await onDisk(folder, make(people));
    found.set(sample.format, sample);
  }
  return found;
}

async function readAll({ format, options, path }: OnDisk): Promise<number> {
  let records = 0;
  for await (const batch of readRecords(formatNamed(format), createReadStream(path), options))
    records += batch.records.length;
  return records;
}

/** As above, but makes every record: some readers know only its position until it is requested. */
async function makeAll({ format, options, path }: OnDisk): Promise<number> {
  let records = 0;
  for await (const batch of readRecords(formatNamed(format), createReadStream(path), options))
    for (const _record of batch.records) records += 1;
  return records;
}

/** The lower bound: work that any reader of text must do. */
async function split(path: string, encoding: string): Promise<number> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let lines = 0;
  let rest = '';
  for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    lines += parts.length;
  }
  return lines;
}

async function readerSpeed(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  try {
    const all = await samples(folder);
    const of = (format: string): OnDisk => all.get(format) ?? { format, options: {}, path: '' };
    const figures: BenchRow[] = [];
    for (const format of ['csv', 'fixed', 'copybook', 'xml']) {
      // a host file has no lines: the same people as GB18030 lines are its floor
      const floor = of(format === 'copybook' ? 'csv' : format);
      const against = format === 'copybook' ? 'the same people as GB18030 lines' : 'its own bytes';
      figures.push({
        figure: `${format} reader`,
        value: await ratio(of(format), floor, readAll),
        unit: '×',
        against: `reading, decoding and splitting lines of ${against}`,
        must: { atMost: 2 },
      });
      if (format === 'copybook') continue;
      figures.push({
        figure: `${format} reader, every record made`,
        value: await ratio(of(format), floor, makeAll),
        unit: '×',
        against: `reading, decoding and splitting lines of ${against}`,
      });
    }
    figures.push(await dbfSpeed(of('dbf')));
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ratio(
  sample: OnDisk,
  floor: OnDisk,
  read: (sample: OnDisk) => Promise<number>,
): Promise<number> {
  const encoding = floor.format === 'xml' ? 'utf-8' : 'gb18030';
  const lines = floor.format === 'fixed' ? rowsOfReaderSpeed : rowsOfReaderSpeed + 1;
  return inRounds(
    () => timedOfReaderSpeed(() => read(sample), rowsOfReaderSpeed),
    () => timedOfReaderSpeed(() => split(floor.path, encoding), lines),
  );
}

/** The ratio of the times of both. */
async function inRounds(one: () => Promise<number>, other: () => Promise<number>): Promise<number> {
  await inTurns(warming, other, one);
  return (await inTurns(roundsOfReaderSpeed, other, one)).ratio;
}

async function dbfSpeed(sample: OnDisk): Promise<BenchRow> {
  const bareReader = async (): Promise<number> =>
    (await (await DBFFile.open(sample.path, { encoding: 'gb18030' })).readRecords()).length;
  const value = await inRounds(
    () => timedOfReaderSpeed(bareReader, rowsOfReaderSpeed),
    () => timedOfReaderSpeed(() => readAll(sample), rowsOfReaderSpeed),
  );
  return {
    figure: 'DBF reader',
    value,
    unit: '×',
    against: 'dbffile, GB18030',
    must: { atLeast: 5 },
  };
}

/* The gain of translating threads for their caller: a free event loop, and a second core. */

const pool = new ThreadPool();

const rows = 300_000;
const rounds = 7;

async function workerSpeed(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  const translators: Forked[] = [];
  try {
    const path = join(folder, 'people.csv');
    await writePeople(path, rows, 3);
    while (translators.length < 2) translators.push(await Forked.start({ program: 'translate', path }));
    return await measured(path, translators);
  } finally {
    for (const translator of translators) await translator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measured(path: string, translators: readonly Forked[]): Promise<BenchRow[]> {
  const one = (): Promise<void> => translate(path, rows, pool);
  const inThreads = (): Promise<unknown> => Promise.all([one(), one()]);
  const inProcesses = (): Promise<unknown> => Promise.all(translators.map((each) => each.ask(rows)));
  await inThreads(); // all of them grow warm
  await inProcesses();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await one();
  delay.disable();
  const gains: number[] = [];
  const shares: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [alone, threads, processes] = [await timed(one), await timed(inThreads), await timed(inProcesses)];
    gains.push((alone * 2) / threads);
    shares.push(processes / threads);
  }
  return [
    {
      figure: 'event loop delay beside a translating thread, p99',
      value: delay.percentile(99) / 1e6,
      unit: 'ms',
      against: '–',
      must: { atMost: 20 },
    },
    {
      figure: 'two files in two threads',
      value: median(shares),
      unit: '×',
      against: 'in two processes',
      must: { atLeast: 0.8 },
      note: `${median(gains).toFixed(2)} × as fast as one after the other`,
    },
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

export const bench: Bench = {
  run: async () => [
    // threads and server first: objects that the readers leave in this process's heap would slow its share of the work
    await pipelineSpeed(),
    ...(await workerSpeed()),
    ...(await adaptSpeed()),
    ...(await readerSpeed()),
    ...(await memoryGrowth()),
  ],
};
