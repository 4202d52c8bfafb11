/**
 * A superuser takes rows of the log out of an index, by SQL alone. The rows stay as they are, and searches no longer find them.
 * Re-verification looks each entry up by the indexes that searches use.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type pg from 'pg';
import { beginPass, reverifyNewest } from '../../hub/log/evidence/reverifyPortion.ts';
import { entriesAt, entriesOfExchanges } from '../../hub/log/store/entries.ts';
import { hiddenRows } from '../../hub/log/store/hiddenRows.ts';
import { openDatabase } from '../../hub/platform/database/database.ts';
import { administratorSession } from '../administratorSession.ts';
import { hideRows, setMaintained, type Hiding } from './hideRows.ts';
import { access, child, database, found, leaves, reverified } from '../rhythmicLog.ts';

const administrator = await administratorSession(database);

const hide = (hiding: Hiding): Promise<void> => hideRows(administrator, hiding);

/** Rebuilds the index, and gives the table its true size again. */
async function mend({ table, index }: Hiding): Promise<void> {
  await administrator.query(`REINDEX INDEX ${index}`);
  await administrator.query(`VACUUM ANALYZE ${table}`);
  assert.deepEqual(await reverified(), []);
}

test('an untouched log has no finding', async () => {
  assert.deepEqual(await reverified(), []);
});

test('an entry that is hidden from the search about its person is found, also by the reading of the newest entries alone', async () => {
  const about = { subject: child };
  const before = await found(about);
  const hidden = before.at(-1) ?? assert.fail();
  const hiding = { table: 'audit_subject', index: 'audit_subject_tokens', where: `idx = ${hidden}` };
  await hide(hiding);
  assert.deepEqual(
    await found(about),
    before.filter((index) => index !== hidden),
    'the search misses it',
  );
  assert.deepEqual(await reverified(), [`index_altered ${hidden}`]);
  const { findings } = await reverifyNewest(access(), { from: 0, to: 0 });
  assert.deepEqual(
    findings.map(({ index, message }) => [index, /the index (\S+) does not lead/.exec(message.en)?.[1]]),
    [[hidden, 'audit_subject_tokens']],
  );
  await mend(hiding);
});

test('the last portion of a pass leaves out no newest entry that it did not read itself', async () => {
  const { rows } = await administrator.query<{ idx: string }>(
    'SELECT min(idx) AS idx FROM audit_subject WHERE idx < 1024',
  );
  const index = Number(rows[0]?.idx);
  const hiding = { table: 'audit_subject', index: 'audit_subject_tokens', where: `idx = ${index}` };
  await hide(hiding);
  const { size } = beginPass(access(), 1).goal;
  for (const [from, found] of [
    [1_024, [index]],
    [0, []],
  ] as const) {
    const { findings, failures } = await reverifyNewest(access(), { from, to: size });
    assert.deepEqual([findings.map((one) => one.index), failures], [found, []], `from ${from}`);
  }
  await mend(hiding);
});

const hidden = 1_577;
for (const { name, hiding, search } of [
  {
    name: 'an entry that is hidden from the search by exchange is found',
    hiding: { table: 'audit_entry_0', index: 'audit_entry_0_id_idx', where: `idx = ${hidden}` },
    search: async () => entriesOfExchanges(database.app, [leaves[hidden]?.id ?? assert.fail()]),
  },
  {
    name: 'an entry that is hidden from the look-up by its number is found',
    hiding: { table: 'audit_entry_0', index: 'audit_entry_0_pkey', where: `idx = ${hidden}` },
    search: async () => entriesAt(database.app, [hidden]),
  },
])
  test(name, async () => {
    assert.equal((await search()).length, 1);
    await hide(hiding);
    assert.deepEqual(await search(), []);
    const found = await reverified();
    assert.ok(
      found.some((one) => one === `index_altered ${hidden}` || one === `entry_missing ${hidden}`),
      found.join(),
    );
    await mend(hiding);
  });

test('an exchange whose index entry leads to another entry is found', async () => {
  const [one, other] = [100, 200];
  const id = (index: number): string => leaves[index]?.id ?? assert.fail();
  await administrator.query('SET session_replication_role = replica');
  const set = (index: number, value: string): Promise<unknown> =>
    administrator.query(`UPDATE audit_entry_0 SET id = '${value}' WHERE idx = ${index}`);
  const hiding = {
    table: 'audit_entry_0',
    index: 'audit_entry_0_id_idx',
    where: `idx IN (${one}, ${other})`,
  };
  await set(one, '00000000-0000-4000-8000-000000000000');
  await set(other, id(one));
  await administrator.query(
    `BEGIN; SET LOCAL allow_system_table_mods = on;
     ${setMaintained([hiding.index], false)};
     UPDATE pg_class SET relname = relname WHERE oid = 'audit_entry_0'::regclass`,
  );
  await set(one, id(one));
  await set(other, id(other));
  await administrator.query(`${setMaintained([hiding.index], true)}; COMMIT`);
  assert.deepEqual(
    (await reverified()).filter((finding) => finding.startsWith('index_altered')),
    [`index_altered ${one}`, `index_altered ${other}`],
  );
  await mend(hiding);
});

test('a term of the search index that is hidden from look-ups is found, and made anew', async () => {
  const requested = { matter: 'RX-2026-1030' };
  assert.deepEqual(await found(requested), [1030]);
  const hiding = { table: 'audit_posting', index: 'audit_posting_pkey', where: 'chunk = 1' };
  await hide(hiding);
  assert.deepEqual(await found(requested), []);
  await administrator.query('ANALYZE audit_posting');
  assert.deepEqual(await reverified(), ['index_altered 1024']);
  assert.deepEqual(await reverified(), []);
  assert.deepEqual(await found(requested), [1030]);
});

test('a token of 200,000 entries is looked up by statements of bounded length each', async () => {
  const { rows } = await administrator.query<{ idx: string; tokens: number }>(
    'SELECT idx, cardinality(tokens) AS tokens FROM audit_subject ORDER BY idx LIMIT 2',
  );
  const subjects = rows.map(({ idx, tokens }) => ({ index: Number(idx), tokens }));
  const [first = assert.fail(), second = assert.fail()] = subjects;
  await administrator.query(
    `SET session_replication_role = replica;
     INSERT INTO audit_subject (idx, salt, tokens)
     SELECT 1000000 + n, salt, tokens FROM audit_subject, generate_series(1, 200000) AS n WHERE idx = ${first.index}`,
  );
  await administrator.query('VACUUM ANALYZE audit_subject');
  const own = await openDatabase(database.address, { connections: 1, durable: false });
  after(() => own.close());
  const read = { from: first.index, to: second.index + 1, entries: [], subjects };
  const fetches: number[] = [];
  const client = await own.app.connect();
  const query = client.query.bind(client) as (...args: unknown[]) => Promise<pg.QueryResult>;
  client.query = (async (...args: unknown[]) => {
    const result = await query(...args);
    if (result.command === 'FETCH') fetches.push(result.rows.length);
    return result;
  }) as typeof client.query;
  client.release();
  assert.deepEqual(await hiddenRows(own.app, read), []);
  assert.ok(fetches.length > 3 && Math.max(...fetches) <= 1_000, fetches.join());
  const hiding = { table: 'audit_subject', index: 'audit_subject_tokens', where: `idx = ${second.index}` };
  await hideRows(administrator, hiding);
  assert.deepEqual(await hiddenRows(own.app, read), [
    { index: second.index, by: hiding.index, table: hiding.table },
  ]);
});
