/**
 * Seeded fuzz of masked addresses: what they show are names of the division dictionary down to the level, each below the one before,
 * and nothing that follows them in the address has any influence on what comes out.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import type { CodeList } from '../../../schemas/codelists/codeList.ts';
import { shippedSurroundings } from '../../../machine/surroundings.ts';
import { sharedSchema } from '../../../machine/shippedSchemas.ts';
import { compileMasking, type Masking } from '../rows/compileMasking.ts';
import { anyText } from '../fixtures/anyText.ts';
import { pseudonymKeys } from '../pseudonyms/pseudonymKey.ts';
import { readMaskRule } from '../readMaskRule.ts';
import { defined } from '../../../terms/defined.ts';

const seed = 812;
const levels = ['province', 'city', 'county'] as const;
type Level = (typeof levels)[number];

const { entries } = JSON.parse(
  readFileSync(new URL('../../../schemas/codelists/data/gbt2260.json', import.meta.url), 'utf8'),
) as CodeList;
const household = sharedSchema('household@1');
const keys = pseudonymKeys(new Uint8Array(32).fill(3));

function maskerOf(level: Level, by?: string): Masking {
  const read = readMaskRule({ mask: 'address', level, ...defined({ by }) });
  assert.ok('use' in read);
  return compileMasking(
    [{ field: 'address', mask: read.use, floors: [] }],
    household,
    keys,
    'education',
    shippedSurroundings,
  );
}
const byName = new Map(levels.map((level) => [level, maskerOf(level)]));
const byCode = new Map(levels.map((level) => [level, maskerOf(level, 'region_code')]));

/** What is shown before the ***. */
function shown(
  masking: Masking | undefined,
  row: { readonly address: string; readonly region_code?: string },
): string {
  const masked = masking?.mask(row)['address'];
  assert.ok(typeof masked === 'string' && masked.endsWith('***'), String(masked));
  return masked.slice(0, -3);
}

const depth = (code: string): number => (code.endsWith('0000') ? 0 : code.endsWith('00') ? 1 : 2);
const inside = (code: string, above: string): boolean =>
  depth(code) > depth(above) && code.startsWith(above.slice(0, (depth(above) + 1) * 2));
const between = /^(?:市辖区|县|.*直辖县级行政区划)$/;

const codesOf = new Map<string, string[]>();
for (const { code, zh } of entries)
  if (!between.test(zh)) codesOf.set(zh, [...(codesOf.get(zh) ?? []), code]);
const longest = Math.max(...[...codesOf.keys()].map((name) => name.length));

/** Whether a text is a chain of division names, each below the one before it, none deeper than the level. */
function isChain(text: string, maxDepth: number, above?: string): boolean {
  if (text === '') return true;
  for (let length = 1; length <= Math.min(longest, text.length); length += 1)
    for (const code of codesOf.get(text.slice(0, length)) ?? [])
      if (depth(code) <= maxDepth && (above === undefined || inside(code, above)))
        if (isChain(text.slice(length), maxDepth, code)) return true;
  return false;
}

/** Names of a division in force and of those above it; some may be left out, as people write them. */
const division = fc
  .tuple(fc.constantFrom(...entries.filter(({ to, zh }) => to === undefined && !between.test(zh))), fc.nat(5))
  .map(([{ code }, left]) => {
    const above = [`${code.slice(0, 2)}0000`, `${code.slice(0, 4)}00`, code];
    const chain = [...new Set(above)].filter((one, i, all) => i === all.length - 1 || (left >> i) % 2 === 0);
    const names = chain.flatMap((one) => entries.find((e) => e.code === one && e.to === undefined) ?? []);
    return names.filter(({ zh }) => !between.test(zh));
  });
/** Begins like no division. */
const foreign = fc
  .tuple(fc.constantFrom('9', '☃', 'x', ' ', '路', '***'), anyText)
  .map(([sign, text]) => sign + text);
const street = fc
  .tuple(
    fc.constantFrom('世纪大道', '文三路', '人民东路', '开发区', '新区', '镇', '胡同'),
    fc.nat(2000),
    anyText,
  )
  .map(([name, number, more]) => `${name}${number}号${more}`);
const tail = fc.oneof(
  street,
  foreign,
  anyText,
  division.map((names) => names.map(({ zh }) => zh).join('')),
  fc.tuple(division, street).map(([names, more]) => `${names.at(-1)?.zh.slice(0, 2) ?? ''}${more}`),
);

describe('masked addresses', () => {
  test('10,000 addresses by their names: a chain of names down to the level, and no character of what follows', () => {
    const text = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.tuple(division, tail).map(([names, end]) => names.map(({ zh }) => zh).join('') + end),
      },
      { weight: 1, arbitrary: anyText.filter((one) => one !== '') },
    );
    let many = 0;
    fc.assert(
      fc.property(text, fc.constantFrom(...levels), foreign, (address, level, other) => {
        const masking = byName.get(level);
        const names = shown(masking, { address });
        if (names !== '') many += 1;
        assert.ok(address.startsWith(names), `${names} does not begin ${address}`);
        assert.ok(
          isChain(names, levels.indexOf(level)),
          `${names} holds more than divisions down to the ${level}`,
        );
        assert.equal(shown(masking, { address: names + other }), names, 'what follows changes what is shown');
      }),
      { seed, numRuns: 10_000 },
    );
    assert.ok(many > 4000, `only ${many} addresses showed a division: this tests nothing`);
  });

  test('a division in force is shown down to the level, with any text after it', () => {
    fc.assert(
      fc.property(division, foreign, fc.constantFrom(...levels), (names, end, level) => {
        const maxDepth = levels.indexOf(level);
        const wanted = names.filter(({ code }) => depth(code) <= maxDepth);
        // a text that begins below the level reveals nothing of the divisions above it
        const first = names[0];
        const address = names.map(({ zh }) => zh).join('') + end;
        const expected =
          first === undefined || depth(first.code) > maxDepth ? '' : wanted.map(({ zh }) => zh).join('');
        assert.equal(shown(byName.get(level), { address }), expected);
      }),
      { seed, numRuns: 3000 },
    );
  });

  test('of several divisions of one name the one in force decides about the level', () => {
    const city = byName.get('city');
    assert.equal(shown(city, { address: '安徽省亳州市谯城区1号' }), '安徽省亳州市');
    assert.equal(shown(byName.get('county'), { address: '安徽省亳州市谯城区1号' }), '安徽省亳州市谯城区');
    assert.equal(shown(city, { address: '新疆维吾尔自治区石河子市北四路' }), '新疆维吾尔自治区');
    assert.equal(
      shown(city, { address: '安徽省巢湖市中庙街道' }),
      '安徽省',
      'a county-level city since 2011',
    );
  });

  test('10,000 addresses by their code: the address itself has no influence', () => {
    const known = fc.constantFrom(...entries.map(({ code }) => code));
    const code = fc.oneof(
      { weight: 4, arbitrary: known },
      {
        weight: 1,
        arbitrary: fc
          .tuple(known, fc.constantFrom('001', '001002', '0', 'x', '００１'))
          .map((all) => all.join('')),
      },
      {
        weight: 1,
        arbitrary: fc.oneof(anyText, fc.constantFrom('__proto__', '000000', '990000', '１１０１０１')),
      },
    );
    fc.assert(
      fc.property(
        fc.oneof(tail, foreign).filter((one) => one !== ''),
        code,
        fc.constantFrom(...levels),
        (address, region_code, level) => {
          const six = /^[0-9]{6}(?:[0-9]{3}){0,2}$/.test(region_code) ? region_code.slice(0, 6) : '';
          const above = [`${six.slice(0, 2)}0000`, `${six.slice(0, 4)}00`, six].slice(
            0,
            levels.indexOf(level) + 1,
          );
          const names = [...new Set(above)].map(
            (one) => entries.findLast((entry) => entry.code === one)?.zh ?? '',
          );
          const expected = six === '' ? '' : names.filter((name) => !between.test(name)).join('');
          assert.equal(shown(byCode.get(level), { address, region_code }), expected);
        },
      ),
      { seed, numRuns: 10_000 },
    );
  });
});
