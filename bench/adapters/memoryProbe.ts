/** Run in a process of its own: reads about 100 MB of one format and prints by how many megabytes the process grew. */
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
import { workbookChunks } from './workbook.ts';

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
if (make === undefined) {
  const whole = workbookChunks(people, 100 * megabyte);
  await grow(workbookChunks(people, megabyte).chunks(), {});
  const before = process.memoryUsage.rss();
  peak = 0;
  await grow(whole.chunks(), {});
  process.stdout.write(`${(peak - before) / megabyte}\n`);
} else {
  const size = make(people, 1).body.length;
  const copies = Math.ceil((100 * megabyte) / size);
  const small = make(people, 1);
  await grow(chunksOf(small), small.options); // code is compiled, tables are built
  const before = process.memoryUsage.rss();
  peak = 0;
  const file = make(people, copies);
  await grow(chunksOf(file, copies), file.options);
  process.stdout.write(`${(peak - before) / megabyte}\n`);
}
