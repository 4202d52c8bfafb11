/** Who has which tabs of a dataset's page, and what an address names. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Role } from '../session.ts';
import { tabNamed, tabsOf } from './tabs.ts';

const dataset = { department: 'pub-security', mode: 'snapshot' } as const;
const holder = (role: Role, department?: string) => ({
  roles: [department === undefined ? { role } : { role, department }],
});
const all = ['overview', 'fields', 'sample', 'quality', 'uses', 'submissions', 'settings'];
const open = ['overview', 'fields', 'sample', 'uses'];

test('the department has every tab, others have those without its batches and settings', () => {
  assert.deepEqual(tabsOf(holder('steward', 'pub-security'), dataset), all);
  assert.deepEqual(tabsOf(holder('security'), dataset), all);
  assert.deepEqual(tabsOf(holder('steward', 'education'), dataset), open);
  assert.deepEqual(tabsOf(holder('leader', 'pub-security'), dataset), open);
  for (const held of [holder('clerk', 'pub-security'), holder('auditor')])
    assert.deepEqual(
      tabsOf(held, dataset),
      all.filter((tab) => tab !== 'settings'),
    );
});

test('a live dataset has no batches', () => {
  const held = holder('steward', 'pub-security');
  assert.deepEqual(tabsOf(held, { ...dataset, mode: 'live' }), [...open, 'settings']);
});

test('an address without a tab names the first one; an unknown tab, and one of others, is none', () => {
  const may = tabsOf(holder('steward', 'education'), dataset);
  assert.equal(tabNamed(undefined, may), 'overview');
  assert.equal(tabNamed('fields', may), 'fields');
  assert.equal(tabNamed('settings', may), undefined);
  assert.equal(tabNamed('other', may), undefined);
});
