/** The file of 公安局: its old system's GB18030 export, with the twelve kinds of errors of such exports. */
import { civilDateText, type CivilDate } from '../../../../terms/civilDate.ts';
import { csvCell } from '../../../../terms/csvCell.ts';
import { encodeGb18030 } from '../../../../terms/gb18030.ts';
import { seededRandom, spread, residents, type Resident } from './invented.ts';

export const headers = [
  '公民身份号码',
  '姓名',
  '性别',
  '出生日期',
  '户号',
  '与户主关系',
  '住址',
  '行政区划代码',
  '手机号码',
  '监护人身份号码',
  '迁入日期',
  '年收入（元）',
] as const;

export interface HouseholdFile {
  readonly bytes: Uint8Array;
  /** those whose record is good */
  readonly good: readonly Resident[];
  /** records that the hub must refuse */
  readonly spoiled: number;
}

type Cells = readonly string[];
type Spoiler = (cells: Cells, people: readonly Resident[]) => Cells;

/** Six kinds of bad row, each a thing that clerks and old systems really do. */
const spoilers: Readonly<Record<string, Spoiler>> = {
  checkDigit: (cells) =>
    cells.with(0, `${cells[0]?.slice(0, 17) ?? ''}${cells[0]?.endsWith('0') === true ? '1' : '0'}`),
  noSuchDay: (cells) => cells.with(3, `${cells[3]?.slice(0, 4) ?? ''}0230`),
  unknownSex: (cells) => cells.with(2, '不详'),
  amountInWords: (cells) => cells.with(11, '八万六千'),
  ragged: (cells) => cells.slice(0, 9),
  repeated: (cells, people) => cells.with(0, people[0]?.id ?? ''),
};

/** @param rows records in the file, good and bad */
export function householdFile(rows: number, seed: number): HouseholdFile {
  const all = residents(seededRandom(seed));
  const people = Array.from({ length: rows }, () => all.next().value);
  const lines = people.map(cellsOf);
  const spoiled = spread(rows, Math.min(12, Math.floor(rows / 20)));
  const kinds = Object.values(spoilers);
  for (const [i, at] of spoiled.entries()) {
    const cells = lines[at];
    const spoil = kinds[i % kinds.length];
    if (cells !== undefined && spoil !== undefined) lines[at] = spoil(cells, people);
  }
  const text = [headers, ...lines].map(csvLine).join('');
  const bad = new Set(spoiled);
  return {
    bytes: encodeGb18030(text),
    good: people.filter((_, at) => !bad.has(at)),
    spoiled: spoiled.length,
  };
}

const compact = (day: CivilDate): string => civilDateText(day).replaceAll('-', '');

export function cellsOf(person: Resident): Cells {
  const [whole = '0', cents = '00'] = person.income.split('.');
  return [
    person.id,
    person.name,
    person.sex,
    compact(person.birth),
    person.household,
    person.relation,
    person.address,
    person.region,
    person.mobile,
    person.guardian,
    compact(person.movedIn),
    `${whole.replaceAll(/\B(?=(\d{3})+$)/g, ',')}.${cents}`,
  ];
}

export const csvLine = (cells: Cells): string => `${cells.map((cell) => csvCell(cell, ',')).join(',')}\r\n`;
