/** The trailer record, which follows the others and contains their number, in files of records with fixed field positions. */
import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem } from './rowRules.ts';

export interface TrailerOption {
  readonly start: number;
  readonly is: string;
  readonly count: { readonly start: number; readonly length: number };
  readonly counts: 'records' | 'lines';
}

/** Text of a record. @param start from 0, as offsets of the format count */
export type Cut = (start: number, length: number) => string;

const offset = { type: 'integer', minimum: 0, maximum: 16777216 } as const;

/** The option of a format that names the trailer. */
export const trailerOption: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['is', 'count'],
  description:
    'The last record, no row, which states the number of records. Another number, or a missing trailer, is a doubt about the file',
  'x-zh': '末尾记录条数的尾记录：不作为数据；条数不符或文件末尾没有尾记录时整个文件存疑',
  properties: {
    start: {
      ...offset,
      default: 0,
      description: 'Offset of its mark, from 0',
      'x-zh': '标志的位置，从 0 起',
    },
    is: {
      type: 'string',
      pattern: '^[!-~]([ -~]*[!-~])?$',
      maxLength: 40,
      description: 'The mark: ASCII that no other record has there',
      'x-zh': '标志：其他记录在该处没有的 ASCII 文字',
    },
    count: {
      type: 'object',
      additionalProperties: false,
      required: ['start', 'length'],
      description: 'Position of the number',
      'x-zh': '条数的位置',
      properties: {
        start: { ...offset, description: 'From 0', 'x-zh': '从 0 起' },
        length: { type: 'integer', minimum: 1, maximum: 18, description: 'Its digits', 'x-zh': '位数' },
      },
    },
    counts: {
      enum: ['records', 'lines'],
      default: 'records',
      description:
        'What it counts: records, or all lines (without line ends: records), header and trailer included',
      'x-zh': '计数范围：records 为数据记录；lines 为全部行（没有换行时为全部记录），含之前的行与尾记录',
    },
  },
};

/** Finds the trailers of one file and checks their numbers; concatenated files have several. */
export class Trailer {
  private readonly option: TrailerOption;
  /** offset units per character of the mark */
  private readonly unit: number;
  /** records since the last trailer */
  private records = 0;
  /** line of the last trailer */
  private line = 0;
  private found = false;

  private constructor(option: TrailerOption, unit: number) {
    this.option = option;
    this.unit = unit;
  }

  static of(option: TrailerOption | undefined, unit = 1): Trailer | undefined {
    return option === undefined ? undefined : new Trailer(option, unit);
  }

  /**
   * Takes the next record that is not blank.
   * @returns undefined for a record, otherwise the doubts about the file
   */
  take(cut: Cut, line: number): readonly RowProblem[] | undefined {
    const { start, is, count, counts } = this.option;
    if (cut(start, is.length * this.unit) !== is) {
      this.records += 1;
      return undefined;
    }
    const found = counts === 'lines' ? line - this.line : this.records;
    this.found = true;
    this.records = 0;
    this.line = line;
    const text = cut(count.start, count.length).trim();
    if (!/^\d{1,18}$/.test(text)) return [recordProblem(line, 'trailer.number', `${text.length} characters`)];
    const declared = Number(text);
    if (declared === found) return [];
    return [recordProblem(line, 'trailer.count', `${found} records`, { declared, found })];
  }

  /** The doubt about a file that ended without its trailer. */
  missing(): RowProblem | undefined {
    return this.found && this.records === 0
      ? undefined
      : recordProblem(0, 'trailer.missing', `${this.records} records`, { records: this.records });
  }
}
