import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedGrants } from './countedGrants.ts';

const dataset = { dataset: 'pub-security.household', schema: 'household@1' };

test('fields, facts and statistics are counted, and kinds that are not given are left out', () => {
  const all = {
    ...dataset,
    fields: { name: { mask: 'clear' } },
    facts: [{ id: 'adult' }, { id: 'resident' }],
    aggregates: [{ id: 'ages' }],
  };
  assert.deepEqual(countedGrants([all]), {
    zh: '1 项数据（其中 0 项脱敏）、2 项核验、1 项统计',
    en: '1 field (0 masked), 2 facts, 1 statistic',
  });
  assert.deepEqual(countedGrants([{ ...dataset, fields: {}, facts: [{ id: 'adult' }] }]), {
    zh: '1 项核验',
    en: '1 fact',
  });
});
