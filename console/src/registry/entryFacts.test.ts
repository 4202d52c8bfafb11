import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schemas } from '../api/call.ts';
import { entryDifferences } from './entryFacts.ts';

const entry: Schemas['CatalogueEntry'] = {
  id: 'civil.relief',
  title: { zh: '低保', en: 'Relief' },
  abstract: { zh: '摘要', en: 'abstract' },
  category: '1/12/3',
  sharing: { type: 'conditional', conditions: '法定职责', manner: 'interface' },
  openness: 'closed',
  sourceSystem: '救助系统',
  updateFrequency: 'monthly',
  office: '救助处',
  contact: '0000-12345',
  dataClass: 'general',
  datasets: ['civil.relief'],
};
/** Words by their keys. */
const words = { say: (word: string): string => word };

test('a revision is shown by the labels of the entry, one line for each text that changes', () => {
  const { datasets: _, ...rest } = entry;
  const revised = {
    ...rest,
    title: { zh: '低保', en: 'Social relief' },
    sharing: { type: 'none', basis: '《档案法》', manner: 'interface' },
    keywords: ['救助', '低保'],
  } as const;
  assert.deepEqual(
    entryDifferences(entry, { ...revised, keywords: [...revised.keywords] }, words).map(
      ({ label, was, would }) => `${label}: ${was} → ${would}`,
    ),
    [
      'catTitle: 低保 · Relief → 低保 · Social relief',
      'sharing: conditional → notShared',
      'conditions: 法定职责 → ',
      'datasets: civil.relief → ',
      'catKeywords:  → 救助pointList低保',
      'catBasis:  → 《档案法》',
    ],
  );
});

test('of a new entry each text is a difference, of an unchanged one none', () => {
  assert.deepEqual(entryDifferences(entry, entry, words), []);
  const labels = entryDifferences(undefined, entry, words).map(({ label }) => label);
  assert.deepEqual(labels, [
    'codeName',
    'catTitle',
    'catAbstract',
    'catCategory',
    'sharing',
    'conditions',
    'catManner',
    'catOpenness',
    'catFrequency',
    'catClass',
    'catSource',
    'catOffice',
    'catContact',
    'datasets',
  ]);
});
