/** What is kept of typed texts in a window, and for whom. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { draftsOf, forgetDrafts } from '../src/parts/useDraft.ts';
import { claimsOf, forgetClaims, keepClaim, keptClaim } from './claims.ts';

const kept: Record<string, string> = {};
Object.defineProperties(kept, {
  getItem: { value: (name: string) => kept[name] ?? null },
  setItem: { value: (name: string, text: string) => (kept[name] = text) },
  removeItem: { value: (name: string) => Reflect.deleteProperty(kept, name) },
});
Object.defineProperty(globalThis, 'window', { value: { sessionStorage: kept } });
beforeEach(() => {
  for (const name of Object.keys(kept)) Reflect.deleteProperty(kept, name);
});

test('a claim stays for her who typed it, and for nobody else', () => {
  claimsOf(['look-2', 'look-1']);
  keepClaim('look-1 ', 'that was not me');
  keepClaim('look-2 ', 'nor that');
  keepClaim('look-2 ', '');
  claimsOf(['look-3', 'look-2', 'look-1']);
  assert.equal(keptClaim('look-1 '), 'that was not me', 'she came again, and somebody had looked');
  assert.equal(keptClaim('look-2 '), '', 'what was sent is kept no more');
  claimsOf(['look-9']);
  assert.equal(keptClaim('look-1 '), '', 'the page opened for another person');
  keepClaim('look-9 ', 'mine');
  claimsOf([]);
  keepClaim('look-9 ', 'mine');
  assert.deepEqual(Object.keys(kept), [], 'nothing says whose it would be');
  claimsOf(['look-9']);
  keepClaim('look-9 ', 'my number is 990101201501010015');
  assert.ok(!JSON.stringify(kept).includes('9901'), 'a number of a person is not kept');
  forgetClaims();
  assert.deepEqual(Object.keys(kept), []);
});

test('a claim that somebody else wrote into the window is no fault', () => {
  kept['datong-claims'] = '{';
  assert.equal(keptClaim('look-1 '), '');
  claimsOf(['look-1']);
  assert.equal(keptClaim('look-1 '), '');
});

test('drafts of staff go with the person: signed out, or another signs in', () => {
  draftsOf('ann');
  kept['datong-draft proposal 1'] = 'because';
  kept['other'] = 'stays';
  draftsOf('ann');
  assert.equal(
    kept['datong-draft proposal 1'],
    'because',
    'a reload, or a session that ended, loses nothing',
  );
  draftsOf('bea');
  assert.equal(kept['datong-draft proposal 1'], undefined);
  kept['datong-draft proposal 2'] = 'because';
  forgetDrafts();
  assert.deepEqual(kept, { 'datong-drafts-of': 'bea', other: 'stays' });
});
