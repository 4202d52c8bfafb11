/** Real files of each format that are damaged by number, for the readers alone and for the whole way in. */
import { readFileSync } from 'node:fs';
import { sharedData } from './sharedData.ts';
import type { CompanionFiles } from '../adapters/reading/reader.ts';

export interface FuzzCase {
  readonly name: string;
  readonly format: string;
  readonly bytes: Buffer;
  readonly options?: object;
  readonly companions?: CompanionFiles;
  readonly mutations: number;
  /** how many records the bytes hold by a count of its own; undefined where only the reader can determine it */
  readonly count?: (bytes: Buffer) => number | undefined;
}

const head = (path: string, length: number): Buffer => {
  const bytes = readFileSync(sharedData(path));
  return bytes.subarray(0, bytes.lastIndexOf(10, length) + 1);
};
const linesOf = (bytes: Buffer): string[] => {
  const lines = bytes.toString('latin1').split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
};
/** Records of a CSV file without quotes: its lines after the header. */
const csvLines = (bytes: Buffer): number | undefined =>
  bytes.includes(0x22) ? undefined : linesOf(bytes).length - 1;

/** Lines as an old weather program writes them: 100 columns, numbers padded with blanks. */
const observations = (lines: number): string =>
  Array.from({ length: lines }, (_, i) =>
    [
      String(70_000 + i * 7).padEnd(5),
      ' 2017  4 11',
      (116.5 + i / 97).toFixed(4).padStart(13),
      (38.7 + i / 89).toFixed(4).padStart(13),
      ...[14 + (i % 9), 33 + (i % 31)].map((value) => String(value).padStart(9)),
      (0.8 + (i % 50) / 1000).toFixed(3).padStart(13),
      ...[123, 81, 48].map((value) => String(value + (i % 17)).padStart(9)),
    ]
      .join('')
      .padEnd(100),
  )
    .map((line) => `${line}\n`)
    .join('');

export function fuzzCases(): FuzzCase[] {
  const copybook = (name: string): string => readFileSync(sharedData(`cobrix/${name}/copybook.cob`), 'utf8');
  const host = (
    name: string,
    length: number,
    options: object,
  ): Pick<FuzzCase, 'format' | 'bytes' | 'options'> => ({
    format: 'copybook',
    bytes: readFileSync(sharedData(`cobrix/${name}/data.bin`)).subarray(0, length),
    options: { copybook: copybook(name), ...options },
  });
  const columns = [
    { name: 'site', start: 0, length: 5 },
    { name: 'rest', start: 5, length: 95 },
  ];
  return [
    {
      name: 'csv, quoted',
      format: 'csv',
      bytes: head('gb-codes/GB-4754-2017.gb18030.csv', 6000),
      mutations: 700,
    },
    {
      name: 'csv, gbk',
      format: 'csv',
      bytes: Buffer.from(
        head('gb-codes/GB-2260.gbk.csv', 6000).toString('latin1').replaceAll('"', ''),
        'latin1',
      ),
      options: { encoding: 'gbk' },
      mutations: 600,
      count: csvLines,
    },
    {
      name: 'csv, air',
      format: 'csv',
      bytes: Buffer.from(
        head('beijing-air/PRSA_Data_Dongsi_20130301-20170228.csv', 5000).toString().replaceAll('"', ''),
      ),
      options: { separator: ',' },
      mutations: 400,
      count: csvLines,
    },
    {
      name: 'fixed',
      format: 'fixed',
      bytes: Buffer.from(observations(50)),
      options: { columns },
      mutations: 600,
      count: (bytes) => linesOf(bytes).length,
    },
    {
      name: 'copybook F',
      ...host('fixed-display-binary', 4500, {}),
      mutations: 600,
      count: (bytes) => (bytes.length % 45 === 0 ? bytes.length / 45 : undefined),
    },
    { name: 'copybook V', ...host('variable-rdw-segments', 6000, { recordFormat: 'V' }), mutations: 500 },
    {
      name: 'copybook segments',
      ...host('variable-rdw-segments', 3000, {
        recordFormat: 'V',
        segmentField: 'SEGMENT-ID',
        segmentRedefines: { C: 'STATIC-DETAILS', P: 'CONTACTS' },
        segmentChildren: { 'STATIC-DETAILS': ['CONTACTS'] },
      }),
      mutations: 200,
    },
    { name: 'copybook lists', ...host('fixed-odo-redefines', 8808, {}), mutations: 200 },
    { name: 'dbf', format: 'dbf', bytes: readFileSync(sharedData('dbf/dbase_03.dbf')), mutations: 400 },
    {
      name: 'dbf with memos',
      format: 'dbf',
      bytes: readFileSync(sharedData('dbf/dbase_83.dbf')),
      companions: { memo: readFileSync(sharedData('dbf/dbase_83.dbt')) },
      mutations: 200,
    },
    {
      name: 'xml',
      format: 'xml',
      bytes: readFileSync(sharedData('xml/road-weather/HaeKaikkiTiesaaAsematResponse.xml')),
      options: { rows: '/*/*' },
      mutations: 500,
    },
    {
      name: 'xml, namespaces',
      format: 'xml',
      bytes: readFileSync(sharedData('xml/datex2/france-events.xml')),
      options: { rows: '//situationRecord', namespaces: { d: 'http://datex2.eu/schema/2/2_0' } },
      mutations: 150,
    },
    {
      name: 'hl7',
      format: 'hl7',
      bytes: readFileSync(sharedData('hl7/Epic_002_Epic_ORU_R01.hl7')),
      mutations: 400,
    },
    {
      name: 'json',
      format: 'json',
      bytes: readFileSync(sharedData('gb-codes/GB-3304-1991.json')),
      mutations: 200,
    },
    {
      name: 'ndjson',
      format: 'json',
      bytes: Buffer.from(Array.from({ length: 60 }, (_, i) => `{"id":${i},"n":"张${i}"}`).join('\n')),
      options: { layout: 'lines', encoding: 'gb18030' },
      mutations: 200,
    },
    {
      name: 'xlsx',
      format: 'xlsx',
      bytes: readFileSync(sharedData('xlsx/us-crime-2.xlsx')),
      options: { headerRows: [4, 5] },
      mutations: 60,
    },
  ];
}
