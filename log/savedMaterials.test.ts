import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Leaf } from './leaf.ts';
import { SavedCount, type CountedMatter } from './savedMaterials.ts';

const titled = (en: string) => ({ zh: en, en });
const register: CountedMatter[] = [
  {
    code: 'enrol',
    title: titled('enrolment'),
    materials: [
      { title: titled('register'), fields: ['a.people.name', 'a.people.born'] },
      { title: titled('deed'), fields: ['b.houses.district'] },
      { title: titled('photograph'), fields: [] },
    ],
  },
  { code: 'idle', title: titled('idle'), materials: [{ title: titled('form'), fields: ['a.people.name'] }] },
];

/** An answer for a case, as its entry says it. */
const leaf = (more: Partial<Leaf>): Leaf => ({
  v: 1,
  id: '0190',
  at: '2026-11-03T02:00:00.000Z',
  kind: 'release',
  operation: 'queryDataset',
  decision: 'allow',
  actor: {},
  matterCode: 'enrol',
  matter: 'RX-1',
  dataset: 'a.people',
  fields: { name: 'clear' },
  rows: { delivered: 1, withheld: 0 },
  ...more,
});
const counted = (...leaves: readonly Leaf[]) => {
  const count = new SavedCount('2026-11', register);
  for (const one of leaves) count.add(one);
  return count.saved();
};
const spared = (...leaves: readonly Leaf[]): number[] =>
  counted(...leaves).flatMap(({ materials }) => materials.map((one) => one.spared));

test('a paper is spared for a case once all of its fields have left for it, in however many answers', () => {
  assert.deepEqual(spared(leaf({})), [0, 0, 0]);
  assert.deepEqual(spared(leaf({}), leaf({ fields: { born: 'dateTrunc' } })), [1, 0, 0]);
  const other = leaf({ fields: { born: 'dateTrunc' }, matter: 'RX-2' });
  assert.deepEqual(spared(leaf({}), other), [0, 0, 0], 'of two cases');
  const both = leaf({ fields: { name: 'clear', born: 'clear' } });
  const [row] = counted(both, both, leaf({ ...both, matter: 'RX-2' }));
  assert.deepEqual([row?.cases, row?.rows, row?.materials[0]?.spared], [2, 3, 2], 'a case counts once');
});

test('what brought no row, was refused, lies in another month or belongs to no registered matter counts nothing', () => {
  const both = { name: 'clear', born: 'clear' };
  for (const more of [
    { rows: { delivered: 0, withheld: 1 } },
    { decision: 'deny' },
    { at: '2026-11-30T16:00:00.000Z' },
    { matterCode: 'unknown' },
    { kind: 'inspect' },
  ] as const)
    assert.deepEqual(counted(leaf({ fields: both, ...more })), [], JSON.stringify(more));
  assert.equal(
    counted(leaf({ fields: both, at: '2026-11-30T15:59:59.000Z' })).length,
    1,
    'by the calendar of China',
  );
});
