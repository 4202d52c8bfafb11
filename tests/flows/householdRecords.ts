/** Files of the household register, cell by cell, for tests that spoil them. */
import { cellsOf, csvLine, headers } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom, residents } from '../../clients/cli/demo/files/invented.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';

export type Cells = readonly string[];

const placeOf = (header: (typeof headers)[number]): number => headers.indexOf(header);

/** The place of a cell. */
export const place = {
  sex: placeOf('性别'),
  relation: placeOf('与户主关系'),
  address: placeOf('住址'),
  mobile: placeOf('手机号码'),
  income: placeOf('年收入（元）'),
  moved: placeOf('迁入日期'),
} as const;

/** Records of so many people; other seeds, other people. */
export function people(rows: number, seed: number): readonly Cells[] {
  const all = residents(seededRandom(seed));
  return Array.from({ length: rows }, () => cellsOf(all.next().value));
}

export const idsOf = (records: readonly Cells[]): readonly string[] =>
  records.map(([person]) => person ?? '');

export const file = (records: readonly Cells[], headings: Cells = headers): Uint8Array =>
  encodeGb18030([headings, ...records].map(csvLine).join(''));
