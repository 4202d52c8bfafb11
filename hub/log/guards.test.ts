/** An administrator who may alter tables puts something between the append and its rows: the hub reports it, and signs nothing more. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { logDraft } from '../../tests/logDraft.ts';
import { oneLogKey } from '../../tests/oneLogKey.ts';
import { Problem } from '../../terms/problem.ts';
import { testDatabase, type TestDatabase } from '../../tests/database.ts';
import { asLogin } from '../platform/database/database.ts';
import { openAuditLog, type OpenedAuditLog } from './openAuditLog.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-guards-'));
after(() => rmSync(home, { recursive: true, force: true }));
const keys = {
  log: oneLogKey('datong/test'),
  headMac: createSecretKey(randomBytes(32)),
};

const open = (database: TestDatabase): Promise<OpenedAuditLog> =>
  openAuditLog({ database, keys, stateDir: mkdtempSync(join(home, 'state-')) });
const asSuperuser = (database: TestDatabase, sql: string): Promise<unknown> =>
  asLogin(database.address, (login) => login.query(sql));
const inconsistent = (what: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Problem && error.code === 'log_inconsistent', String(error));
  assert.match(error.text.en, what);
  return true;
};

/** Appends go on being acknowledged by PostgreSQL; what was acknowledged is read back, and the log stops. */
async function noticed(sql: string, what: RegExp): Promise<TestDatabase> {
  const database = await testDatabase();
  const log = await open(database);
  await log.append(logDraft());
  await asSuperuser(database, sql);
  await log.append(logDraft()).catch(() => undefined);
  for (let waited = 0; log.broken() === undefined && waited < 100; waited += 1)
    await new Promise((go) => setTimeout(go, 50));
  assert.ok(inconsistent(what)(log.broken()));
  await assert.rejects(log.append(logDraft()), inconsistent(what));
  await log.close();
  return database;
}

const dropping = `
  CREATE FUNCTION drop_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
  CREATE TRIGGER nothing_to_see BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION drop_it()`;

test('a trigger that drops entries as they come is noticed at the next reading back, and named at the next start', async () => {
  const database = await noticed(dropping, /1 are not there/);
  await assert.rejects(open(database), inconsistent(/trigger nothing_to_see on audit_entry/));
});

test('a trigger that waits for the commit to remove the entry is noticed too', async () => {
  await noticed(
    `CREATE FUNCTION remove_it() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET session_replication_role = replica
       AS 'BEGIN DELETE FROM audit_entry WHERE idx = NEW.idx; RETURN NULL; END';
     CREATE CONSTRAINT TRIGGER later AFTER INSERT ON audit_entry DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW EXECUTE FUNCTION remove_it()`,
    /1 are not there/,
  );
});

test('a trigger that rewrites what is stored is noticed by the bytes', async () => {
  await noticed(
    `CREATE FUNCTION rewrite_it() RETURNS trigger LANGUAGE plpgsql
       AS $$BEGIN NEW.leaf := set_byte(NEW.leaf, 9, get_byte(NEW.leaf, 9) # 1); RETURN NEW; END$$;
     CREATE TRIGGER another_author BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION rewrite_it()`,
    /not as they were written/,
  );
});

const refusals: readonly (readonly [string, string, RegExp])[] = [
  [
    'a trigger that is marked as internal',
    `${dropping}; UPDATE pg_trigger SET tgisinternal = true WHERE tgname = 'nothing_to_see'`,
    /trigger nothing_to_see on audit_entry/,
  ],
  [
    'a rule',
    "CREATE RULE no_denials AS ON INSERT TO audit_entry WHERE NEW.decision = 'deny' DO INSTEAD NOTHING",
    /rule no_denials on audit_entry/,
  ],
  [
    'a trigger on one partition',
    dropping.replace('ON audit_entry', 'ON audit_entry_0'),
    /trigger nothing_to_see on audit_entry_0/,
  ],
  [
    'a foreign partition of another name and schema',
    `CREATE SCHEMA other;
     CREATE TABLE other.later PARTITION OF audit_entry FOR VALUES FROM (9000000000000) TO (9000000000001)`,
    /no guard on later/,
  ],
  [
    'a trigger below a partition',
    `CREATE SCHEMA other;
     CREATE TABLE other.later PARTITION OF audit_entry FOR VALUES FROM (9000000000000) TO (9000000000001)
       PARTITION BY RANGE (idx);
     CREATE TABLE other.below PARTITION OF other.later FOR VALUES FROM (9000000000000) TO (9000000000001);
     ${dropping.replace('ON audit_entry', 'ON other.below')}`,
    /no guard on below/,
  ],
  ['row security', 'ALTER TABLE audit_subject ENABLE ROW LEVEL SECURITY', /row security on audit_subject/],
  [
    'another body of the append',
    `DO $$ DECLARE code text := pg_get_functiondef('append_flush'::regproc); BEGIN
       EXECUTE replace(code, 'cardinality(lines) THEN RAISE', 'cardinality(lines) AND false THEN RAISE'); END $$`,
    /function append_flush is not the one of this release/,
  ],
  [
    'another body of the append under consent',
    `DO $$ DECLARE code text := pg_get_functiondef('append_with_consents'::regproc); BEGIN
       EXECUTE replace(code, 'newest > as_of THEN', 'false THEN'); END $$`,
    /function append_with_consents is not the one of this release/,
  ],
  [
    'the append with one more argument',
    `DO $$ DECLARE code text := pg_get_functiondef('append_flush'::regproc); BEGIN
       EXECUTE 'DROP FUNCTION ' || 'append_flush'::regproc::oid::regprocedure;
       EXECUTE replace(code, 'pointers text)', 'pointers text, more text DEFAULT current_user)'); END $$`,
    /function append_flush is not the one of this release/,
  ],
  [
    'a setting of the append',
    "DO $$ BEGIN EXECUTE format($f$ALTER FUNCTION %s SET synchronous_commit = off$f$, 'append_flush'::regproc::oid::regprocedure); END $$",
    /function append_flush/,
  ],
  [
    'a guard that was taken away',
    'ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_is_append_only',
    /no guard on audit_entry/,
  ],
];

for (const [name, sql, what] of refusals) {
  test(`${name}: the hub does not serve on that database, and says why`, async () => {
    const database = await testDatabase();
    await (await open(database)).close();
    await asSuperuser(database, sql);
    await assert.rejects(open(database), inconsistent(what));
  });
}
