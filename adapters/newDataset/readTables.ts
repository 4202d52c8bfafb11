/** The tables of a file from which a dataset is drafted: a sample, a list of columns, or CREATE TABLE statements. Nothing of it is stored. */
import { decodeChinese } from '../../schemas/csvText.ts';
import { readDdl } from '../../schemas/draft/readDdl.ts';
import { readObjects } from '../../schemas/draft/readRows.ts';
import type { Table } from '../../schemas/draft/table.ts';
import { isSchemaObject } from '../../schemas/jsonSchema.ts';
import { JsonFault, readJson } from '../../schemas/readJson.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { formatNamed, readRecords } from '../formats.ts';
import { detectFormat } from '../suggest/detectFormat.ts';
import { once } from '../suggest/optionGuesses.ts';
import { csvTables } from './csvTables.ts';
import { workbookTables } from './workbookTables.ts';

export interface TablesRead {
  /** those with columns, in the order of the file */
  readonly tables: readonly Table[];
  /** doubts about parts without columns */
  readonly doubts: readonly Bilingual[];
}

/** Records of a sample that are examined; those of a sheet or a CSV file have a limit of their own. */
const maxRecords = 2_000;

/**
 * @param name of the file, without its ending: the name of a table that has none
 * @param maxInflatedBytes of all parts of a workbook
 * @throws Problem sample_unfit; for a workbook also file_empty, file_limit_exceeded, file_protected, format_refused, xlsx_damaged
 */
export async function readTables(
  name: string,
  bytes: Buffer,
  maxInflatedBytes?: number,
): Promise<TablesRead> {
  const tables = isWorkbook(bytes)
    ? await workbookTables(name, bytes, maxInflatedBytes)
    : detectFormat(bytes).value === 'dbf'
      ? [await databaseTable(name, bytes)]
      : textTables(name, bytes);
  const filled = tables.filter(({ columns }) => columns.length > 0);
  const doubts = tables.flatMap(({ columns, doubts: own = [] }) => (columns.length === 0 ? own : []));
  if (filled.length === 0) throw withoutColumns(doubts);
  if (filled.length > maxTables || filled.some(({ columns }) => columns.length > maxColumns))
    throw unfit(
      `超过 ${maxTables} 张表，或一张表超过 ${maxColumns} 列`,
      `it has more than ${maxTables} tables, or a table of more than ${maxColumns} columns`,
    );
  return { tables: filled, doubts };
}

/** A schema has at most 300 fields, so more columns are not a table of that kind. */
const maxColumns = 1_000;
const maxTables = 1_000;

const unfit = (zh: string, en: string): Problem => new Problem('sample_unfit', { reason: { zh, en } });

const withoutColumns = (doubts: readonly Bilingual[] = []): Problem =>
  new Problem(
    'sample_unfit',
    { reason: { zh: '没有找到表或列', en: 'no table and no columns were found' } },
    { findings: doubts.map((message) => ({ message })) },
  );

/** Both kinds of workbook: the old one is refused by name and not read as text. */
const isWorkbook = (bytes: Buffer): boolean =>
  bytes.subarray(0, 2).toString('latin1') === 'PK' || bytes.subarray(0, 4).toString('hex') === 'd0cf11e0';

/** A DBF file: its fields have names, and no memo is read. */
async function databaseTable(name: string, bytes: Buffer): Promise<Table> {
  const { header, rows } = await firstRecords(bytes);
  const columns = header.map((column, place) => ({
    name: column,
    samples: rows.map((cells) => (cells[place] ?? '').trim()),
  }));
  return { name, columns, source: 'sample' };
}

async function firstRecords(
  bytes: Buffer,
): Promise<{ readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }> {
  const rows: (readonly string[])[] = [];
  let header: readonly string[] = [];
  for await (const batch of readRecords(formatNamed('dbf'), once(bytes), { memo: 'ignore' })) {
    if (batch.kind !== 'table') continue;
    header = batch.columns;
    for (const record of batch.records) {
      if (rows.length >= maxRecords) return { header, rows };
      rows.push(
        record.map((cell) =>
          cell === null || cell === undefined || typeof cell === 'object' ? '' : String(cell),
        ),
      );
    }
  }
  return { header, rows };
}

function textTables(name: string, bytes: Buffer): readonly Table[] {
  if (bytes.includes(0))
    throw unfit(
      '不是文本（可能是 UTF-16 或二进制文件），请另存为 UTF-8 或 GB18030 文本，或 .xlsx',
      'it is no text (UTF-16, or a binary file): save it as UTF-8 or GB18030 text, or as .xlsx',
    );
  const content = contentOf(bytes);
  if (/\bcreate\s+(?:\w+\s+)*table\b/i.test(content)) return readDdl(content);
  if (statement.test(content)) throw withoutColumns();
  if (/^\s*[[{]/.test(content)) return [readObjects(name, objectsIn(content))];
  return csvTables(name, content);
}

function contentOf(bytes: Buffer): string {
  try {
    return decodeChinese(bytes);
  } catch {
    throw unfit('既不是 UTF-8 也不是 GB18030 文本', 'it is neither UTF-8 nor GB18030 text');
  }
}

/** Another statement of SQL than CREATE TABLE, or a sheet of a workbook saved as a page. */
const statement =
  /^(?:\s|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:select|insert|update|delete|with|drop|alter|grant|begin|use|set|create)\s|^\s*<(?:!doctype|html|\?xml)/i;

function objectsIn(content: string): Readonly<Record<string, unknown>>[] {
  try {
    const values: unknown[] = content.trimStart().startsWith('[')
      ? [readJson(content)].flat()
      : content
          .split('\n')
          .filter((line) => line.trim() !== '')
          .slice(0, maxRecords)
          .map((line) => readJson(line));
    return values.filter(isSchemaObject);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new Problem('sample_unfit', { reason: error.text });
  }
}
