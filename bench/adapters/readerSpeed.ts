/** Readers against reading, decoding and splitting lines; the DBF reader against the library of that name. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DBFFile } from 'dbffile';
import { formatNamed, readRecords } from '../../adapters/formats.ts';
import { median, type BenchRow } from '../row.ts';
import {
  copybookFile,
  csvFile,
  dbfFile,
  fixedFile,
  peopleCells,
  xmlFile,
  type SampleFile,
} from './sampleFiles.ts';

const rows = 100_000;
const rounds = 31;
/** unmeasured rounds before, until all code is compiled */
const warming = 5;

async function timed(work: () => Promise<number>, expected: number): Promise<number> {
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
  const people = peopleCells(rows);
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

export async function readerSpeed(): Promise<BenchRow[]> {
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
  const lines = floor.format === 'fixed' ? rows : rows + 1;
  return inRounds(
    () => timed(() => read(sample), rows),
    () => timed(() => split(floor.path, encoding), lines),
  );
}

/** The ratio of the times of both. */
async function inRounds(one: () => Promise<number>, other: () => Promise<number>): Promise<number> {
  const ratios: number[] = [];
  for (let round = -warming; round < rounds; round += 1) {
    const base = await other();
    const taken = await one();
    if (round >= 0) ratios.push(taken / base);
  }
  return median(ratios);
}

async function dbfSpeed(sample: OnDisk): Promise<BenchRow> {
  const bareReader = async (): Promise<number> =>
    (await (await DBFFile.open(sample.path, { encoding: 'gb18030' })).readRecords()).length;
  const value = await inRounds(
    () => timed(bareReader, rows),
    () => timed(() => readAll(sample), rows),
  );
  return {
    figure: 'DBF reader',
    value,
    unit: '×',
    against: 'dbffile, GB18030',
    must: { atLeast: 5 },
  };
}
