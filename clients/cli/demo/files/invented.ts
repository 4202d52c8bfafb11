import { usccCheckCharacter } from '../../../../schemas/formats/cnUscc.ts';
import { civilDateText, type CivilDate } from '../../../../terms/civilDate.ts';

/** Random numbers that repeat for the same seed, so that two demos show the same story (mulberry32). */
export interface Random {
  /** 0 ≤ x < below */
  readonly int: (below: number) => number;
  readonly pick: <T>(items: readonly T[]) => T;
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    int,
    pick: (items) => {
      const item = items[int(items.length)];
      if (item === undefined) throw new RangeError('pick from nothing');
      return item;
    },
  };
}

/** Numbers of `count` records, from 0, spread evenly over a file of `rows`: where a generated file is spoiled. */
export const spread = (rows: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => Math.floor(((i + 1) * rows) / (count + 1)));

/**
 * The invented people of 云栖市. No number can be a living person's: region codes begin with 99, which no division of the country
 * has, and mobile numbers with 154, which no operator has been given.
 */
export interface Resident {
  readonly id: string;
  readonly name: string;
  readonly sex: '男' | '女';
  readonly birth: CivilDate;
  readonly household: string;
  readonly relation: '户主' | '配偶' | '子' | '女';
  readonly address: string;
  readonly region: string;
  readonly mobile: string;
  /** identity number of a parent, '' for adults */
  readonly guardian: string;
  readonly movedIn: CivilDate;
  /** yuan a year, two decimals */
  readonly income: string;
}

export const districts = [
  { code: '990101', name: '东溪区', streets: ['望湖路', '书院街', '柳浪里', '文澜路'] },
  { code: '990102', name: '西泽区', streets: ['云门路', '荷塘街', '松风里', '青石巷'] },
  { code: '990103', name: '南屏县', streets: ['茶亭路', '石桥街', '竹坞村', '南苑路'] },
] as const;

const surnames = '王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧'.split('');

const boys = ['子涵', '浩然', '宇轩', '明哲', '家栋', '伟', '思远', '志强', '一鸣', '文博', '建国', '俊杰'];

const girls = ['雨桐', '梓萱', '欣怡', '静', '诗涵', '丽华', '芳', '若曦', '晓彤', '秀英', '佳宁', '慧'];

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** The identity number of GB 11643 with its check character. @param sequence 0–999; odd for men */
function identityNumber(region: string, birth: CivilDate, sequence: number): string {
  const body = `${region}${civilDateText(birth).replaceAll('-', '')}${String(sequence).padStart(3, '0')}`;
  const sum = [...body].reduce((total, digit, i) => total + Number(digit) * (weights[i] ?? 0), 0);
  return `${body}${'10X98765432'[sum % 11] ?? ''}`;
}

/**
 * The social credit code (GB 32100) of a company (91) or sole trader (92) of the invented city.
 * @param region code of a district @param number 0–9,999,999
 */
export function enterpriseCode(kind: '91' | '92', region: string, number: number): string {
  const body = `${kind}${region}MA${String(number).padStart(7, '0')}`;
  return body + usccCheckCharacter(body);
}

/** Residents without end, household by household. */
export function* residents(random: Random): Generator<Resident, never> {
  const taken = new Set<string>();
  for (let number = 1; ; number += 1) yield* household(number, random, taken);
}

function household(number: number, random: Random, taken: Set<string>): readonly Resident[] {
  const district = random.pick(districts);
  const shared = {
    household: `H${String(number).padStart(6, '0')}`,
    region: district.code,
    address: `云栖市${district.name}${random.pick(district.streets)}${random.int(280) + 1}号${random.int(30) + 1}幢${random.int(9) + 1}0${random.int(4) + 1}室`,
    movedIn: date(2008 + random.int(17), random),
  };
  const person = (
    sex: Resident['sex'],
    year: number,
    surname: string,
    relation: Resident['relation'],
    guardian: string,
  ): Resident => {
    const birth = date(year, random);
    const child = guardian !== '';
    let id = '';
    do id = identityNumber(district.code, birth, random.int(499) * 2 + (sex === '男' ? 1 : 0));
    while (taken.has(id));
    taken.add(id);
    return {
      ...shared,
      id,
      name: `${surname}${random.pick(sex === '男' ? boys : girls)}`,
      sex,
      birth,
      relation,
      guardian,
      mobile: child || random.int(12) === 0 ? '' : `154${String(random.int(100_000_000)).padStart(8, '0')}`,
      income: child ? '0.00' : `${30_000 + random.int(190_000)}.${random.pick(['00', '50', '80'])}`,
    };
  };
  const year = 1975 + random.int(18);
  const head = person('男', year, random.pick(surnames), '户主', '');
  const members = [head];
  if (random.int(10) < 8) members.push(person('女', year + random.int(4), random.pick(surnames), '配偶', ''));
  for (let child = random.int(3); child > 0; child -= 1) {
    const sex = random.pick(['男', '女'] as const);
    const surname = [...head.name][0] ?? '';
    members.push(person(sex, 2012 + random.int(10), surname, sex === '男' ? '子' : '女', head.id));
  }
  return members;
}

const date = (year: number, random: Random): CivilDate => ({
  year,
  month: random.int(12) + 1,
  day: random.int(28) + 1,
});
