/**
 * A database administrator without a key of the hub writes rows that would give access. Each attempt is refused at the next use, or a
 * finding is reported after the next run of the job `verifyRows`.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { blockNewHolds, mayGo } from '../../hub/log/store/legalHolds.ts';
import { deleteExpired } from '../../hub/features/events/store/events.ts';
import type { Problem } from '../../terms/problem.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import { sessionById } from '../../hub/identity/store/sessions.ts';
import { personService } from '../../hub/features/subjects/store/personServices.ts';
import { delayedDepartments } from '../../hub/features/subjects/store/viewDelays.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { compareRows } from '../comparison.ts';

const { database, hub } = await cityHub({ jobsByTime: false });

/** A session past the hub, of a superuser. */
const administrator = await administratorSession(database);
after(() => hub.stop());
/** Triggers of foreign keys and of the hub do not run. */
async function past(sql: string, values: readonly unknown[] = []): Promise<number> {
  await administrator.query(`SET session_replication_role = replica`);
  const { rowCount } = await administrator.query(sql, [...values]);
  return rowCount ?? 0;
}

const entry = '01890000-0000-7000-8000-000000000000';
const { identity } = hub.hub.services;

/** Codes and tables of what the job has found. */
async function found(): Promise<string[]> {
  await compareRows(hub);
  const { rows } = await administrator.query<{ code: string; about: string }>(
    `SELECT code, about FROM log_finding WHERE about <> '' ORDER BY about`,
  );
  return rows.map(({ code, about }) => `${code} ${about.split(' ')[0] ?? ''}`);
}

test('a credential of an officer, with the hash of their own token: it opens nothing', async () => {
  const officer = identity.persons().find(({ name }) => name === 'security') ?? assert.fail();
  const secret = 'A'.repeat(43);
  await past(
    `INSERT INTO credential (id, hash, person, expires_at, issued_by) VALUES ('forged0000', $1, $2, now() + interval '1 day', $3)`,
    [createHash('sha256').update(secret).digest('hex'), officer.id, entry],
  );
  const { status, json } = await hub.staff(`dtg_forged0000_${secret}`, 'GET', '/v1/log/findings');
  assert.deepEqual([status, json['code']], [401, 'token_invalid']);
  assert.deepEqual(await found(), ['row_unsealed credential']);
  await past(`DELETE FROM credential WHERE id = 'forged0000'`);
});

test('a role and a deputy without an entry: neither counts', async () => {
  const clerk = await hub.token('clerk', ['clerk'], 'education');
  const steward = await hub.token('steward', ['steward'], 'education');
  const person = (token: string) => identity.holderOf(token.split('_')[1] ?? '') ?? assert.fail('no person');
  await past(
    `INSERT INTO role_grant (person, role, granted_by, confirmed_by, made_by, guard) VALUES ($1, 'auditor', 'hub', 'hub', $2, 'auditor')`,
    [person(clerk).id, entry],
  );
  await past(
    `INSERT INTO stand_in (id, kind, steward, person, department, begins, until, why, digest, author, approver, exchange)
     VALUES ('std-0000000000000000', 'deputy', $1, $2, 'education', now() - interval '1 hour', now() + interval '1 day', 'x', 'x', $1, 'hub', $3)`,
    [person(steward).id, person(clerk).id, entry],
  );
  await identity.reload();
  assert.equal((await hub.staff(clerk, 'GET', '/v1/log/findings')).status, 403);
  assert.deepEqual(identity.standIns(), []);
  assert.deepEqual(await found(), ['row_unsealed role_grant', 'row_unsealed stand_in']);
  await past(`DELETE FROM role_grant WHERE person = $1 AND role = 'auditor'`, [person(clerk).id]);
  await past(`DELETE FROM stand_in`);
  assert.deepEqual(await found(), []);
});

test('a revoked certificate and its key made valid again: refused, also after the registries are read again', async () => {
  const machine = await hub.enrol('ecology');
  await database.owner.query(
    `UPDATE certificate SET revoked_at = now(), reason = 'key-compromise', revoked_by = $2 WHERE serial = $1`,
    [machine.serial, entry],
  );
  await identity.reload();
  assert.equal(identity.isRevoked(machine.serial), true);
  await past('UPDATE certificate SET revoked_at = NULL, reason = NULL WHERE serial = $1', [machine.serial]);
  await identity.reload();
  assert.equal(
    identity.certificates().some(({ serial }) => serial === machine.serial),
    false,
    'it is unknown, not valid',
  );
  assert.deepEqual(await found(), ['row_altered certificate']);
  await past(`UPDATE certificate SET revoked_at = now(), reason = 'key-compromise' WHERE serial = $1`, [
    machine.serial,
  ]);
  machine.client.close();
});

test('a session in the name of an officer: it has no person', async () => {
  const officer = identity.persons().find(({ name }) => name === 'security') ?? assert.fail();
  const secret = 'B'.repeat(43);
  await past(
    `INSERT INTO staff_session (id, hash, person, way, begun_at, seen_at, expires_at, begun_by)
     VALUES ('forged0000', $1, $2, 'demo', now(), now(), now() + interval '1 day', $3)`,
    [createHash('sha256').update(secret).digest('hex'), officer.id, entry],
  );
  const row = await sessionById(database.app, 'forged0000');
  assert.equal(row, undefined);
  assert.ok((await found()).includes('row_unsealed staff_session'));
  await past('DELETE FROM staff_session');
});

test('a purpose under another one, a schema version with other words: what rests on them is not answered', async () => {
  const { registry } = hub.hub.services;
  /** The registries as any change makes them be read again. */
  const read = async () => {
    await hub.token(`reader ${Math.random()}`, ['auditor']);
    await registry.refresh();
    return registry.current;
  };
  assert.ok((await read()).datasets.has('pub-security.household'));
  await past(`UPDATE purpose SET parent = 'environment-study' WHERE code = 'school-enrolment'`);
  assert.equal(
    (await read()).context.purposes.some(({ code }) => code === 'school-enrolment'),
    false,
  );
  await past(`UPDATE purpose SET parent = NULL WHERE code = 'school-enrolment'`);
  await past(`UPDATE schema_version SET document = replace(document, 'x-semantic', 'x-other')`);
  assert.equal((await read()).datasets.size, 0);
  assert.ok((await found()).includes('row_altered schema_version'));
  await past(`UPDATE schema_version SET document = replace(document, 'x-other', 'x-semantic')`);
  assert.ok((await read()).datasets.has('pub-security.household'));
});

test('a service that vouches for persons, without an appointment: it does not count', async () => {
  await past(
    `INSERT INTO person_service (department, appointed, author, approver, exchange) VALUES ('education', true, 'a', 'b', $1)`,
    [entry],
  );
  assert.equal(await personService(database.app, 'education'), undefined);
  await past('DELETE FROM person_service');
});

test('a hold that waits for its second person and is altered or deleted: no event and no log entry is destroyed', async () => {
  const author = identity.persons()[0]?.id ?? assert.fail();
  await database.owner.query(
    `INSERT INTO proposal (id, operation, kind, name, body, params, digest, author)
     VALUES ($1, 'placeHold', 'LegalHold', 'x', '{"on":{"dataset":"pub-security.household"}}', '{}', 'x', $2)`,
    [entry, author],
  );
  const expired = (): Promise<number> => deleteExpired(database.app, database.now(), 1);
  const blocked = (): Promise<void> =>
    withTransaction(database.app, (transaction) => blockNewHolds(transaction));
  await past(`UPDATE proposal SET proposed_at = proposed_at - interval '31 days' WHERE id = $1`, [entry]);
  for (const destroy of [expired, blocked])
    await assert.rejects(
      destroy(),
      ({ code, facts }: Problem) => code === 'rows_unauthenticated' && facts['table'] === 'proposal',
    );
  await past('DELETE FROM proposal WHERE id = $1', [entry]);
  await assert.rejects(expired(), { code: 'rows_unauthenticated' });
});

test('a hold whose day is put back or that is deleted: nothing is destroyed while the holds do not hold', async () => {
  await database.owner.query(
    `INSERT INTO legal_hold (id, kind, target, reason, case_number, until, digest, author, approver, exchange)
     VALUES ('hold-0', 'dataset', 'pub-security.household', 'x', 'x', now() + interval '1 year', 'x', 'a', 'b', $1)`,
    [entry],
  );
  const mayBeDestroyed = (): Promise<boolean> =>
    withTransaction(database.app, (transaction) => mayGo(transaction, 'pub-security.household'));
  assert.equal(await mayBeDestroyed(), false);
  await past(`UPDATE legal_hold SET until = until - interval '2 years'`);
  await assert.rejects(mayBeDestroyed(), { code: 'rows_unauthenticated' });
  assert.ok((await found()).includes('row_altered legal_hold'));
  await past('DELETE FROM legal_hold');
  await assert.rejects(mayBeDestroyed(), { code: 'rows_unauthenticated' });
  await past(`DELETE FROM row_seal WHERE table_name = 'legal_hold'`);
  await assert.rejects(mayBeDestroyed(), { code: 'rows_unauthenticated' });
});

test('an altered row is not blessed by the hub’s next change of it', async () => {
  const { code } = (
    await database.owner.query<{ code: string }>(`SELECT code FROM department WHERE code = 'ecology'`)
  ).rows[0] ?? { code: '' };
  await past('UPDATE department SET data_office = true WHERE code = $1', [code]);
  await assert.rejects(
    database.owner.query(`UPDATE department SET name_en = 'Ecology' WHERE code = $1`, [code]),
    { code: 'rows_unauthenticated' },
  );
  await past('UPDATE department SET data_office = false WHERE code = $1', [code]);
  await database.owner.query(`UPDATE department SET name_en = 'Ecology' WHERE code = $1`, [code]);
});

test('a trigger that writes rows in a transaction of the hub: nothing is sealed', async () => {
  await administrator.query(`CREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      INSERT INTO department (code, name_zh, name_en, kind, data_office, registered_by)
        VALUES ('forged', 'x', 'x', 'government', true, '${entry}') ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$`);
  await administrator.query(
    'CREATE TRIGGER forges AFTER UPDATE ON department FOR EACH ROW EXECUTE FUNCTION forge()',
  );
  await assert.rejects(
    database.owner.query(`UPDATE department SET name_en = 'Ecology again' WHERE code = 'ecology'`),
    { code: 'rows_unauthenticated' },
  );
  await administrator.query('DROP TRIGGER forges ON department');
  const { rowCount } = await administrator.query(`SELECT FROM department WHERE code = 'forged'`);
  assert.equal(rowCount, 0);
});

test('an evidence request with a question of the administrator: neither listed nor answered', async () => {
  const auditor = await hub.token('asks-evidence', ['auditor']);
  const security = await hub.token('decides-evidence', ['security']);
  const ids: string[] = [];
  for (const consumer of ['education', 'ecology', 'pub-security']) {
    const requested = { reason: 'complaint', case: 'XF-2026-0001', question: { consumer } };
    const { json } = await hub.staff(auditor, 'POST', '/v1/log/evidence', requested);
    ids.unshift(String(json['id']));
  }
  const [newest = '', middle = '', oldest = ''] = ids;
  const list = async (query: string): Promise<readonly string[]> => {
    const { status, json } = await hub.staff(security, 'GET', `/v1/log/evidence?${query}`);
    assert.equal(status, 200, JSON.stringify(json));
    return (json['evidence'] as readonly { readonly id: string }[]).map(({ id }) => id);
  };
  assert.deepEqual(await list(''), ids);
  await past(`UPDATE evidence SET question = '{"whole":true}', state = 'waiting' WHERE id = $1`, [middle]);
  assert.deepEqual(await list(''), [newest, oldest]);
  assert.deepEqual(await list('limit=2'), [newest, oldest], 'the altered row does not end the list early');
  assert.deepEqual(await list(`evidence=${middle}`), []);
  assert.deepEqual(await list('state=waiting'), []);
  assert.ok((await found()).includes('row_altered evidence'));
});

test('duties, cubes, delays, quotas of statistics: written or deleted past the hub, each is found', async () => {
  await past(
    `INSERT INTO view_delay (id, subject, department, reference, clause, until, digest, author, approver, exchange)
     VALUES ('delay-0', '\\x01', 'education', 'x', 'x', now() + interval '1 day', 'x', 'a', 'b', $1)`,
    [entry],
  );
  await assert.rejects(delayedDepartments(database.app, Buffer.from([1]), database.now()), {
    code: 'rows_unauthenticated',
  });
  assert.ok((await found()).includes('row_unsealed view_delay'));
});

test('the position up to which the log was read for duties, set back, set forward or deleted: none is counted twice or left out', async () => {
  assert.equal(await hub.hub.runner.run('readEntries'), 'ok');
  const duties = async (): Promise<unknown> =>
    (await administrator.query('SELECT count(*), sum(exchanges) FROM duty')).rows;
  const { rows } = await administrator.query<{ next: string }>('SELECT next FROM duty_progress');
  const next = rows[0]?.next ?? assert.fail();
  assert.ok(Number(next) > 1);
  const before = await duties();
  for (const sql of ['UPDATE duty_progress SET next = 0', 'UPDATE duty_progress SET next = next - 1']) {
    await past(sql);
    await hub.token(`reads on ${sql}`, ['clerk']);
    await hub.hub.runner.run('readEntries');
    assert.deepEqual(await duties(), before);
    assert.ok((await found()).includes('row_altered duty_progress'));
    await past('UPDATE duty_progress SET next = $1', [next]);
  }
  await past('DELETE FROM duty_progress');
  assert.ok((await found()).includes('row_missing duty_progress'));
  await past('INSERT INTO duty_progress VALUES (1, $1)', [next]);
  assert.ok(!(await found()).some((one) => one.endsWith(' duty_progress')));
  assert.equal(await hub.hub.runner.run('readEntries'), 'ok');
  const { rows: after } = await administrator.query<{ next: string }>('SELECT next FROM duty_progress');
  assert.ok(Number(after[0]?.next) > Number(next));
});
