/** Readers against reading, decoding and splitting lines; the DBF reader against the library of that name. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DBFFile } from 'dbffile';
import { formatNamed, readRecords } from '../../adapters/formats.ts';
import { median, type BenchRow } from '../row.ts';
import {
  chunksOf,
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

async function readAll(file: SampleFile): Promise<number> {
  let records = 0;
  for await (const batch of readRecords(formatNamed(file.format), chunksOf(file), file.options))
    records += batch.records.length;
  return records;
}

/** The floor: what any reader of text must do. */
async function split(file: SampleFile, encoding: string): Promise<number> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let lines = 0;
  let rest = '';
  for await (const chunk of chunksOf(file)) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    lines += parts.length;
  }
  return lines;
}

export async function readerSpeed(): Promise<BenchRow[]> {
  const people = peopleCells(rows);
  const csv = csvFile(people);
  const cases = [
    { file: csv, floor: () => split(csv, 'gb18030'), lines: rows + 1, against: 'its own bytes' },
    { file: fixedFile(people), floor: undefined, lines: rows, against: 'its own bytes' },
    {
      file: copybookFile(people),
      floor: () => split(csv, 'gb18030'),
      lines: rows + 1,
      against: 'the same people as GB18030 lines',
    },
    { file: xmlFile(people), floor: undefined, lines: rows + 1, against: 'its own bytes' },
  ];
  const figures: BenchRow[] = [];
  for (const { file, floor, lines, against } of cases) {
    const encoding = file.format === 'xml' ? 'utf-8' : 'gb18030';
    const base = floor ?? (() => split(file, encoding));
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const floorTime = await timed(base, lines);
      ratios.push((await timed(() => readAll(file), rows)) / floorTime);
    }
    figures.push({
      figure: `${file.format} reader`,
      value: median(ratios),
      unit: '×',
      against: `reading, decoding and splitting lines of ${against}`,
      must: { atMost: 2 },
    });
  }
  figures.push(await dbfSpeed(people));
  return figures;
}

async function dbfSpeed(people: readonly (readonly string[])[]): Promise<BenchRow> {
  const file = dbfFile(people);
  const folder = await mkdtemp(join(tmpdir(), 'datong-bench-'));
  try {
    const path = join(folder, 'people.dbf');
    await writeFile(path, Buffer.concat([file.head, file.body, file.tail]));
    const ratios: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const theirs = await timed(
        async () => (await (await DBFFile.open(path, { encoding: 'gb18030' })).readRecords()).length,
        rows,
      );
      ratios.push(theirs / (await timed(() => readAll(file), rows)));
    }
    return {
      figure: 'DBF reader',
      value: median(ratios),
      unit: '×',
      against: 'dbffile, GB18030',
      must: { atLeast: 5 },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
