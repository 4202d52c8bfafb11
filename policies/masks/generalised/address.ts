import { divisionsOf, levels, type Level } from './divisions.ts';
import { defineMask, sameMask, textTypes } from '../mask.ts';

const params = {
  level: { kind: 'choice', of: levels, default: 'county' },
  /** code list of divisions */
  list: { kind: 'codeList', default: 'gbt2260' },
  /** field of the row with the division's code; without it the names at the beginning of the address are matched */
  by: { kind: 'name', optional: true },
} as const;

/** Caches texts of known codes: a dictionary has a few thousand. Unknown codes are not cached, since their number is unlimited. */
function remembered(namesOf: (code: string) => string): (code: string) => string {
  const known = new Map<string, string>();
  return (code) => {
    const text = known.get(code);
    if (text !== undefined) return text;
    const names = namesOf(code);
    if (names !== '') known.set(code, `${names}***`);
    return `${names}***`;
  };
}

/**
 * The division an address belongs to, by dictionary or by the accompanying code. Patterns are not used: «everything up to 区» retained the
 * building numbers of addresses such as 世纪大道100号阳光小区. An address that is not in the dictionary becomes ***.
 */
export const address = defineMask({
  name: 'address',
  title: { zh: '地址', en: 'address' },
  examples: [
    { params: { level: 'county' }, value: '浙江省杭州市西湖区文三路100号', becomes: '浙江省杭州市西湖区***' },
    { params: { level: 'city' }, value: '世纪大道100号阳光小区3号楼', becomes: '***' },
  ],
  types: textTypes,
  params,
  compile: ({ level, list, by }, { dictionary }) => {
    const wanted = level as Level;
    if (by !== undefined) {
      const byCode = remembered((code) => divisionsOf(dictionary, list).byCode(code, wanted));
      return (_value, row) => {
        const code = row[by];
        return typeof code === 'string' ? byCode(code) : '***';
      };
    }
    return (value) => `${divisionsOf(dictionary, list).byText(value as string, wanted)}***`;
  },
  output: (schema) => ({ type: 'string', maxLength: Number(schema['maxLength'] ?? 1000) + 100 }),
  meet: (mine, other) => {
    const otherParams = sameMask<typeof params>('address', other);
    if (otherParams === undefined || otherParams.list !== mine.list || otherParams.by !== mine.by)
      return undefined;
    const coarser = levels.find((level) => level === mine.level || level === otherParams.level);
    return { name: 'address', params: { ...mine, level: coarser } };
  },
  reveals: ({ level, by }) => {
    const [zh, en] = { province: ['省', 'province'], city: ['市', 'city'], county: ['区县', 'county'] }[
      level as Level
    ];
    return {
      zh: `到${zh}一级的行政区划${by === undefined ? '' : `（取自 ${by}）`}`,
      en: `the division down to the ${en}${by === undefined ? '' : ` (from ${by})`}`,
    };
  },
  reads: ({ by }) => (by === undefined ? [] : [by]),
});
