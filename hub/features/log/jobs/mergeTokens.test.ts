/** Tokens of very many subjects are merged by the job, not by the append; they are found before and after it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../../../tests/database.ts';
import { entriesOfTokens } from '../../../log/store/search.ts';
import { mergeTokens as merge } from '../../../log/store/mergeTokens.ts';
import { mergeTokens } from './maintainLog.ts';

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

const run = (job = mergeTokens(database.owner)) =>
  job.run({
    now: () => 0,
    state: null,
    signal: new AbortController().signal,
    act: () => assert.fail('no act'),
  });

test('200,000 tokens wait for the job', async () => {
  await append(1, 200);
  assert.deepEqual(await entriesOfTokens(database.app, [token]), [3]);
  const waiting = await merge(database.owner);
  // pages of 8 KB: with the usual limit at most 512 would have waited
  assert.ok(waiting > 700, String(waiting));
  assert.deepEqual(await entriesOfTokens(database.app, [token]), [3]);
  await append(201, 202);
  await run();
  assert.equal(await merge(database.owner), 0);
  assert.deepEqual(await entriesOfTokens(database.app, [token]), [3]);
});

test('which entries the full ranges of the table are about is noted once, and not during a vacuum', async () => {
  /** ranges of 128 pages, and those that were not noted yet: reading notes them */
  const ranges = async (from: number): Promise<[full: number, unnoted: number]> => {
    const { rows } = await database.owner.query<{ full: number; unnoted: number }>(
      `SELECT count(*)::int AS full, coalesce(sum(brin_summarize_range('audit_subject_idx', n * 128)), 0)::int AS unnoted
         FROM generate_series($1::bigint, pg_relation_size('audit_subject') / (128 * current_setting('block_size')::int) - 1) AS n`,
      [from],
    );
    return [rows[0]?.full ?? 0, rows[0]?.unnoted ?? 0];
  };
  const fill = (first: number) =>
    database.app.query(
      `INSERT INTO audit_subject (idx, salt, tokens)
       SELECT idx, decode(repeat('00', 32), 'hex'), ARRAY[sha256(idx::text::bytea)] FROM generate_series($1::bigint, $1::bigint + 29999) AS idx`,
      [first],
    );
  const job = mergeTokens(database.owner);
  await fill(1_000);
  await run(job);
  const [first, unnoted] = await ranges(0);
  assert.ok(first >= 2, String(first));
  assert.equal(unnoted, 0);
  await fill(40_000);
  const vacuum = await database.owner.connect();
  await vacuum.query('BEGIN; LOCK TABLE audit_subject IN SHARE UPDATE EXCLUSIVE MODE');
  await run(job);
  await vacuum.query('ROLLBACK');
  vacuum.release();
  const [second, left] = await ranges(first);
  assert.ok(second >= 2 && left === second, `${left} of ${second}`);
  await fill(80_000);
  await run(job);
  const [third, last] = await ranges(first + second);
  assert.ok(third >= 2);
  assert.equal(last, 0);
});
