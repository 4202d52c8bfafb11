/** What is stored of typed texts in a window, and for whom. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { draftsOf, forgetDrafts } from '../src/parts/useDraft.ts';
import { claimsOf, forgetClaims, storeClaim, storedClaim } from './claims.ts';

function newStorage(): Record<string, string> {
  const stored: Record<string, string> = {};
  return Object.defineProperties(stored, {
    getItem: { value: (name: string) => stored[name] ?? null },
    setItem: { value: (name: string, text: string) => (stored[name] = text) },
    removeItem: { value: (name: string) => Reflect.deleteProperty(stored, name) },
  });
}
const session = newStorage();
const lasting = newStorage();
Object.defineProperty(globalThis, 'window', { value: { sessionStorage: session, localStorage: lasting } });
beforeEach(() => {
  for (const storage of [session, lasting])
    for (const name of Object.keys(storage)) Reflect.deleteProperty(storage, name);
});

test('a claim is restored for the person who typed it only: not for another person with the same access record, or dataset', () => {
  claimsOf('her');
  storeClaim('look-1 ', 'that was not me');
  storeClaim('look-2 ', 'nor that');
  storeClaim('look-2 ', '');
  storeClaim('pub-security.household deletion', 'delete me');
  claimsOf('her');
  assert.equal(storedClaim('look-1 '), 'that was not me', 'she came again');
  assert.equal(storedClaim('look-2 '), '', 'what was sent is kept no more');
  claimsOf('another of the same batch');
  assert.equal(storedClaim('look-1 '), '', 'the page opened for another person');
  assert.equal(
    storedClaim('pub-security.household deletion'),
    '',
    'nor what she asks of data that hold both',
  );
  claimsOf('her');
  assert.equal(storedClaim('look-1 '), '', 'gone for good');
  for (const text of [
    'my number is 990101201501010015',
    'my number is 990101 2015 0101 0015',
    '990101-20150101-0015',
    'it begins 99010120150101',
    '９９０１０１２０１５０１０１００１５',
  ]) {
    storeClaim('look-1 ', 'before');
    storeClaim('look-1 ', text);
    assert.equal(storedClaim('look-1 '), '', `${text}: a number of a person is not kept`);
  }
  storeClaim('look-1 ', 'on 2026-11-22 in YC-2026-000017');
  assert.notEqual(storedClaim('look-1 '), '', 'a day or a case is none');
  forgetClaims();
  assert.deepEqual(Object.keys(session), []);
  storeClaim('look-1 ', 'mine');
  assert.deepEqual(Object.keys(session), [], 'nothing says whose it would be');
});

test('a claim that another page wrote into the window is no fault', () => {
  session['datong-claims'] = '{';
  assert.equal(storedClaim('look-1 '), '');
  claimsOf('her');
  assert.equal(storedClaim('look-1 '), '');
});

test('drafts of staff go with the person: signed out, or another signs in', () => {
  draftsOf('ann');
  session['datong-draft proposal 1'] = 'because';
  session['other'] = 'stays';
  draftsOf('ann');
  assert.equal(
    session['datong-draft proposal 1'],
    'because',
    'a reload, or a session that ended, loses nothing',
  );
  draftsOf('bea');
  assert.equal(session['datong-draft proposal 1'], undefined);
  session['datong-draft proposal 2'] = 'because';
  forgetDrafts();
  assert.deepEqual(session, { 'datong-drafts-of': 'bea', other: 'stays' });
});

test('a lasting draft is for its person: it stays when another signs in, and goes when its person signs out or after 30 days', () => {
  const draft = (at: number): string => JSON.stringify({ at, value: { note: 'x' } });
  const day = 86_400_000;
  draftsOf('ann');
  lasting['datong-draft ann schema'] = draft(Date.now() - 29 * day);
  lasting['datong-draft ann plan'] = draft(Date.now() - 31 * day);
  lasting['datong-draft bea plan'] = draft(Date.now());
  draftsOf('bea');
  assert.deepEqual(Object.keys(lasting), ['datong-draft ann schema', 'datong-draft bea plan']);
  forgetDrafts();
  assert.deepEqual(Object.keys(lasting), ['datong-draft ann schema']);
});
