/**
 * The columns in which entries of the catalogue are written to a workbook and read back (政务信息资源目录编制指南, with the requirements of Decree
 * 809).
 */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { dataClasses, frequencies, manners, openness, sharingTypes } from './entryWords.ts';

/** Name of the sheet with one line for each entry. */
export const entriesSheet = '目录';

export interface EntryColumn {
  readonly key: string;
  readonly heading: string;
  /** shown at a cell of the template */
  readonly hint: Bilingual;
  readonly required: boolean;
  /** characters; the contract's limit */
  readonly longest: number;
  /** for a coded value: its codes with the words in the cell */
  readonly words?: Readonly<Record<string, string>>;
  /** several values in one cell, separated by 、 ， ； or line ends; one that contains such a sign is in double quotes */
  readonly several?: { readonly maxCount: number };
  readonly pattern?: RegExp;
}

const id = /^(?=[^.]{2,60}\.[^.]{2,60}$)[a-z][a-z0-9]*(-[a-z0-9]+)*\.[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const column = (
  key: string,
  heading: string,
  zh: string,
  en: string,
  more: Partial<EntryColumn> = {},
): EntryColumn => ({ key, heading, hint: { zh, en }, required: true, longest: 500, ...more });
const optional = { required: false } as const;

export const entryColumns: readonly EntryColumn[] = [
  column(
    'id',
    '信息资源代码',
    '部门代码.英文短名，如 civil.relief',
    'department.slug, such as civil.relief',
    {
      longest: 101,
      pattern: id,
    },
  ),
  column('titleZh', '信息资源名称', '中文名称', 'title in Chinese'),
  column('titleEn', '英文名称', '不填则同中文名称', 'empty: as in Chinese', optional),
  column('category', '分类代码', '类/项/目/细目，如 1/12/3', 'class, such as 1/12/3', {
    longest: 20,
    pattern: /^[1-9][0-9]{0,2}(\/[0-9]{1,4}){0,3}$/,
  }),
  column('abstractZh', '摘要', '这项资源是什么', 'what it is, in Chinese'),
  column('abstractEn', '英文摘要', '不填则同摘要', 'empty: as in Chinese', optional),
  column(
    'keywords',
    '关键字',
    '最多 20 个，以顿号分隔；自身含逗号、顿号的用英文双引号括起',
    'at most 20, between 、; one that holds a comma in double quotes',
    {
      ...optional,
      longest: 40,
      several: { maxCount: 20 },
    },
  ),
  column('office', '责任处室', '负责的处室', 'office in charge', { longest: 200 }),
  column('contact', '联系方式', '处室的联系方式', 'how the office is reached', { longest: 200 }),
  column('sourceSystem', '来源系统', '数据来自哪个业务系统', 'system that the data comes from', {
    longest: 200,
  }),
  column('updateFrequency', '更新周期', '从列表中选', 'choose from the list', { words: frequencies }),
  column('sharingType', '共享类型', '从列表中选', 'choose from the list', { words: sharingTypes }),
  column(
    'conditions',
    '共享条件',
    '有条件共享的必填，其他不填',
    'of conditional sharing, and of nothing else',
    {
      ...optional,
      longest: 1000,
    },
  ),
  column('basis', '不予共享依据', '不予共享的必填，其他不填', 'the law, of what is not shared', {
    ...optional,
    longest: 1000,
  }),
  column('manner', '共享方式', '从列表中选', 'choose from the list', { words: manners }),
  column('openness', '开放属性', '从列表中选', 'choose from the list', { words: openness }),
  column('dataClass', '数据分类', '从列表中选；核心数据和涉密的不登记', 'choose from the list', {
    words: dataClasses,
  }),
  column(
    'datasets',
    '挂接资源',
    '已登记的数据资源编号，以顿号分隔',
    'ids of registered datasets, between 、',
    {
      ...optional,
      longest: 101,
      several: { maxCount: 50 },
      pattern: id,
    },
  ),
  column('sameData', '另设理由', '别的部门已有相同数据元时写明', 'why a second one is needed', {
    ...optional,
    longest: 1000,
  }),
];
