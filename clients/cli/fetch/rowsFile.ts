/** Rows as a file that a clerk opens: CSV as Excel reads it, a workbook, or JSON a line. */
import { writeFileSync } from 'node:fs';
import { maxCellLength, writeWorkbook } from '../../../adapters/xlsx/writeWorkbook.ts';
import { featureOf } from '../../../schemas/places/feature.ts';
import { positionOf } from '../../../schemas/places/point.ts';
import { byteOrderMark, csvLine } from '../../../terms/csv.ts';
import { writeFileContent } from '../output.ts';
import { exitCode, talk, VerbFailure } from '../verb.ts';
import { counted } from '../../../terms/counted.ts';

export interface RowsFileOptions {
  readonly csv?: boolean;
  readonly xlsx?: boolean;
  readonly ndjson?: boolean;
  readonly geojson?: boolean;
  readonly json?: boolean;
  readonly out?: string;
}

/** Rows with their headings. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

const formats = ['csv', 'xlsx', 'ndjson', 'geojson', 'json'] as const;
type Format = (typeof formats)[number];

/**
 * The requested format; one JSON object a line by default.
 * @throws VerbFailure usage for two at once, a workbook without a file, a file for `--json`
 */
export function requestedFormat(options: RowsFileOptions): Format {
  const requested = formats.filter((name) => options[name] === true);
  const [format = 'ndjson', another] = requested;
  if (another !== undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: `--${format} 与 --${another} 只能选一个`,
      en: `--${format} and --${another} exclude each other`,
    });
  if (format === 'xlsx' && options.out === undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '--xlsx 须同时给出 -o 文件.xlsx',
      en: '--xlsx wants a file: add -o FILE.xlsx',
    });
  if (format === 'json' && options.out !== undefined)
    throw new VerbFailure(exitCode.usage, {
      zh: '--json 不写文件；写文件用 --csv、--xlsx、--ndjson 或 --geojson',
      en: '--json writes no file; --csv, --xlsx, --ndjson and --geojson do',
    });
  return format;
}

/** @param fields their order, where one was requested; else that of the records */
export function tableOf(
  records: readonly Readonly<Record<string, unknown>>[],
  fields: readonly string[] | undefined,
): Table {
  const header = fields ?? [...new Set(records.flatMap((record) => Object.keys(record)))];
  return { header, rows: records.map((record) => header.map((name) => record[name])) };
}

/** Writes to stdout, or into the file of `-o`, which only its owner may read. @param lines the same rows as JSON, for `--ndjson` */
export async function writeRows(
  options: RowsFileOptions,
  table: Table,
  lines: readonly unknown[],
): Promise<void> {
  const { out: output } = options;
  const format = requestedFormat(options);
  const bytes =
    format === 'xlsx'
      ? await workbook(table)
      : Buffer.from(
          format === 'csv'
            ? csv(table)
            : format === 'geojson'
              ? featureCollection(table)
              : lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
        );
  if (output === undefined) {
    if (bytes.length > 0) await writeFileContent(Buffer.from(bytes).toString('utf8'));
    return;
  }
  writeFileSync(output, bytes, { mode: 0o600 });
  talk({
    zh: `${table.rows.length} 行写入 ${output}`,
    en: `wrote ${counted(table.rows.length, 'row')} to ${output}`,
  });
}

/**
 * A GeoJSON FeatureCollection (RFC 7946): the place of a row is the geometry of its feature, the other fields are its properties.
 * @throws VerbFailure usage where no row has a place
 */
function featureCollection({ header, rows }: Table): string {
  const place = header.findIndex((_, at) => rows.some((row) => positionOf(row[at]) !== undefined));
  if (place < 0 && rows.length > 0)
    throw new VerbFailure(exitCode.usage, {
      zh: '这些行没有位置，不能写成 GeoJSON',
      en: 'the rows have no place: they cannot be written as GeoJSON',
    });
  const [name = ''] = header.slice(place, place + 1);
  const features = rows.map((row) =>
    featureOf(
      Object.fromEntries(header.flatMap((name, at) => (row[at] === undefined ? [] : [[name, row[at]]]))),
      name,
    ),
  );
  return `${JSON.stringify({ type: 'FeatureCollection', features })}\n`;
}

/** @throws VerbFailure local for a text too long for a cell */
async function workbook({ header, rows }: Table): Promise<Uint8Array> {
  const written = await writeWorkbook(header, rows);
  if ('bytes' in written) return written.bytes;
  throw new VerbFailure(
    exitCode.local,
    {
      zh: `第 ${written.tooLong} 行有单元格超过 ${maxCellLength} 个字符，工作簿放不下`,
      en: `row ${written.tooLong} has a cell of more than ${maxCellLength} characters, which no workbook holds`,
    },
    { zh: '改用 --csv 或 --ndjson', en: 'use --csv or --ndjson' },
  );
}

const csv = ({ header, rows }: Table): string => `${byteOrderMark}${[header, ...rows].map(csvLine).join('')}`;
