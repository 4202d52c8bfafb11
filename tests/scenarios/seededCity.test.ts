/** The city of the enrolment: the same from the same seed, with enough families at every size that may be played. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededCity } from '../../scenarios/school-enrolment/city.ts';
import { filesOf } from '../../scenarios/school-enrolment/files.ts';

test('one seed makes one city and the same bytes of its files; another seed makes another', async () => {
  const bytesOf = async (seed: number): Promise<string> => {
    const files = await filesOf(seededCity(2_000, seed), seed);
    return files.map(({ bytes }) => Buffer.from(bytes).toString('hex')).join('\n');
  };
  const first = await bytesOf(1);
  assert.equal(await bytesOf(1), first);
  assert.notEqual(await bytesOf(2), first);
});

test('there is one application for 20 residents, from 500 of them to 100,000', () => {
  for (const people of [500, 2_000, 100_000])
    for (const seed of [1, 2]) assert.equal(seededCity(people, seed).families.length, people / 20);
});
