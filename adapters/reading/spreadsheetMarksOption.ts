import type { JsonSchema } from '../../schemas/datasetSchema.ts';

/** The option of text formats for handling marks of spreadsheets. */
export const spreadsheetMarks: JsonSchema = {
  enum: ['remove', 'keep'],
  default: 'remove',
  description:
    'Marks of spreadsheets around a value (="00123", an apostrophe before a number, TAB, 0x1F): removed with a warning, or kept',
  'x-zh':
    '值外的电子表格记号（="00123"、号码前的撇号、TAB、0x1F）：remove 去除并计入警告，keep 作为值的一部分',
};
