/** Reads code lists from the CSV files of offices. Duplicate and revoked codes are reported, line by line. */
import type { Bilingual } from '../../terms/bilingual.ts';
import { csvRows, decodeChinese, type CsvRow } from '../csvText.ts';
import type { CodeEntry, CodeList } from './codeList.ts';
import { defined } from '../../terms/defined.ts';

export interface CodeListFinding {
  readonly code:
    'code_doubled' | 'code_revoked' | 'code_missing' | 'name_missing' | 'column_missing' | 'not_text';
  /** physical line, from 1; 0 for the file as a whole */
  readonly line: number;
  readonly value: string;
  readonly message: Bilingual;
}

export interface CodeListOptions extends Pick<
  CodeList,
  'id' | 'version' | 'title' | 'source' | 'supplements'
> {
  /** last day on which codes marked as revoked were in force; without it they are omitted */
  readonly revokedTo?: string;
}

/** Header names, by meaning; the first that the file has is taken. */
const headers = {
  code: ['code', 'code_number', '代码', '编码'],
  name: ['name', '名称', '中文名称'],
  en: ['pinyin', 'name_en', '英文名称'],
  id: ['id'],
  parent: ['parent_code', '上级代码'],
  parentId: ['parent_id'],
  revoked: ['revoked', '撤销'],
  from: ['from', 'valid_from', '启用日期'],
  to: ['to', 'valid_to', '停用日期'],
} as const;

/**
 * @param bytes UTF-8 or GB18030
 * @returns the list of usable codes, and findings for the rest
 */
export function readCodeListCsv(
  bytes: Uint8Array,
  options: CodeListOptions,
): { readonly list: CodeList; readonly findings: readonly CodeListFinding[] } {
  const { revokedTo, ...head } = options;
  const findings: CodeListFinding[] = [];
  const rows = rowsOf(bytes, findings);
  const columns = columnsOf(rows[0]);
  const cell = (row: CsvRow, meaning: keyof typeof headers): string =>
    (row.cells[columns[meaning]] ?? '').replaceAll('\u00a0', ' ').trim();
  const missing = (['code', 'name'] as const).filter((meaning) => columns[meaning] < 0);
  for (const meaning of missing) findings.push(finding('column_missing', 0, meaning));
  if (missing.length > 0 || rows.length === 0) return { list: { ...head, entries: [] }, findings };
  const codeById = new Map(rows.slice(1).map((row) => [cell(row, 'id'), cell(row, 'code')]));
  codeById.delete('');
  const seen = new Set<string>();
  const entries: CodeEntry[] = [];
  for (const row of rows.slice(1)) {
    const code = cell(row, 'code');
    const name = cell(row, 'name');
    const problem = problemOf(code, name, seen);
    if (problem !== undefined) {
      findings.push(finding(problem, row.line, code));
      continue;
    }
    seen.add(code);
    const revoked = ['1', 'true', '是'].includes(cell(row, 'revoked'));
    if (revoked) findings.push(finding('code_revoked', row.line, code));
    if (revoked && revokedTo === undefined) continue;
    const en = cell(row, 'en') || undefined;
    const parent = cell(row, 'parent') || codeById.get(cell(row, 'parentId')) || undefined;
    const from = cell(row, 'from') || undefined;
    const to = cell(row, 'to') || (revoked ? revokedTo : undefined);
    entries.push({ code, zh: name, ...defined({ en, parent, from, to }) });
  }
  return { list: { ...head, entries }, findings };
}

/** Why a row has no usable code. */
function problemOf(
  code: string,
  name: string,
  seen: ReadonlySet<string>,
): CodeListFinding['code'] | undefined {
  if (code === '') return 'code_missing';
  if (name === '') return 'name_missing';
  return seen.has(code) ? 'code_doubled' : undefined;
}

function rowsOf(bytes: Uint8Array, findings: CodeListFinding[]): CsvRow[] {
  try {
    return csvRows(decodeChinese(bytes));
  } catch {
    findings.push(finding('not_text', 0, ''));
    return [];
  }
}

function columnsOf(header: CsvRow | undefined): Record<keyof typeof headers, number> {
  const names = (header?.cells ?? []).map((name) => name.trim().toLowerCase());
  const place = (wanted: readonly string[]): number => names.findIndex((name) => wanted.includes(name));
  return Object.fromEntries(
    Object.entries(headers).map(([meaning, wanted]) => [meaning, place(wanted)]),
  ) as Record<keyof typeof headers, number>;
}

const messages: Readonly<Record<CodeListFinding['code'], Bilingual>> = {
  code_doubled: { zh: '代码重复，只取第一次出现的', en: 'the code occurs twice; the first one counts' },
  code_revoked: { zh: '代码已撤销', en: 'the code is revoked' },
  code_missing: { zh: '没有代码', en: 'there is no code' },
  name_missing: { zh: '没有名称', en: 'there is no name' },
  column_missing: { zh: '没有代码列或名称列', en: 'there is no column for the code or the name' },
  not_text: { zh: '既不是 UTF-8 也不是 GB18030 文本', en: 'it is neither UTF-8 nor GB18030 text' },
};

function finding(code: CodeListFinding['code'], line: number, value: string): CodeListFinding {
  return { code, line, value, message: messages[code] };
}
