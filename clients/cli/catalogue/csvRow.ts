/** An entry in the columns of the guide to compiling catalogues (政务信息资源目录编制指南), a row for each field of its datasets. */
import type { Bilingual } from '../../../terms/bilingual.ts';

/** `CatalogueShown` of openapi.yaml. */
export interface CatalogueShown {
  readonly entry: {
    readonly id: string;
    readonly title: Bilingual;
    readonly abstract: Bilingual;
    readonly category: string;
    readonly sharing: {
      readonly type: string;
      readonly manner: string;
      readonly conditions?: string;
      readonly basis?: string;
    };
    readonly openness: string;
    readonly sourceSystem: string;
    readonly updateFrequency: string;
    readonly office: string;
  };
  readonly department: string;
  readonly datasets: readonly {
    readonly fields: readonly { readonly name: string; readonly type: string; readonly title?: Bilingual }[];
  }[];
}

const sharingTypes: Readonly<Record<string, string>> = {
  unconditional: '无条件共享',
  conditional: '有条件共享',
  none: '不予共享',
};
const manners: Readonly<Record<string, string>> = { table: '库表', file: '文件', interface: '接口' };
const openness: Readonly<Record<string, string>> = {
  open: '开放',
  conditional: '有条件开放',
  closed: '不开放',
};
const frequencies: Readonly<Record<string, string>> = {
  ...{ realtime: '实时', hourly: '每小时', daily: '每日', weekly: '每周', monthly: '每月' },
  ...{ quarterly: '每季度', 'half-yearly': '每半年', yearly: '每年', irregular: '不定期' },
};

// a cell that a spreadsheet would take for a formula begins with an apostrophe
const quoted = (cell: string): string =>
  `"${(/^[=+\-@\t]/.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`;
const line = (cells: readonly string[]): string => cells.map(quoted).join(',');

export const csvHead = line([
  ...['信息资源代码', '信息资源名称', '分类代码', '提供方', '责任处室', '来源系统', '摘要', '更新周期'],
  ...['共享类型', '共享条件或依据', '共享方式', '开放属性', '信息项', '信息项名称', '数据类型'],
]);

export function csvRow({ entry, department, datasets }: CatalogueShown): readonly string[] {
  const { sharing } = entry;
  const head = [
    ...[entry.id, entry.title.zh, entry.category, department, entry.office, entry.sourceSystem],
    ...[entry.abstract.zh, frequencies[entry.updateFrequency] ?? ''],
    ...[sharingTypes[sharing.type] ?? '', sharing.conditions ?? sharing.basis ?? ''],
    ...[manners[sharing.manner] ?? '', openness[entry.openness] ?? ''],
  ];
  const fields = datasets.flatMap((dataset) => dataset.fields);
  if (fields.length === 0) return [line([...head, '', '', ''])];
  return fields.map(({ name, type, title }) => line([...head, name, title?.zh ?? '', type]));
}
