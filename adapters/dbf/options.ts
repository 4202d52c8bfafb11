import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { encodingLabels } from '../text/encodings.ts';
import { dosPages } from '../text/dosPages.ts';

export interface DbfOptions {
  readonly encoding: string;
  readonly deleted: 'skip' | 'keep';
  readonly memo: 'required' | 'ignore';
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
      description: 'Code page of text; auto: the one that the header names, GB18030 where it names none',
      'x-zh': '文字的代码页；auto 取文件头所写，未写时为 GB18030',
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
  },
};
