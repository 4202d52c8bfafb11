/** A database administrator without a key of the hub writes consents. The next call does not rest on them. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { join } from 'node:path';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { readConsentStates } from '../../hub/features/consents/store/readConsentStates.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { compareRows } from '../comparison.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const { client: education } = city.education;
const { client: police } = city.publicSecurity;
const household = 'pub-security.household';
const file = householdFile(1_500, 11);
const families = file.good.filter(
  ({ guardian, id, region }) => guardian !== '' && region === '990101' && id.slice(6, 10) >= '2016',
);
await police.sendFile(household, file.bytes, { mapping: 'household' });
await city.apply('school-meals/notice.yaml');
await city.apply('school-meals/agreement.yaml', [city.education, city.publicSecurity]);
await city.apply(join(import.meta.dirname, '../flows/documents/consentedList.yaml'), [
  city.education,
  city.publicSecurity,
]);

const administrator = await administratorSession(database);
await administrator.query(`SET session_replication_role = replica`);
after(() => hub.stop());
const { rows: notices } = await administrator.query<{ digest: string }>('SELECT digest FROM consent_notice');

const context = {
  purpose: 'school-meals',
  agreement: 'agr-school-meals',
  onBehalfOf: 'official-0317',
  matter: 'YC-2026-000017',
};
const personAt = (nth: number): string => families[nth]?.id ?? assert.fail();
const give = (nth: number, change: object = {}) =>
  police.giveConsent({
    id: `forged-${nth}`,
    person: personAt(nth),
    guardian: families[nth]?.guardian ?? '',
    recipient: 'education',
    dataset: household,
    purposes: ['school-meals'],
    fields: ['name', 'income'],
    notBefore: '2026-01-01T00:00:00+08:00',
    expires: '2099-01-01T00:00:00+08:00',
    notice: { digest: notices[0]?.digest ?? '', language: 'zh' as const },
    method: 'app' as const,
    ...change,
  });
const query = (value: string) =>
  education.query(household, { filter: [{ field: 'person_id', op: 'eq', value }] }, context);
/** The code of the refusal, or the number of rows. */
const ask = (nth: number): Promise<string | number> =>
  query(personAt(nth)).then(
    ({ json }) => json.records.length,
    (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
  );
const change = async (nth: number, set: string): Promise<void> => {
  const { rowCount } = await administrator.query(`UPDATE consent_standing SET ${set} WHERE consent = $1`, [
    `forged-${nth}`,
  ]);
  assert.equal(rowCount, 1);
};

test('a consent that was withdrawn and is set to given again: the next call is refused', async () => {
  await give(0);
  assert.equal(await ask(0), 1);
  const { rows } = await administrator.query<{ mac: Buffer }>('SELECT mac FROM consent_standing');
  assert.deepEqual(
    rows.map(({ mac }) => mac.length),
    [16],
  );
  await police.withdrawConsent('forged-0');
  await change(0, `state = 'given'`);
  assert.equal(await ask(0), 'consent_missing');
  await change(0, `state = 'withdrawn'`);
});

test('a consent with more fields, a longer term, another guardian, more uses or a longer retention: refused', async () => {
  await give(1, { fields: ['name'], expires: '2099-01-01T00:00:00+08:00' });
  assert.equal(await ask(1), 'consent_missing');
  await change(1, `fields = '{name,income}'`);
  assert.equal(await ask(1), 'consent_missing');
  await give(2, { maxUses: 1 });
  assert.equal(await ask(2), 1);
  for (const [set, back] of [
    ['max_uses = 9', 'max_uses = 1'],
    ['max_uses = NULL', 'max_uses = 1'],
  ] as const) {
    await change(2, set);
    assert.equal(await ask(2), 'consent_missing', set);
    await change(2, back);
  }
  await give(3);
  for (const [set, back] of [
    [`until = until + interval '1 microsecond'`, `until = until - interval '1 microsecond'`],
    [`not_before = not_before - interval '1 day'`, `not_before = not_before + interval '1 day'`],
    [`guardian = NULL`, `guardian = (SELECT guardian FROM consent WHERE id = 'forged-3')`],
    [`consent = 'forged-2'`, ''],
  ] as const) {
    assert.equal(await ask(3), 1);
    await change(3, set);
    assert.equal(await ask(3), 'consent_missing', set);
    if (back !== '') await change(3, back);
  }
});

test('a consent that was never given, with the values and the MAC of another person: refused, in a page as well', async () => {
  await give(5);
  const page = async (): Promise<number> => {
    const listed = { ...context, agreement: 'agr-school-meals-list' };
    const { json } = await education.query(household, { limit: 100 }, listed);
    return json.records.length;
  };
  const before = await page();
  // the subject of another person is read from the rows, as an administrator does
  const { rows: tables } = await administrator.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.columns WHERE table_schema = 'rows' AND column_name = '_subject'`,
  );
  await administrator.query(
    `INSERT INTO consent_standing (subject, recipient, dataset, purpose, consent, state, fields, not_before, until, guardian, collected_by, mac)
     SELECT DISTINCT r._subject, s.recipient, s.dataset, s.purpose, s.consent, s.state, s.fields, s.not_before, s.until, NULL::bytea, s.collected_by, s.mac
       FROM ${tables[0]?.name ?? assert.fail()} AS r, consent_standing AS s WHERE s.consent = 'forged-5'
     ON CONFLICT DO NOTHING`,
  );
  assert.equal(await ask(6), 'consent_missing');
  assert.ok(before > 0);
  assert.equal(await page(), before);
  const forgedMac = `mac = decode('00000000000000000000000000000000', 'hex')`;
  await administrator.query(`UPDATE consent_standing SET ${forgedMac} WHERE guardian IS NULL`);
  assert.equal(await ask(6), 'consent_missing');
  await administrator.query('DELETE FROM consent_standing WHERE guardian IS NULL');
});

test('a consent whose recipient, or whose withdrawal, was written past the hub: the withdrawal is refused, not done elsewhere', async () => {
  await give(4);
  const withdrawn = () => police.withdrawConsent('forged-4');
  for (const [change, undo] of [
    [`UPDATE consent SET recipient = 'ecology'`, `UPDATE consent SET recipient = 'education'`],
    [`UPDATE consent SET dataset = 'ecology.air'`, `UPDATE consent SET dataset = '${household}'`],
    [
      `INSERT INTO consent_event SELECT id, 'withdrawn', now(), exchange FROM consent`,
      'DELETE FROM consent_event',
    ],
  ] as const) {
    const of = (sql: string): string =>
      sql.startsWith('DELETE')
        ? `${sql} WHERE consent = 'forged-4' AND type = 'withdrawn'`
        : `${sql} WHERE id = 'forged-4'`;
    await administrator.query(of(change));
    await assert.rejects(withdrawn(), { code: 'rows_unauthenticated' }, change);
    assert.equal(await ask(4), 1, 'it is still in force, and the caller knows');
    await administrator.query(of(undo));
  }
  await withdrawn();
  assert.equal(await ask(4), 'consent_missing');
});

test('a consent state that is hidden while it is withdrawn, to be put back afterwards: the withdrawal is refused', async () => {
  await give(16);
  const withdrawn = () => police.withdrawConsent('forged-16');
  for (const hide of [
    `UPDATE consent_standing SET recipient = 'ecology' WHERE consent = 'forged-16'`,
    `DELETE FROM consent_standing WHERE consent = 'forged-16'`,
  ]) {
    await administrator.query(
      `CREATE TEMPORARY TABLE hidden AS SELECT subject, recipient, dataset, purpose, consent, state, fields, not_before, until, max_uses, guardian,
              collected_by, retention, uses, version, mac FROM consent_standing WHERE consent = 'forged-16'`,
    );
    await administrator.query(hide);
    await assert.rejects(withdrawn(), { code: 'rows_unauthenticated' }, hide);
    await administrator.query(
      `DELETE FROM consent_standing WHERE consent = 'forged-16';
       INSERT INTO consent_standing (subject, recipient, dataset, purpose, consent, state, fields, not_before, until, max_uses, guardian,
              collected_by, retention, uses, version, mac) SELECT * FROM hidden; DROP TABLE hidden`,
    );
    assert.equal(await ask(16), 1, hide);
  }
  await withdrawn();
  assert.equal(await ask(16), 'consent_missing');
});

test('a function of the database that calls each consent given, and MACs of other lengths: refused', async () => {
  await give(7);
  await police.withdrawConsent('forged-7');
  const { rows } = await administrator.query<{ body: string }>(
    `SELECT pg_get_functiondef(oid) AS body FROM pg_proc WHERE proname = 'standing_terms'`,
  );
  const body = rows[0]?.body ?? assert.fail();
  await administrator.query(body.replace("concat_ws(E'\\t', state,", `concat_ws(E'\\t', 'given',`));
  // writes the generated column anew
  await change(7, `retention = retention`);
  const { rows: terms } = await administrator.query<{ terms: string }>(
    `SELECT terms FROM consent_standing WHERE consent = 'forged-7'`,
  );
  assert.match(terms[0]?.terms ?? '', /^given/);
  assert.equal(await ask(7), 'consent_missing');
  await administrator.query(body);
  await change(7, `retention = retention`);
  await give(8);
  await administrator.query('ALTER TABLE consent_standing DROP CONSTRAINT consent_standing_mac_check');
  await change(7, `mac = '\\x00', state = 'given'`);
  assert.equal(await ask(7), 'consent_missing');
  assert.equal(await ask(8), 1);
  await change(7, `mac = NULL, state = 'withdrawn'`);
});

const subjectOf = async (nth: number): Promise<Buffer> =>
  (
    await administrator.query<{ subject: Buffer }>(
      'SELECT subject FROM consent_standing WHERE consent = $1',
      [`forged-${nth}`],
    )
  ).rows[0]?.subject ?? assert.fail();

test('a withdrawn consent that is put back with its former MAC: refused after the next pass', async () => {
  await give(20);
  const { rows } = await administrator.query<{ mac: string }>(
    `SELECT encode(mac, 'hex') AS mac FROM consent_standing WHERE consent = 'forged-20'`,
  );
  await police.withdrawConsent('forged-20');
  const putBack = `state = 'given', mac = '\\x${rows[0]?.mac ?? assert.fail()}'`;
  const macs = async (): Promise<unknown> =>
    (
      await administrator.query<{ count: string }>(
        'SELECT count(*) FROM consent_standing WHERE mac IS NOT NULL',
      )
    ).rows[0]?.count;
  // rows that other tests altered
  await compareRows(hub);
  await change(20, putBack);
  assert.equal(await ask(20), 1, 'the MAC of the row decides until the pass');
  const others = Number(await macs()) - 1;
  assert.ok(others > 0);
  await compareRows(hub);
  assert.equal(await ask(20), 'consent_missing');
  assert.equal(Number(await macs()), others, 'rows without a finding still have their MAC');
  // where the whole table has a finding, no MAC decides
  await change(20, putBack);
  await administrator.query(`DELETE FROM row_seal WHERE table_name = 'consent_standing' AND key IN
    (SELECT concat_ws(E'\\x1f', subject::text, recipient, dataset, purpose) FROM consent_standing WHERE consent = 'forged-20')`);
  await compareRows(hub);
  assert.equal(Number(await macs()), 0);
  assert.equal(await ask(20), 'consent_missing');
});

test('the MAC of a state is not needed: a call that cannot write it, or need not wait for it, is answered', async () => {
  await give(21);
  await change(21, 'mac = NULL');
  await administrator.query(
    `BEGIN; SELECT FROM consent_standing WHERE consent = 'forged-21' FOR NO KEY UPDATE`,
  );
  const begun = performance.now();
  const states = await readConsentStates(
    database.app,
    { recipient: 'education', dataset: household, purpose: 'school-meals' },
    await subjectOf(21),
  );
  await administrator.query('COMMIT');
  assert.equal(states[0]?.state, 'given');
  assert.ok(performance.now() - begun < 2_000, 'it did not wait for the lock');
  await administrator.query('REVOKE UPDATE ON consent_standing FROM datong_app');
  try {
    const [state] = await readConsentStates(
      database.app,
      { recipient: 'education', dataset: household, purpose: 'school-meals' },
      await subjectOf(21),
    );
    assert.equal(state?.state, 'given');
  } finally {
    await administrator.query('GRANT UPDATE ON consent_standing TO datong_app');
  }
});

test('a state of an older release has no MAC: its seal is checked, and it gets one', async () => {
  await give(9);
  await change(9, 'mac = NULL');
  const mac = async (): Promise<Buffer | null | undefined> =>
    (
      await administrator.query<{ mac: Buffer | null }>(
        `SELECT mac FROM consent_standing WHERE consent = 'forged-9'`,
      )
    ).rows[0]?.mac;
  assert.equal(await ask(9), 1);
  assert.equal((await mac())?.length, 16);
  await administrator.query(
    `UPDATE row_seal SET mac = set_byte(mac, 0, (get_byte(mac, 0) + 1) % 256) WHERE table_name = 'consent_standing'`,
  );
  assert.equal(await ask(9), 1, 'the MAC of the state itself is valid');
  await change(9, 'mac = NULL');
  assert.equal(await ask(9), 'consent_missing');
  assert.equal(await mac(), null);
});
