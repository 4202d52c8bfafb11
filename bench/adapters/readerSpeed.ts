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
const rounds = 5;

async function timed(work: () => Promise<number>, expected: number): Promise<number> {
  const started = performance.now();
  const found = await work();
  const took = performance.now() - started;
  if (found !== expected) throw new Error(`${found} records instead of ${expected}`);
  return took;
}

interface OnDisk {
  readonly file: SampleFile;
  readonly path: string;
}

async function onDisk(folder: string, file: SampleFile): Promise<OnDisk> {
  const path = join(folder, `people.${file.format}`);
  await writeFile(path, Buffer.concat([file.head, file.body, file.tail]));
  return { file, path };
}

async function readAll({ file, path }: OnDisk): Promise<number> {
  let records = 0;
  for await (const batch of readRecords(formatNamed(file.format), createReadStream(path), file.options))
    records += batch.records.length;
  return records;
}

/** The floor: what any reader of text must do. */
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
    const people = peopleCells(rows);
    const csv = await onDisk(folder, csvFile(people));
    const figures: BenchRow[] = [];
    for (const make of [csvFile, fixedFile, copybookFile, xmlFile]) {
      const sample = await onDisk(folder, make(people));
      const { format } = sample.file;
      // a host file has no lines: the same people as GB18030 lines are its floor
      const floor = format === 'copybook' ? csv : sample;
      const lines = floor.file.format === 'csv' || format === 'xml' ? rows + 1 : rows;
      const ratios: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const base = await timed(() => split(floor.path, format === 'xml' ? 'utf-8' : 'gb18030'), lines);
        ratios.push((await timed(() => readAll(sample), rows)) / base);
      }
      const against = format === 'copybook' ? 'the same people as GB18030 lines' : 'its own bytes';
      figures.push({
        figure: `${format} reader`,
        value: median(ratios),
        unit: '×',
        against: `reading, decoding and splitting lines of ${against}`,
        must: { atMost: 2 },
      });
    }
    figures.push(await dbfSpeed(await onDisk(folder, dbfFile(people))));
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function dbfSpeed(sample: OnDisk): Promise<BenchRow> {
  const ratios: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const theirs = await timed(
      async () => (await (await DBFFile.open(sample.path, { encoding: 'gb18030' })).readRecords()).length,
      rows,
    );
    ratios.push(theirs / (await timed(() => readAll(sample), rows)));
  }
  return {
    figure: 'DBF reader',
    value: median(ratios),
    unit: '×',
    against: 'dbffile, GB18030',
    must: { atLeast: 5 },
  };
}
