/** Converts between a line of the template and an entry as the hub accepts it. */
import type { CheckFinding } from '../verb.ts';
import { entryColumns, type EntryColumn } from './columns.ts';
import type { CatalogueShown } from './csvRow.ts';
import { finding, type SheetLine } from './readSheet.ts';

type Value = string | readonly string[] | undefined;

/** `CatalogueEntry` of openapi.yaml. */
export type WrittenEntry = Readonly<Record<string, unknown>> & { readonly id: string };

/** @returns the entry, or the errors of the line: cells that are missing, too long, or invalid for their column */
export function entryOfLine({
  line,
  cells,
}: SheetLine): { readonly entry: WrittenEntry } | { readonly findings: readonly CheckFinding[] } {
  const findings: CheckFinding[] = [];
  const values = new Map<string, Value>();
  for (const column of entryColumns) {
    const cell = cells.get(column.key);
    const read = cell === undefined ? missing(column) : valueOf(column, cell);
    if (read instanceof Fault) {
      const { code, zh, en } = read;
      findings.push(finding(code, line, `${column.heading}：${zh}`, `${column.heading}: ${en}`));
    } else values.set(column.key, read);
  }
  if (findings.length > 0) return { findings };
  const one = (key: string): string | undefined => {
    const value = values.get(key);
    return typeof value === 'string' ? value : undefined;
  };
  const given = (members: Readonly<Record<string, Value>>): object =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
  const both = (zh: string, en: string): object => ({ zh: one(zh), en: one(en) ?? one(zh) });
  return {
    entry: {
      id: one('id') ?? '',
      title: both('titleZh', 'titleEn'),
      abstract: both('abstractZh', 'abstractEn'),
      sharing: given({
        type: one('sharingType'),
        manner: one('manner'),
        conditions: one('conditions'),
        basis: one('basis'),
      }),
      ...given({
        category: one('category'),
        openness: one('openness'),
        sourceSystem: one('sourceSystem'),
        updateFrequency: one('updateFrequency'),
        office: one('office'),
        contact: one('contact'),
        dataClass: one('dataClass'),
        sameData: one('sameData'),
        keywords: values.get('keywords'),
        datasets: values.get('datasets'),
      }),
    },
  };
}

class Fault {
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  constructor(code: string, zh: string, en: string) {
    this.code = code;
    this.zh = zh;
    this.en = en;
  }
}

const missing = ({ required }: EntryColumn): Fault | undefined =>
  required ? new Fault('cell_missing', '必填', 'is required') : undefined;

function valueOf(column: EntryColumn, cell: string): Value | Fault {
  const { words, several } = column;
  if (words !== undefined) {
    const code = Object.keys(words).find((one) => one === cell || words[one] === cell);
    const known = Object.values(words).join('、');
    return code ?? new Fault('cell_unlisted', `须为 ${known} 之一`, `is one of ${known}`);
  }
  if (several === undefined) return faultOf(column, cell) ?? cell;
  const parts = [...new Set(partsOf(cell))];
  if (parts.length > several.maxCount)
    return new Fault('cell_too_many', `最多 ${several.maxCount} 个`, `holds at most ${several.maxCount}`);
  return parts.map((part) => faultOf(column, part)).find((fault) => fault !== undefined) ?? parts;
}

function faultOf({ longest, pattern, hint }: EntryColumn, text: string): Fault | undefined {
  if ([...text].length > longest)
    return new Fault('cell_too_long', `最长 ${longest} 个字符`, `is longer than ${longest} characters`);
  if (pattern !== undefined && !pattern.test(text))
    return new Fault('cell_malformed', `应为${hint.zh}`, `should be ${hint.en}`);
  return undefined;
}

/** The cells of an entry, in the order of the columns. */
export function lineOfEntry({ entry }: CatalogueShown): readonly string[] {
  const { title, abstract, sharing, keywords, datasets, ...rest } = entry;
  const values: Readonly<Record<string, string | undefined>> = {
    ...rest,
    titleZh: title.zh,
    titleEn: title.en === title.zh ? '' : title.en,
    abstractZh: abstract.zh,
    abstractEn: abstract.en === abstract.zh ? '' : abstract.en,
    sharingType: sharing.type,
    manner: sharing.manner,
    conditions: sharing.conditions,
    basis: sharing.basis,
    keywords: keywords?.map(quoted).join('、'),
    datasets: datasets?.join('、'),
  };
  return entryColumns.map(({ key, words }) => {
    const value = values[key] ?? '';
    return words?.[value] ?? value;
  });
}

/** A value that contains a separator is enclosed in double quotes; a quote inside it is doubled. */
const quoted = (text: string): string =>
  /[、，,；;\n"]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text;

/** The values of a cell that are not empty. */
function partsOf(cell: string): readonly string[] {
  const parts: string[] = [];
  const next = /\s*(?:"((?:[^"]|"")*)"\s*(?=[、，,；;\n]|$)|([^、，,；;\n]*))(?:[、，,；;\n]|$)/y;
  while (next.lastIndex < cell.length) {
    const [, inside, plain = ''] = next.exec(cell) ?? [];
    const part = inside === undefined ? plain.trim() : inside.replaceAll('""', '"');
    if (part !== '') parts.push(part);
  }
  return parts;
}
