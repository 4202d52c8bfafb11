/** Run in a process of its own: reads about 100 MB of one format (of workbooks: two files, a small one first) and prints by how many megabytes the process grew. */
import { createReadStream } from 'node:fs';
import { formatNamed, readRecords } from '../../adapters/formats.ts';
import {
  chunksOf,
  copybookFile,
  csvFile,
  dbfFile,
  fixedFile,
  hl7File,
  jsonFile,
  peopleCells,
  xmlFile,
  type SampleFile,
} from './sampleFiles.ts';

const megabyte = 1024 * 1024;
const makers: Readonly<
  Record<string, (people: readonly (readonly string[])[], copies: number) => SampleFile>
> = {
  csv: csvFile,
  fixed: fixedFile,
  copybook: copybookFile,
  dbf: dbfFile,
  xml: xmlFile,
  hl7: hl7File,
  json: jsonFile,
};

const format = process.argv[2] ?? 'csv';
const people = peopleCells(2_000);

async function grow(bytes: AsyncIterable<Uint8Array>, options: object): Promise<void> {
  for await (const batch of readRecords(formatNamed(format), bytes, options)) {
    if (batch.bad.length > 0) throw new Error('bad records in a clean file');
    peak = Math.max(peak, process.memoryUsage.rss());
  }
}

let peak = 0;
const make = makers[format];
const [small, large] = process.argv.slice(3);
if (make === undefined && small !== undefined && large !== undefined) {
  await grow(createReadStream(small), {});
  const before = process.memoryUsage.rss();
  peak = 0;
  await grow(createReadStream(large), {});
  process.stdout.write(`${(peak - before) / megabyte}\n`);
} else if (make !== undefined) {
  const size = make(people, 1).body.length;
  const copies = Math.ceil((100 * megabyte) / size);
  const warm = make(people, 1);
  await grow(chunksOf(warm), warm.options); // code is compiled, tables are built
  const before = process.memoryUsage.rss();
  peak = 0;
  const file = make(people, copies);
  await grow(chunksOf(file, copies), file.options);
  process.stdout.write(`${(peak - before) / megabyte}\n`);
}
