import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import type { DocumentFault } from '../reading/documentFault.ts';
import type { UnusedOption } from '../reading/unusedOption.ts';
import { spreadsheetMarks } from '../reading/spreadsheetMarksOption.ts';

export interface XlsxOptions {
  readonly sheet?: string | number;
  readonly headerRows: readonly number[];
  readonly columns?: readonly string[];
  readonly firstRow?: number;
  readonly lastRow?: number;
  readonly fillDown?: readonly string[];
  readonly hidden: boolean;
  readonly hiddenRows: 'doubt' | 'read' | 'skip';
  readonly hiddenColumns: 'doubt' | 'read';
  readonly blankRows: 'doubt' | 'skip';
  readonly scaledNumbers: 'doubt' | 'stored';
  readonly spreadsheetMarks: 'remove' | 'keep';
  readonly maxFileBytes: number;
  readonly maxInflatedBytes: number;
}

export const xlsxOptionsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'xlsx',
  type: 'object',
  additionalProperties: false,
  properties: {
    sheet: {
      anyOf: [
        { type: 'string', minLength: 1, maxLength: 100 },
        { type: 'integer', minimum: 1, maximum: 1000 },
      ],
      description:
        'Name, or number among the visible sheets. Default: the first visible one, with a doubt if others have cells',
      'x-zh': '工作表名，或在可见工作表中的序号；默认第一个可见工作表，其他工作表有内容时存疑',
    },
    headerRows: {
      type: 'array',
      items: { type: 'integer', minimum: 1, maximum: 1000 },
      maxItems: 10,
      uniqueItems: true,
      default: [1],
      description:
        'Rows of the header; merged upper cells are filled to the right and joined with /; [] for none',
      'x-zh': '表头所在行；合并的上层单元格向右补齐后以 / 连接；[] 表示没有表头',
    },
    columns: {
      type: 'array',
      items: { type: 'string', minLength: 1, maxLength: 200 },
      minItems: 1,
      maxItems: 16384,
      description: 'Column names, in place of those in the file',
      'x-zh': '列名，代替文件中的表头',
    },
    firstRow: {
      type: 'integer',
      minimum: 1,
      maximum: 1048576,
      description: 'First row of data. Default: the one after the header',
      'x-zh': '数据首行，默认紧接表头',
    },
    lastRow: {
      type: 'integer',
      minimum: 1,
      maximum: 1048576,
      description: 'Last row of data: footnotes below it are not read',
      'x-zh': '数据末行；其下的脚注不读',
    },
    fillDown: {
      type: 'array',
      items: { type: 'string', maxLength: 200 },
      maxItems: 100,
      description: 'Columns merged downwards: each cell of a merged range takes its value; others stay empty',
      'x-zh': '有纵向合并的列：合并范围内各行取其值；从未合并的空单元格保持为空',
    },
    hidden: {
      type: 'boolean',
      default: false,
      description: 'A hidden sheet may be read when it is named',
      'x-zh': '允许读取按名指定的隐藏工作表',
    },
    hiddenRows: {
      enum: ['doubt', 'read', 'skip'],
      default: 'doubt',
      description:
        'Rows hidden, grouped away or filtered out: a doubt each, read like others, or skipped and counted',
      'x-zh': '被隐藏、折叠或筛选掉的行：逐行存疑（doubt）、照常读取（read）或跳过并计数（skip）',
    },
    hiddenColumns: {
      enum: ['doubt', 'read'],
      default: 'doubt',
      description: 'Hidden columns that are read: a doubt about the file, or read like others',
      'x-zh': '被隐藏而又读取的列：对整个文件存疑（doubt）或照常读取（read）',
    },
    blankRows: {
      enum: ['doubt', 'skip'],
      default: 'doubt',
      description:
        'Three or more blank rows before further records: a doubt about the file, or skipped and counted like single ones',
      'x-zh': '连续三行以上空行之后还有记录：对整个文件存疑（doubt），或与单个空行一样跳过并计数（skip）',
    },
    scaledNumbers: {
      enum: ['doubt', 'stored'],
      default: 'doubt',
      description:
        'Numbers shown as a percentage or in thousands: a doubt each, or the stored number (50 % is 0.5)',
      'x-zh': '显示为百分数或以千计的数：逐个存疑（doubt），或直接取存储的数（stored；50% 为 0.5）',
    },
    spreadsheetMarks,
    maxFileBytes: {
      type: 'integer',
      minimum: 1024,
      maximum: 536870912,
      default: 134217728,
      description: 'Largest file',
      'x-zh': '文件的最大字节数',
    },
    maxInflatedBytes: {
      type: 'integer',
      minimum: 1024,
      maximum: 2147483648,
      default: 536870912,
      description: 'Largest content, unpacked',
      'x-zh': '解压后的最大字节数',
    },
  },
};

/** A first row that lies in the header, or a last row before the first one: neither would read a row. */
export function contradictionOfRows({
  headerRows,
  firstRow,
  lastRow,
}: XlsxOptions): DocumentFault | undefined {
  const headerEnd = Math.max(0, ...headerRows);
  if (firstRow !== undefined && firstRow <= headerEnd) return fault('/firstRow', headerEnd + 1);
  const first = firstRow ?? headerEnd + 1;
  return lastRow !== undefined && lastRow < first ? fault('/lastRow', first) : undefined;
}

const fault = (path: string, first: number): DocumentFault => ({
  path,
  message: {
    zh: `数据从第 ${first} 行开始，不能更小`,
    en: `is before row ${first}, the first that can hold data`,
  },
});

/** A sheet that is not named is one of the visible ones. */
export const unusedXlsxOptions = ({ hidden, sheet }: XlsxOptions): readonly UnusedOption[] =>
  hidden && typeof sheet !== 'string'
    ? [
        {
          path: '/hidden',
          why: {
            zh: '隐藏的工作表须由 sheet 按名指定',
            en: 'a hidden sheet is read only when sheet gives its name',
          },
        },
      ]
    : [];
