/** The laws of `meet`, over the whole catalogue and every kind of field: whatever order documents come in, nothing is ever loosened. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { FieldType } from '../../schemas/datasetSchema.ts';
import type { MaskUse } from '../decision.ts';
import { maskCatalogue, maskNamed } from './catalogue.ts';
import type { Dictionary, MaskDomain, MaskRun, Row } from './mask.ts';
import { meet, meetOfAll, sameUse } from './meet.ts';
import { patternIds } from './suppressed/redactScanner.ts';
import { pseudonymKeys } from './pseudonyms/pseudonymKey.ts';
import { readMaskRule } from './readMaskRule.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { defined } from '../../terms/defined.ts';

const seed = 20_260_301;
const runs = 400;

const entries = [
  { code: '990000', zh: '云省' },
  { code: '990100', zh: '云栖市' },
  { code: '990101', zh: '东溪区' },
  { code: '990102', zh: '西泽区' },
  { code: '990200', zh: '南屏市' },
  { code: '990201', zh: '东溪区' },
];
const list = { id: 'demo.region', version: '1', title: { zh: '', en: '' }, entries };
const dictionary: Dictionary = {
  list: () => list,
  entries: (_id, code) => entries.filter((entry) => entry.code === code),
};
const keys = pseudonymKeys(new Uint8Array(32).fill(7));

const rules: readonly Record<string, unknown>[] = [
  ...maskCatalogue.flatMap(({ name, examples }) => examples.map(({ params }) => ({ ...params, mask: name }))),
  ...[0, 1, 3, 6].flatMap((head) =>
    [0, 4].flatMap((tail) => [0, 12, 30].map((from) => ({ mask: 'keep', head, tail, from }))),
  ),
  ...[0, 3, 6].flatMap((head) => [0, 2, 4].map((tail) => ({ mask: 'idCard', head, tail }))),
  ...[0, 2, 3].flatMap((head) => [0, 4].map((tail) => ({ mask: 'phone', head, tail }))),
  ...[0, 6].flatMap((bin) => [0, 2, 4].map((tail) => ({ mask: 'bankCard', bin, tail }))),
  ...[0, 1, 2].map((head) => ({ mask: 'plate', head })),
  ...[0, 1].flatMap((head) => [true, false].map((domain) => ({ mask: 'email', head, domain }))),
  ...['province', 'city', 'county'].map((level) => ({ mask: 'address', level, list: 'demo.region' })),
  ...['province', 'county'].map((level) => ({ mask: 'address', level, list: 'demo.region', by: 'region' })),
  { mask: 'dateTrunc', to: 'year' },
  { mask: 'ageBand', width: 5, top: 90 },
  { mask: 'ageBand', width: 10, top: 80 },
  { mask: 'ageBand', width: 20, top: 100 },
  { mask: 'ageBand', width: 7, top: 70 },
  ...[2, 10, 50, 100, 300].map((step) => ({ mask: 'floorTo', step })),
  ...[[100], [0, 100], [0, 100, 500], [7, 100]].map((edges) => ({ mask: 'band', edges })),
  { mask: 'pseudonym', domain: 'person' },
  { mask: 'pseudonym', domain: 'person', epoch: 2 },
  { mask: 'pseudonym', domain: 'person', algorithm: 'sm3' },
  ...[['phone'], ['id'], ['email'], ['card', 'phone'], [...patternIds]].map((patterns) => ({
    mask: 'redactText',
    patterns,
  })),
  ...[100, 500, 1500].map((metres) => ({ mask: 'geoGrid', metres })),
  ...[64, 1024].map((pixels) => ({ mask: 'maxEdge', pixels })),
];

const digits = (n: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom('0', '1', '3', '8', '9'), { minLength: n, maxLength: n })
    .map((all) => all.join(''));
const anyText = fc.oneof(
  fc
    .array(fc.constantFrom('王', '欧', '阳', '𠮷', '·', '*', 'a', '1'), { maxLength: 5 })
    .map((all) => all.join('')),
  digits(18),
  fc.tuple(digits(17), fc.constantFrom('X', '*')).map(([body, last]) => body + last),
  digits(11),
  fc.tuple(fc.constantFrom('+86', '+86 ', '0086', '010-', '0571', '057'), digits(8)).map(([a, b]) => a + b),
  fc.tuple(fc.constantFrom('沪A', '沪A·', '**·', '沪*'), digits(5)).map(([a, b]) => a + b),
  fc
    .tuple(fc.constantFrom('z', 'zh', '', '13800001111', '*'), fc.constantFrom('qq.com', 'x.cn', ''))
    .map(([a, b]) => `${a}@${b}`),
  fc
    .tuple(
      fc.constantFrom('', '云省', '南屏'),
      fc.constantFrom('', '云栖市', '南屏市', '市'),
      fc.constantFrom('', '东溪区', '西泽区'),
      digits(1),
    )
    .map((all) => all.join('')),
  fc
    .array(fc.constantFrom('13800001111', '沪A12345', 'a@b.cn', '，', ' ', '3', '1'), { maxLength: 4 })
    .map((all) => all.join('')),
  fc.string({ maxLength: 20, unit: 'grapheme' }),
);
const date = fc
  .tuple(
    fc.integer({ min: 1920, max: 2026 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
  )
  .map(([y, m, d]) => `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`);

interface Kind {
  readonly name: string;
  readonly domain: MaskDomain;
  readonly values: fc.Arbitrary<unknown>;
}
const kind = (name: string, type: FieldType, values: fc.Arbitrary<unknown>, format?: string): Kind => ({
  name,
  domain: { type, ...defined({ format }) },
  values,
});
const kinds: readonly Kind[] = [
  kind('any text', 'string', anyText),
  kind(
    'resident id',
    'string',
    digits(17).map((body) => `${body}X`),
    'cn-resident-id',
  ),
  kind(
    'mobile number',
    'string',
    digits(10).map((rest) => `1${rest}`),
    'cn-mobile',
  ),
  kind('bank card', 'string', fc.integer({ min: 12, max: 19 }).chain(digits), 'cn-bank-card'),
  kind('date', 'string', date, 'date'),
  kind(
    'time',
    'string',
    date.map((day) => `${day}T23:30:00Z`),
    'date-time',
  ),
  kind(
    'decimal',
    'string',
    fc
      .tuple(fc.integer({ min: -600, max: 600 }), fc.constantFrom('', '.0', '.5', '.99'))
      .map(([n, f]) => `${n}${f}`),
    'decimal',
  ),
  kind('attachment', 'string', fc.uuid(), 'attachment'),
  kind('whole number', 'integer', fc.integer({ min: -600, max: 600 })),
  kind('number', 'number', fc.double({ min: -600, max: 600, noNaN: true })),
  kind('truth value', 'boolean', fc.boolean()),
  kind(
    'place',
    'object',
    fc.record({
      lon: fc.double({ min: 100, max: 100.2, noNaN: true }),
      lat: fc.double({ min: 30, max: 30.2, noNaN: true }),
    }),
  ),
];

const uses = (domain: MaskDomain): readonly MaskUse[] =>
  rules.flatMap((rule) => {
    const read = readMaskRule(rule as { mask: string });
    assert.ok('mask' in read, JSON.stringify(rule));
    const fits =
      read.mask.types.includes(domain.type) &&
      (read.mask.formats === undefined ||
        domain.type !== 'string' ||
        read.mask.formats.includes(domain.format ?? ''));
    return fits ? [read.use] : [];
  });

const row: Row = { region: '990101' };
const run = (): MaskRun => ({ now: Date.parse('2026-06-01T00:00:00+08:00'), typeErrors: 0, memo: new Map() });

/** The masked value as text, null and '' treated as the engine treats them. */
function apply({ name, params }: MaskUse, value: unknown): string {
  const mask = maskNamed(name) ?? assert.fail();
  if (mask.whole !== true && (value === null || value === '')) return JSON.stringify(value);
  const masked = mask.compile(params, { consumer: 'education', keys, dictionary, path: 'x' })(
    value,
    row,
    run(),
  );
  return masked === undefined ? 'absent' : JSON.stringify(masked);
}

for (const { name, domain, values } of kinds) {
  describe(`meet on ${name}`, () => {
    const all = uses(domain);
    const pick = fc.constantFrom(...all);
    const check = <T>(property: fc.IProperty<T>): void => fc.assert(property, { seed, numRuns: runs });

    test('commutative, idempotent, and both sides agree', () => {
      for (const a of nonEmpty(all)) {
        assert.deepEqual(meet(a, a, domain), a);
        for (const b of all) {
          const [ab, ba] = [meet(a, b, domain), meet(b, a, domain)];
          assert.deepEqual(ab, ba, `${JSON.stringify(a)} and ${JSON.stringify(b)}`);
          const mine = maskNamed(a.name)?.meet(a.params, b, domain);
          const otherMet = maskNamed(b.name)?.meet(b.params, a, domain);
          if (mine !== undefined && otherMet !== undefined) assert.ok(sameUse(mine, otherMet));
        }
      }
    });

    test('associative: any order gives the same mask, or none does', () => {
      check(
        fc.property(pick, pick, pick, (a, b, c) => {
          const results = [
            [a, b, c],
            [a, c, b],
            [b, a, c],
            [b, c, a],
            [c, a, b],
            [c, b, a],
          ].map((order) => {
            const met = meetOfAll(order, domain);
            return 'use' in met ? JSON.stringify(met.use) : 'conflict';
          });
          assert.equal(new Set(results).size, 1, results.join(' '));
          const ab = meet(a, b, domain);
          const bc = meet(b, c, domain);
          const left = ab && meet(ab, c, domain);
          const right = bc && meet(a, bc, domain);
          if (left !== undefined && right !== undefined) assert.ok(sameUse(left, right));
        }),
      );
    });

    test('never less coarse: what either mask makes equal, the meet makes equal', () => {
      check(
        fc.property(pick, pick, fc.array(values, { minLength: 30, maxLength: 60 }), (a, b, sample) => {
          const met = meet(a, b, domain);
          if (met === undefined) return;
          for (const one of [a, b]) {
            const classes = new Map<string, string>();
            for (const value of [...sample, null]) {
              const known = classes.get(apply(one, value));
              const now = apply(met, value);
              assert.ok(
                known === undefined || known === now,
                `${JSON.stringify([a, b, met])}: ${known ?? ''} ${now}`,
              );
              classes.set(apply(one, value), now);
            }
          }
        }),
      );
    });
  });
}

test('year of a truncated month comes out right, and so does every mask of text over its own output', () => {
  const month = { name: 'dateTrunc', params: { to: 'month' } };
  const year = { name: 'dateTrunc', params: { to: 'year' } };
  assert.equal(apply(month, '2019-03-04'), '"2019-03"');
  assert.equal(apply(month, '2016-12-31T23:59:60Z'), '"2017-01"', 'a leap second, by the calendar of China');
  assert.equal(apply(year, JSON.parse(apply(month, '2019-03-04'))), '"2019"');
  assert.deepEqual(meet(month, year, { type: 'string', format: 'date' }), year);
  for (const use of uses({ type: 'string' }).filter((one) => one.name !== 'pseudonym')) {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = apply(use, text);
        const value: unknown = once === 'absent' ? undefined : JSON.parse(once);
        if (typeof value === 'string') assert.equal(apply(use, value), once, use.name);
      }),
      { seed, numRuns: 100 },
    );
  }
});

test('a parameter that a mask has not is refused with those that it has', () => {
  const messageOf = (rule: object): string => {
    const read = readMaskRule(rule as Parameters<typeof readMaskRule>[0]);
    return 'message' in read ? `${read.message.zh} / ${read.message.en}` : 'read';
  };
  assert.match(messageOf({ mask: 'keep', front: 3 }), /可用的有 .*head.* \/ .*it takes .*head/);
  assert.match(messageOf({ mask: 'clear', head: 3 }), /不带参数 \/ .*takes none/);
});
