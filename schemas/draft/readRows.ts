/** Rows of a spreadsheet or CSV: either a list of columns (a data dictionary) or a sample of data with a header. */
import type { Column, Table } from './table.ts';

/** Header words of a column list, by meaning. */
const headings = {
  name: /^(字段名|字段名称|字段代码|字段英文名|英文名|英文名称|列名|数据项代码|column|column[_ ]?name|field|name|code)$/i,
  title:
    /^(字段中文名|中文名|中文名称|数据项|数据项名称|信息项|信息项名称|名称|说明|注释|备注|字段描述|描述|comment|title|description)$/i,
  type: /^(类型|数据类型|字段类型|type|data[_ ]?type)$/i,
  length: /^(长度|字段长度|数据长度|length|size)$/i,
  required: /^(必填|是否必填|非空|是否为空|是否非空|约束|required|nullable|not[_ ]?null)$/i,
  key: /^(主键|是否主键|primary[_ ]?key|pk)$/i,
} as const;

type Meaning = keyof typeof headings;

/** A row that names at least a column's name (or title) and its type is the header of a column list. */
function headerOf(cells: readonly string[]): Map<Meaning, number> | undefined {
  const places = new Map<Meaning, number>();
  for (const [place, cell] of cells.entries()) {
    for (const meaning of Object.keys(headings) as Meaning[]) {
      if (!places.has(meaning) && headings[meaning].test(cell.trim())) {
        places.set(meaning, place);
        break;
      }
    }
  }
  return (places.has('name') || places.has('title')) && places.has('type') ? places : undefined;
}

/**
 * @param rows cells as text, header rows included
 * @param name what the table is called: the file or the sheet
 */
export function readRows(name: string, rows: readonly (readonly string[])[]): Table {
  for (const [place, cells] of rows.slice(0, 10).entries()) {
    const places = headerOf(cells);
    if (places !== undefined)
      return { name, columns: listed(rows.slice(place + 1), places), source: 'column list' };
  }
  const [header = [], ...body] = rows;
  const columns = header.map((title, place): Column => ({
    name: title.trim(),
    samples: body.slice(0, 2000).map((cells) => (cells[place] ?? '').trim()),
  }));
  return { name, columns: columns.filter((column) => column.name !== ''), source: 'sample' };
}

function listed(rows: readonly (readonly string[])[], places: ReadonlyMap<Meaning, number>): Column[] {
  return rows.flatMap((cells): Column[] => {
    const cell = (meaning: Meaning): string => {
      const place = places.get(meaning);
      return place === undefined ? '' : (cells[place] ?? '').trim();
    };
    const title = cell('title');
    const name = cell('name') || title;
    if (name === '') return [];
    const written = /^([^(（]+)(?:[(（](\d+)(?:[,，]\s*(\d+))?[^)）]*[)）])?/.exec(cell('type'));
    const [, type = '', inType, scale] = written ?? [];
    const length = Number(/^\d+/.exec(cell('length'))?.[0] ?? inType);
    const required = /^(是|y|yes|true|1|√|必填|非空|not null|m)$/i.test(cell('required'));
    const key = /^(是|y|yes|true|1|√|pk)$/i.test(cell('key'));
    return [
      {
        name,
        ...(title === '' || title === name ? {} : { title }),
        ...(type.trim() === '' ? {} : { type: type.trim().toLowerCase() }),
        ...(Number.isInteger(length) && length > 0 ? { length } : {}),
        ...(scale === undefined ? {} : { scale: Number(scale) }),
        ...(required || key ? { required: true } : {}),
        ...(key ? { key: true } : {}),
        samples: [],
      },
    ];
  });
}

/** Objects of a JSON or NDJSON sample as a table; nested values are passed over. */
export function readObjects(name: string, records: readonly Readonly<Record<string, unknown>>[]): Table {
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  const columns = [...names].map((column): Column => {
    const values = records.slice(0, 2000).map((record) => record[column]);
    const types = new Set(
      values.filter((value) => value !== null && value !== undefined).map((value) => typeof value),
    );
    const [only] = types;
    const type = types.size === 1 && (only === 'boolean' || only === 'number') ? only : undefined;
    const samples = values.map((value) =>
      value === null || value === undefined || typeof value === 'object'
        ? ''
        : String(value as string | number | boolean),
    );
    return { name: column, ...(type === undefined ? {} : { type }), samples };
  });
  return { name, columns, source: 'sample' };
}
