/** An entry in the columns of the guide to compiling catalogues (政务信息资源目录编制指南), a row for each field of its datasets. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { noFormula } from '../../../terms/csv.ts';
import { frequencies, manners, openness, sharingTypes } from './entryWords.ts';

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
    readonly contact: string;
    readonly dataClass: string;
    readonly keywords?: readonly string[];
    readonly datasets?: readonly string[];
    readonly sameData?: string;
  };
  readonly revision: number;
  readonly department: string;
  readonly datasets: readonly {
    readonly dataset: string;
    readonly state: string;
    /** urn of the version that it is bound to */
    readonly schema?: string;
    readonly fields: readonly { readonly name: string; readonly type: string; readonly title?: Bilingual }[];
  }[];
}

// a cell that a spreadsheet would take for a formula begins with an apostrophe
const quoted = (cell: string): string => `"${noFormula(cell).replaceAll('"', '""')}"`;
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
