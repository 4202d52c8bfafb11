import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listsUsed } from '../registry/listsUsed.ts';
import { changeoverStage, type Filling } from './changeover.ts';
import { defined } from '../../terms/defined.ts';

const now = { current: 'b1', lists: 'l1' };
const filling: Filling = { batch: 'prepared', trouble: null, over: 'b1', lists: 'l1' };

test('a changeover is ready while the current batch and the code lists are those it was filled from', () => {
  assert.equal(changeoverStage(filling, now), 'ready');
  assert.equal(changeoverStage(filling, { ...now, current: 'b2' }), 'outdated');
  assert.equal(changeoverStage(filling, { ...now, lists: 'l2' }), 'outdated');
});

test('a filling that failed stops the changeover until the current batch changes', () => {
  for (const batch of ['failed', 'rejected'] as const) {
    assert.equal(changeoverStage({ ...filling, batch }, now), 'stopped');
    assert.equal(changeoverStage({ ...filling, batch }, { ...now, current: 'b2' }), 'outdated');
  }
  assert.equal(changeoverStage({ ...filling, batch: undefined, trouble: 'raw_bytes_gone' }, now), 'stopped');
  assert.equal(changeoverStage({ ...filling, batch: 'expired' }, now), 'outdated', 'it is filled anew');
});

test('a filling that runs continues when the current batch or the code lists change', () => {
  const other = { current: 'b2', lists: 'l2' };
  assert.equal(changeoverStage({ ...filling, batch: 'receiving' }, other), 'copying');
  assert.equal(changeoverStage({ ...filling, batch: 'checking' }, other), 'checking');
  assert.equal(changeoverStage({ ...filling, batch: undefined, over: null, lists: '' }, other), 'waiting');
});

test('only code lists that check its rows make it outdated', () => {
  const list = (id: string, supplements?: string) => ({
    id,
    version: '1',
    title: { zh: '', en: '' },
    entries: [],
    ...defined({ supplements }),
  });
  const dataset = (document: object) => ({ schema: { document }, mappings: new Map() }) as never;
  const uses = dataset({ properties: { a: { 'x-code': { list: 'urn:datong:code:gbt2260' } } } });
  const digest = (...read: [string, ReturnType<typeof list>][]) => listsUsed({ read: new Map(read) }, uses);
  const none = digest();
  assert.equal(digest(['d1', list('colours')]), none);
  assert.notEqual(digest(['d1', list('gbt2260')]), none);
  assert.notEqual(digest(['d1', list('zones', 'gbt2260')]), none);
  const refers = dataset({ properties: { a: { $ref: 'urn:datong:region:1.0' } } });
  const other = listsUsed({ read: new Map([['d1', list('colours')]]) }, refers);
  assert.notEqual(other, none, 'what it refers to may use any');
});
