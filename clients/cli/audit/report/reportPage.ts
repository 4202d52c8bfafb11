/** A month's figures as a table and as a page that is printed. No script, nothing fetched, every text escaped. */
import type { MonthReport, ReportFigures } from '../../../../log/monthReport.ts';
import type { ReportedMonth } from '../../../../log/reportedMonth.ts';
import type { MatterSaved } from '../../../../log/savedMaterials.ts';
import type { Bilingual, Language } from '../../../../terms/bilingual.ts';
import { escapedHtml } from '../../printedText.ts';
import type { Table } from '../../fetch/rowsFile.ts';

const heads: Readonly<Record<Exclude<keyof ReportFigures, 'denials'>, Bilingual>> = {
  calls: { zh: '调用', en: 'calls' },
  denied: { zh: '拒绝', en: 'denied' },
  rows: { zh: '对外提供行数', en: 'rows' },
  withheld: { zh: '未提供行数', en: 'withheld' },
  cases: { zh: '办件', en: 'cases' },
  consentsGiven: { zh: '同意', en: 'consents' },
  consentsWithdrawn: { zh: '撤回', en: 'withdrawn' },
  batches: { zh: '报送批次', en: 'batches' },
  rowsIn: { zh: '报送行数', en: 'rows in' },
  badIn: { zh: '问题数据', en: 'bad' },
  inTime: { zh: '按时答复', en: 'answered in time' },
  late: { zh: '逾期答复', en: 'answered late' },
};
const members = Object.keys(heads) as readonly (keyof typeof heads)[];

const denialText = ({ denials }: ReportFigures): string =>
  Object.entries(denials)
    .map(([code, count]) => `${code} ${count}`)
    .join(', ');

interface FiguresTable extends Table {
  readonly rows: readonly (readonly (string | number)[])[];
}

/** The whole, then a row a department, then a row a dataset. */
export function reportTable(
  { total, byDepartment, byDataset }: MonthReport,
  language: Language,
): FiguresTable {
  const words = {
    of: { zh: '对象', en: 'of' },
    name: { zh: '名称', en: 'name' },
    total: { zh: '合计', en: 'total' },
    department: { zh: '部门', en: 'department' },
    dataset: { zh: '数据资源', en: 'dataset' },
    denials: { zh: '拒绝代码', en: 'denials by code' },
  };
  const row = (of: Bilingual, name: string, figures: ReportFigures): readonly (string | number)[] => [
    ...[of[language], name],
    ...members.map((member) => figures[member]),
    denialText(figures),
  ];
  return {
    header: [
      ...[words.of[language], words.name[language]],
      ...members.map((member) => heads[member][language]),
      words.denials[language],
    ],
    rows: [
      row(words.total, '', total),
      ...Object.entries(byDepartment).map(([name, figures]) => row(words.department, name, figures)),
      ...Object.entries(byDataset).map(([name, figures]) => row(words.dataset, name, figures)),
    ],
  };
}

/** One row for each paper that citizens did not have to bring (免提交材料). */
export function savedTable(saved: readonly MatterSaved[], language: Language): FiguresTable {
  const heads: readonly Bilingual[] = [
    { zh: '事项', en: 'matter' },
    { zh: '事项名称', en: 'title' },
    { zh: '办件', en: 'cases' },
    { zh: '对外提供行数', en: 'rows' },
    { zh: '材料', en: 'paper' },
    { zh: '免提交', en: 'not needed' },
  ];
  return {
    header: heads.map((head) => head[language]),
    rows: saved.flatMap(({ code, title, cases, rows, materials }) =>
      materials.map((one) => [code, title[language], cases, rows, one.title[language], one.spared]),
    ),
  };
}

/** @returns an HTML document, UTF-8 */
export function reportPage(report: ReportedMonth, language: Language): string {
  const { header, rows } = reportTable(report, language);
  const line = (cells: readonly (string | number)[], tag: 'td' | 'th'): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapedHtml(String(cell))}</${tag}>`).join('')}</tr>`;
  const tables = [
    { header, rows },
    ...(report.saved === undefined || report.saved.length === 0 ? [] : [savedTable(report.saved, language)]),
  ];
  const { month, entries, first = '–', last = '–' } = report;
  const title = { zh: `数据共享月报 ${month}`, en: `Data exchange in ${month}` }[language];
  const source = {
    zh: `由日志第 ${first}–${last} 条算出，共 ${entries} 条；导出这些条目即可重算。`,
    en: `Counted from entries ${first}–${last} of the log, ${entries} in all; an export of them gives the same.`,
  }[language];
  return `<!DOCTYPE html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><title>${title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>@page{size:A4 landscape;margin:12mm}body{font:10pt/1.4 serif}table{border-collapse:collapse;width:100%}td,th{border:.2mm solid #555;padding:1mm 1.5mm;text-align:left}</style></head>
<body><h1>${title}</h1>${tables.map((table) => `<table>${line(table.header, 'th')}${table.rows.map((cells) => line(cells, 'td')).join('')}</table>`).join('')}<p>${source}</p></body></html>
`;
}
