import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schemas } from '../api/call.ts';
import { entryFor, entryOf, typedEntry } from './entryForm.ts';

const entry: Schemas['CatalogueEntry'] = {
  id: 'civil.relief',
  title: { zh: '低保', en: 'Relief' },
  abstract: { zh: '摘要', en: 'abstract' },
  keywords: ['低保', '救助'],
  category: '1/12/3',
  sharing: { type: 'conditional', conditions: '法定职责', manner: 'interface' },
  openness: 'closed',
  sourceSystem: '救助系统',
  updateFrequency: 'monthly',
  office: '救助处',
  contact: '0000-12345',
  dataClass: 'general',
  datasets: ['civil.relief', 'civil.archive'],
  sameData: '口径不同',
};

test('an entry is typed and taken back as it is', () => {
  assert.deepEqual(entryOf(typedEntry(entry)), entry);
  const { keywords: _keywords, datasets: _datasets, sameData: _same, ...short } = entry;
  assert.deepEqual(entryOf(typedEntry(short)), short);
});

test('of each kind of sharing only what belongs to it is sent', () => {
  const typed = { ...typedEntry(entry), basis: '《档案法》' };
  assert.deepEqual(entryOf({ ...typed, sharing: 'none' })?.sharing, {
    type: 'none',
    manner: 'interface',
    basis: '《档案法》',
  });
  assert.deepEqual(entryOf({ ...typed, sharing: 'unconditional' })?.sharing, {
    type: 'unconditional',
    manner: 'interface',
  });
});

test('nothing is sent while a choice is missing, and none is made for the person', () => {
  const typed = typedEntry(entry);
  for (const choice of ['sharing', 'manner', 'openness', 'updateFrequency', 'dataClass'])
    assert.equal(entryOf({ ...typed, [choice]: '' }), undefined, choice);
  assert.equal(entryOf(entryFor(undefined)), undefined);
});
