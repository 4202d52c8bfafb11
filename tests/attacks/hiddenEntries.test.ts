/**
 * A superuser takes rows of the log out of an index, by SQL alone. The rows stay as they are, and searches no longer find them.
 * Re-verification looks each entry up by the indexes that searches use.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginPass, reverifyNewest } from '../../hub/log/evidence/reverifyPortion.ts';
import { entriesAt, entriesOfExchanges } from '../../hub/log/store/entries.ts';
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
  const { findings } = await reverifyNewest(access(), { ...beginPass(access(), 1), next: 0 });
  assert.deepEqual(
    findings.map(({ index, message }) => [index, /the index (\S+) does not lead/.exec(message.en)?.[1]]),
    [[hidden, 'audit_subject_tokens']],
  );
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
