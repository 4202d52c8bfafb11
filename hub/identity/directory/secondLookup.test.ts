import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reader } from '../../platform/database/reader.ts';
import { secondLookup } from '../openIdentity.ts';

function fixture(registered: readonly string[]) {
  const requested: unknown[] = [];
  let now = 0;
  let reloads = 0;
  const reader = {
    query: (_text: string, [id]: readonly unknown[]) => {
      requested.push(id);
      return Promise.resolve({ rows: registered.includes(String(id)) ? [{}] : [] });
    },
  } as unknown as Reader;
  const look = secondLookup(
    reader,
    () => {
      reloads += 1;
      return Promise.resolve();
    },
    () => now,
  );
  return {
    look,
    asked: requested,
    reloads: () => reloads,
    pass: (milliseconds: number) => (now += milliseconds),
  };
}

test('a name that many request at the same time is looked up once, with one read of the directory', async () => {
  const { look, asked: requested, reloads } = fixture(['known']);
  const found = await Promise.all([1, 2, 3].map(() => look.find('token', 'known')));
  assert.deepEqual(found, [true, true, true]);
  assert.deepEqual([requested, reloads()], [['known'], 1]);
});

test('what is not there is remembered for a while, each kind of name by itself', async () => {
  const { look, asked: requested, reloads, pass } = fixture([]);
  assert.equal(await look.find('key', 'x'), false);
  assert.equal(await look.find('key', 'x'), false);
  assert.equal(requested.length, 1);
  await look.find('certificate', 'x');
  assert.equal(requested.length, 2);
  pass(2_000);
  await look.find('key', 'x');
  assert.deepEqual([requested.length, reloads()], [3, 0]);
});

test('a flood of invented names asks the database for few of them', async () => {
  const { look, asked: requested } = fixture([]);
  await Promise.all(Array.from({ length: 1_000 }, (_, i) => look.find('token', `invented ${i}`)));
  assert.ok(requested.length <= 16, String(requested.length));
});
