/** A call that is decided again has the answers it got, and nothing but them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallHead } from '../../identity/authentication/caller.ts';
import { HeldAnswers } from './liveQuestion.ts';

const head = (): CallHead => ({
  ...{ method: 'POST', targetUri: 'https://hub/v1', rawHeaders: [], hasBody: true, address: '' },
  peer: undefined,
  certificate: () => undefined,
});

test('the same question of the same call is not asked again; another one ends the call, for its rows are not there', async () => {
  const held = new HeldAnswers<string>();
  const [call, another] = [head(), head()];
  let requested = 0;
  const ask = (): Promise<string> => Promise.resolve(`answer ${(requested += 1)}`);
  assert.equal(await held.of(call)('fields a, b', ask), 'answer 1');
  assert.equal(await held.of(call)('fields a, b', ask), 'answer 1', 'decided again');
  assert.equal(await held.of(another)('fields a, b', ask), 'answer 2');
  assert.throws(() => held.of(call)('fields a, b, c', ask), { code: 'decided_anew' });
  assert.equal(requested, 2);
});
