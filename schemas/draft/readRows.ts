/** Reads rows of a spreadsheet or CSV: either a list of columns (a data dictionary) or a sample of data with a header. */
import type { Bilingual } from '../../terms/bilingual.ts';
import { cnMobile } from '../formats/cnMobile.ts';
import { cnResidentId } from '../formats/cnResidentId.ts';
import { cnUscc } from '../formats/cnUscc.ts';
import { date } from '../formats/dateAndTime.ts';
import { columnLists } from './columnList.ts';
import { footersOf } from './footerRows.ts';
import type { Column, Table } from './table.ts';
import { defined } from '../../terms/defined.ts';

/**
 * @param rows cells as text, header rows included
 * @param name name of the table: the file or the sheet
 */
export function readRows(name: string, rows: readonly (readonly string[])[]): Table[] {
  return columnLists(name, rows) ?? [sample(name, rows)];
}

/** Maximum number of values examined in each column. */
const maxSamples = 2000;

function sample(name: string, rows: readonly (readonly string[])[]): Table {
  const doubts: Bilingual[] = [];
  // a title is alone in its row, above rows that have more
  const titles = rows.findIndex((cells) => filled(cells) > 1);
  const skipped = Math.max(0, titles);
  if (skipped > 0)
    doubts.push({
      zh: `表头之上有 ${skipped} 行标题`,
      en: `${skipped} lines of title are above the header`,
    });
  const table = rows.slice(skipped);
  const heading = titleOf(rows.slice(0, skipped));
  const headless = isData(table[0] ?? []);
  if (headless)
    doubts.push({
      zh: '首行像数据而不是表头：字段以序号命名，请补上名称',
      en: 'the first row looks like data and not like a header: fields are numbered, name them',
    });
  const header = headless ? [] : (table[0] ?? []);
  const below = headless ? table : table.slice(1);
  const footers = footersOf(below.length, (row) => below[row] ?? []).length;
  if (footers > 0)
    doubts.push({
      zh: `末尾 ${footers} 行是合计或落款，不是记录，跳过`,
      en: `the last ${footers} lines are totals or signatures and no records: they are skipped`,
    });
  const body = below.slice(0, below.length - footers).slice(0, maxSamples);
  const width = Math.max(header.length, ...body.map(({ length }) => length));
  const columns = Array.from({ length: width }, (_, place): Column & { readonly named: boolean } => {
    const title = (header[place] ?? '').trim();
    const samples = body.map((cells) => (cells[place] ?? '').trim());
    return { name: title === '' ? `field_${place + 1}` : title, samples, named: title !== '' };
  }).filter(({ named, samples }) => named || samples.some((text) => text !== ''));
  const nameless = columns.filter(({ named }) => !named).length;
  if (!headless && nameless > 0)
    doubts.push({ zh: `${nameless} 列没有列名`, en: `${nameless} columns have no name` });
  return {
    name,
    columns: columns.map(({ named: _named, ...column }) => column),
    source: 'sample',
    ...defined({ title: heading }),
    ...(doubts.length === 0 ? {} : { doubts }),
  };
}

/** The longest text above a header, which is the department's name of the table. A unit or a date there is shorter. */
function titleOf(rows: readonly (readonly string[])[]): string | undefined {
  const texts = rows.flat().map((cell) => cell.trim());
  const longest = texts.reduce((best, text) => (text.length > best.length ? text : best), '');
  return longest.length < 2 || longest.length > 60 ? undefined : longest;
}

function filled(cells: readonly string[]): number {
  return cells.filter((cell) => cell.trim() !== '').length;
}

/** Whether a row is data: it contains a number of a person or an organisation, a date, or mostly figures. */
function isData(cells: readonly string[]): boolean {
  const texts = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const identifies = (text: string): boolean =>
    [cnResidentId, cnUscc, cnMobile, date].some((check) => check(text) === undefined);
  const figures = texts.filter((text) => /^-?\d+(\.\d+)?$/.test(text)).length;
  return texts.some(identifies) || (texts.length > 0 && figures * 2 > texts.length);
}

/** Objects of a JSON or NDJSON sample as a table. A nested value is a text of its JSON; a list of plain values is an array. */
export function readObjects(name: string, records: readonly Readonly<Record<string, unknown>>[]): Table {
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  const columns = [...names].map((column) => ofMember(column, records.slice(0, maxSamples)));
  return { name, columns, source: 'sample' };
}

function ofMember(name: string, records: readonly Readonly<Record<string, unknown>>[]): Column {
  const values = records.map((record) => record[name]);
  const present = values.filter((value) => value !== null && value !== undefined);
  const types = new Set(present.map((value) => (Array.isArray(value) ? 'array' : typeof value)));
  const [only] = types;
  const required = present.length === values.length ? { required: true } : {};
  if (types.size === 1 && only === 'array')
    return { name, ...required, ...ofItems(present.flat()), samples: [] };
  if (types.has('object') || types.has('array')) return { name, ...required, type: 'json', samples: [] };
  const numbers = present.every((value) => Number.isSafeInteger(value)) ? 'int' : 'double';
  const type =
    types.size !== 1 ? undefined : only === 'number' ? numbers : only === 'boolean' ? only : undefined;
  const samples = values.map((value) =>
    value === null || value === undefined ? '' : String(value as string | number | boolean),
  );
  return { name, ...defined({ type }), samples };
}

function ofItems(items: readonly unknown[]): Pick<Column, 'type' | 'array' | 'length'> {
  if (items.length > 0 && items.every((item) => typeof item === 'string'))
    return { type: 'varchar', array: true, length: Math.max(20, ...items.map((item) => item.length * 2)) };
  if (items.length > 0 && items.every((item) => Number.isSafeInteger(item)))
    return { type: 'integer', array: true };
  return { type: 'json' };
}
