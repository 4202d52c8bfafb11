import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { openSealed, sealCursor } from './cursor.ts';

const key = createSecretKey(randomBytes(32));
const context = { consumer: 'a', agreement: 'b', policy: 'c', dataset: 'd', query: '{}' };

test('a cursor after long sort values opens, and calls may contain it', () => {
  const document = readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8');
  const pattern = /^ {4}SealedCursor:\n.*\n +pattern: '(.*)'$/m.exec(document)?.[1] ?? '';
  for (const length of [1, 2_000, 9_000, 40_000]) {
    const state = { values: ['x'.repeat(length)] };
    const cursor = sealCursor(key, context, state);
    assert.match(cursor, new RegExp(pattern, 'u'));
    assert.deepEqual(openSealed(key, context, cursor), state);
  }
  // the longest that a call may contain is the longest that opens
  const longest = sealCursor(key, context, { x: 'x'.repeat(48_870) });
  assert.equal(longest.length > 65_000 && new RegExp(pattern, 'u').test(longest), true);
  assert.ok(openSealed(key, context, longest));
  for (const other of [`${longest}=`, `!${longest}`])
    assert.throws(() => openSealed(key, context, other), { code: 'cursor_invalid' });
  // none is handed out that a call could not contain
  for (const length of [49_200, 60_000])
    assert.throws(
      () => sealCursor(key, context, { x: 'x'.repeat(length) }),
      (error) => error instanceof Problem && error.code === 'cursor_too_long' && error.status === 422,
    );
});
