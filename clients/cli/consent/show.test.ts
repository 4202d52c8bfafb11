import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConsentView } from '../../sdk/consents.ts';
import { consentLines } from './show.ts';

test('one given on her own page says how surely she was proven; any other has no such line', () => {
  const one: ConsentView = {
    ...{ id: 'own-1', state: 'given', provider: 'pub-security', recipient: 'education' },
    ...{ dataset: 'pub-security.household', purposes: ['school-meals'], fields: ['name'] },
    ...{ notBefore: '2026-03-02T00:00:00Z', expires: '2027-03-02T00:00:00Z', collectedBy: 'data-office' },
    ...{ notice: 'a'.repeat(64), givenAt: '2026-03-02T00:00:00Z' },
  };
  const without = consentLines(one);
  const added = consentLines({ ...one, assurance: 'high' }).filter(
    ({ en }) => !without.some((line) => line.en === en),
  );
  assert.deepEqual(added, [{ zh: '核验身份的程度：high', en: 'identity proven: high' }]);
  assert.equal(without.length, 10);
});
