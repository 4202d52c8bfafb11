import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { spreadsheetMarks } from '../reading/spreadsheetMarksOption.ts';
import { encodingLabels } from '../reading/text/encodings.ts';
import { dosPages } from '../reading/text/dosPages.ts';

export interface DbfOptions {
  readonly encoding: string;
  readonly deleted: 'skip' | 'keep';
  readonly memo: 'required' | 'ignore';
  readonly spreadsheetMarks: 'remove' | 'keep';
}

export const dbfOptionsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'DBF',
  type: 'object',
  additionalProperties: false,
  properties: {
    encoding: {
      enum: [
        'auto',
        ...encodingLabels.filter((label) => !label.startsWith('utf-16')),
        ...Object.keys(dosPages),
      ],
      default: 'auto',
      description:
        'auto: by a .cpg file next to the table or the header, else UTF-8 or GB18030 as the text shows; the choice is reported, and doubted where the text proves neither',
      'x-zh':
        '文字的代码页；auto 依次取同名的 .cpg 文件、文件头；都没有写的，按文字判断 UTF-8 或 GB18030 并提示，无法确定的标为存疑',
    },
    deleted: {
      enum: ['skip', 'keep'],
      default: 'skip',
      description: 'Rows marked as deleted: left out and counted, or read',
      'x-zh': '带删除标记的行：跳过并计数，或照常读取',
    },
    memo: {
      enum: ['required', 'ignore'],
      default: 'required',
      description: 'Memo fields without their memo file: refuse the file, or leave memos out',
      'x-zh': '缺少备注文件时：拒绝，或不读备注',
    },
    spreadsheetMarks,
  },
};
