/** Masks over time: daily calls for years do not reveal a birthday. Two widths together are not finer than lint reports. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { shippedSurroundings } from '../../machine/surroundings.ts';
import { unionMask } from '../joint/unionMask.ts';
import { maskCatalogue, maskNamed } from './catalogue.ts';
import { pseudonymKeys } from './pseudonyms/pseudonymKey.ts';
import { readMaskRule } from './readMaskRule.ts';

const keys = pseudonymKeys(new Uint8Array(32).fill(3));
const dictionary = shippedSurroundings.codeLists;

/** Masks whose values change, and when; those of all others never do. */
const changing = new Map([['ageBand', ['01-01T00:00:00']]]);

/** Rules and values in addition to the examples of the catalogue. */
const more: readonly (readonly [rule: Readonly<Record<string, unknown>>, values: readonly unknown[]])[] = [
  [{ mask: 'clear' }, ['赵小明', 5]],
  [{ mask: 'keep', head: 2, tail: 1 }, ['赵小明明', '990101']],
  [{ mask: 'address', level: 'county', list: 'gb-t-2260' }, ['北京市东城区某路 1 号']],
  [{ mask: 'dateTrunc', to: 'month' }, ['1987-06-02', '2027-01-01']],
  [{ mask: 'ageBand', width: 5, top: 90 }, ['1987-06-02', '1987-12-31', '1988-02-29', '2016-01-01']],
  [{ mask: 'band', edges: [0, 100] }, [55]],
  [{ mask: 'floorTo', step: 100 }, [1234]],
  [{ mask: 'redactText', patterns: ['phone'] }, ['call 13900001234']],
];
const table = [
  ...maskCatalogue.flatMap(({ name, examples }) =>
    examples.map(({ params, value }) => [{ mask: name, ...params }, [value]] as const),
  ),
  ...more,
];

const useOf = (rule: Readonly<Record<string, unknown>>) => {
  const read = readMaskRule(rule as { mask: string });
  assert.ok('use' in read, JSON.stringify(read));
  return read.use;
};

test('asked every day for three years, a value changes never, or on 1 January of China for everyone', () => {
  const day = 86_400_000;
  const begin = Date.parse('2026-01-01T00:00:00+08:00');
  for (const [rule, values] of nonEmpty(table)) {
    const { name, params } = useOf(rule);
    const mask = maskNamed(name) ?? assert.fail(name);
    const masked = mask.compile(params, { consumer: 'education', keys, dictionary, path: 'x' });
    const seen = new Set<string>();
    for (const value of values) {
      let before: string | undefined;
      for (let i = 0; i < 3 * 365; i += 1) {
        // the last second of a day of China, and the first one
        for (const now of [begin + i * day, begin + (i + 1) * day - 1_000]) {
          const given = JSON.stringify(masked(value, {}, { now, typeErrors: 0, memo: new Map() }));
          if (before !== undefined && given !== before)
            seen.add(new Date(now + 8 * 3_600_000).toISOString().slice(5, 19));
          before = given;
        }
      }
    }
    assert.deepEqual([...seen], changing.get(name) ?? [], `${name} of ${JSON.stringify(values)}`);
  }
});

test('two age bands with different edges for one consumer count as the clear value', () => {
  const domain = { type: 'string', format: 'date' } as unknown as Parameters<typeof unionMask>[2];
  const together = (a: object, b: object) =>
    unionMask(useOf(a as Record<string, unknown>), useOf(b as Record<string, unknown>), domain);
  const narrow = { mask: 'ageBand', width: 5, top: 90 };
  assert.equal(together(narrow, { mask: 'ageBand', width: 7, top: 70 }).name, 'clear');
  assert.equal(together(narrow, { mask: 'dateTrunc', to: 'year' }).name, 'clear');
  const wide = { mask: 'ageBand', width: 10, top: 90 };
  const { name, params } = together(wide, narrow);
  assert.deepEqual({ name, params }, { name: 'ageBand', params: { width: 5, top: 90 } }, 'the narrower one');
});
