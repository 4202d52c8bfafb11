/** Tokens of very many subjects wait for the job, not for whoever appends; they are found before and after it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../tests/database.ts';
import { entriesOfTokens } from '../store/audit/search.ts';
import { mergeTokens as merge } from '../store/audit/mergeTokens.ts';
import { mergeTokens } from './mergeTokens.ts';

const database = await testDatabase();

/** 16 bytes of entry 3, the 17th of its list */
const token = Buffer.from('0000000300000011'.repeat(2), 'hex');

/** Entries of 1,000 tokens each. */
const append = (first: number, last: number) =>
  database.app.query(
    `INSERT INTO audit_subject (idx, salt, tokens)
     SELECT idx, '\\x00', array_agg(decode(repeat(lpad(to_hex(idx), 8, '0') || lpad(to_hex(n), 8, '0'), 2), 'hex'))
       FROM generate_series($1::bigint, $2::bigint) AS idx, generate_series(1, 1000) AS n GROUP BY idx`,
    [first, last],
  );

test('200,000 tokens wait for the job', async () => {
  await append(1, 200);
  assert.deepEqual(await entriesOfTokens(database.app, [token]), [3]);
  const waiting = await merge(database.owner);
  // pages of 8 KB: with the usual limit at most 512 would have waited
  assert.ok(waiting > 700, String(waiting));
  assert.deepEqual(await entriesOfTokens(database.app, [token]), [3]);
  await append(201, 202);
  await mergeTokens(database.owner).run({
    now: () => 0,
    state: null,
    signal: new AbortController().signal,
    act: () => assert.fail('no act'),
  });
  assert.equal(await merge(database.owner), 0);
  assert.deepEqual(await entriesOfTokens(database.app, [token]), [3]);
});
