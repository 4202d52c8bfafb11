/** The log is read again by itself: what a database administrator edits is found, reported and remains reported; nothing but the root stops the hub. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { householdFile } from '../../../../clients/cli/demo/files/householdFile.ts';
import { lastLeaf } from '../../../../tests/flows/leaves.ts';
import { asLogin } from '../../../platform/database/database.ts';
import { cityHub } from '../../../../tests/cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 8 });
const file = householdFile(1400, 5);
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
const child = file.good.find((person) => person.guardian !== '' && person.region === '990101');
assert.ok(child);

/** One access to a person's data, which leaves a row of tokens. */
const ask = (): Promise<unknown> =>
  city.education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: child.id }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      matter: 'RX-2026-000451',
      onBehalfOf: 'official-0317',
    },
  );

/** What an administrator of the database can do, past every guard. */
const asAdministrator = (sql: string, values: readonly unknown[] = []): Promise<unknown> =>
  asLogin(database.address, async (login) => {
    await login.query("SET session_replication_role = 'replica'");
    return login.query(sql, [...values]);
  });

async function ready(): Promise<{ status: string; findings: string; code: number }> {
  const reply = await fetch(`${hub.hub.origins.admin}/readyz`);
  const { status, checks } = (await reply.json()) as { status: string; checks: Record<string, string> };
  return { status, findings: checks['log_findings'] ?? '', code: reply.status };
}

async function reverify(): Promise<void> {
  assert.equal(await hub.hub.runner.run('reverifyLog'), 'ok');
}

async function anEntryAboutAPerson(): Promise<number> {
  await ask();
  const { rows } = await database.app.query<{ idx: string }>('SELECT max(idx) AS idx FROM audit_subject');
  return Number(rows[0]?.idx);
}

test('an untouched log has no finding', async () => {
  await anEntryAboutAPerson();
  await reverify();
  assert.deepEqual(await ready(), { status: 'ok', findings: 'ok', code: 200 });
});

test('a deleted row of subject tokens is found, is an entry, and degrades without stopping; put back, it is forgotten', async () => {
  const index = await anEntryAboutAPerson();
  const { rows } = await database.app.query<{ salt: Buffer; tokens: Buffer[] }>(
    'SELECT salt, tokens FROM audit_subject WHERE idx = $1',
    [index],
  );
  await asAdministrator('DELETE FROM audit_subject WHERE idx = $1', [index]);
  await reverify();
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.operation, leaf.actor, leaf.change],
    ['reverifyLog', { staff: 'hub' }, { findings: 1, first: 'subjects_missing', index }],
  );
  const reported = {
    status: 'degraded',
    findings: `degraded: 1 finding, first subjects_missing at entry ${index}`,
    code: 200,
  };
  assert.deepEqual(await ready(), reported);
  await ask(); // it serves on
  await reverify();
  assert.deepEqual(await ready(), reported, 'a finding stays as long as it is so');
  assert.notDeepEqual((await lastLeaf(database)).operation, 'reverifyLog', 'and is told once');
  await asAdministrator('INSERT INTO audit_subject (idx, salt, tokens) VALUES ($1, $2, $3)', [
    index,
    rows[0]?.salt,
    rows[0]?.tokens,
  ]);
  await reverify();
  assert.equal((await ready()).status, 'ok');
  assert.deepEqual((await lastLeaf(database)).change, { mended: 1 });
});

test('the position reached is not taken from an account that can write to the database', async () => {
  const index = await anEntryAboutAPerson();
  await reverify();
  await asAdministrator("UPDATE audit_entry SET consumer = 'somebody' WHERE idx = $1", [index]);
  await database.app.query(
    `UPDATE job SET state = jsonb_build_object('mac', state->>'mac',
       'pass', jsonb_set(jsonb_set((state->>'pass')::jsonb, '{next}', '1'), '{size}', '1000000')::text) WHERE name = 'reverifyLog'`,
  );
  await reverify();
  assert.match((await ready()).findings, new RegExp(`first columns_altered at entry ${index}`));
});

test('entries that do not add up to the signed root stop the appends: nothing is signed on top of them', async () => {
  // of old entries: what was just written is read back by the writer itself, which may be faster
  await asAdministrator(
    "UPDATE audit_entry SET leaf = leaf || ' '::bytea, hash = sha256('\\x00'::bytea || leaf || ' '::bytea) WHERE idx = 0",
  );
  await reverify();
  const { status, findings, code } = await ready();
  assert.equal(code, 503);
  assert.equal(status, 'failing');
  assert.match(findings, /root_mismatch/);
  await assert.rejects(ask(), /do not add up to the signed root/);
});
