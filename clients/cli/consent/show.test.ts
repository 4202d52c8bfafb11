import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ConsentView } from '../../sdk/consents.ts';
import { currentLanguage, setLanguage } from '../verb.ts';
import { consentLines, consentRow } from './consents.ts';
import { defined } from '../../../terms/defined.ts';

const language = currentLanguage();
after(() => {
  setLanguage(language);
});
const one: ConsentView = {
  id: 'own-1',
  state: 'given',
  provider: 'pub-security',
  recipient: 'education',
  dataset: 'pub-security.household',
  purposes: ['school-meals'],
  fields: ['name'],
  notBefore: '2026-03-02T00:00:00Z',
  expires: '2027-03-02T00:00:00Z',
  collectedBy: 'data-office',
  notice: 'a'.repeat(64),
  givenAt: '2026-03-02T00:00:00Z',
};

test('one given on the person’s own page describes in words how they were identified; any other has no such line', () => {
  const without = consentLines(one);
  const added = (assurance: 'high' | 'substantial') =>
    consentLines({ ...one, assurance }).filter(({ en }) => !without.some((line) => line.en === en));
  assert.deepEqual(added('high'), [
    { zh: '核验身份的方式：人脸或实体证件', en: 'identity proven: by face or document' },
  ]);
  assert.deepEqual(added('substantial'), [
    { zh: '核验身份的方式：两种独立方式', en: 'identity proven: in two independent ways' },
  ]);
  assert.equal(without.length, 10);
});

test('so does its line in a list, in the language of talk', () => {
  const last = (assurance?: 'high' | 'substantial') =>
    consentRow({ ...one, ...defined({ assurance }) }).slice(5);
  setLanguage('en');
  assert.deepEqual(last(), [one.expires, '']);
  assert.deepEqual(last('high'), [one.expires, 'by face or document']);
  assert.deepEqual(last('substantial'), [one.expires, 'in two independent ways']);
  setLanguage('zh');
  assert.deepEqual(last('high'), [one.expires, '人脸或实体证件']);
  assert.deepEqual(last('substantial'), [one.expires, '两种独立方式']);
});
