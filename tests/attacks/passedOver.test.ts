/**
 * A database administrator alters a row, so that the statement of the hub that would change or count it passes over it, and puts it back
 * afterwards with its seal. The hub refuses the act, does not act on the altered row, or the act also applies to the row that is put back.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { lapseStops } from '../../hub/features/agreements/jobs/lapseStops.ts';
import {
  insertCertificate,
  listCertificates,
  revokeCertificates,
  revokedLines,
} from '../../hub/identity/store/certificates.ts';
import {
  insertSigningKey,
  listSigningKeys,
  revokeSigningKeys,
} from '../../hub/identity/store/signingKeys.ts';
import type { Problem } from '../../terms/problem.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
/** A session of the superuser, past the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');
after(() => hub.stop());

const refused = { code: 'rows_unauthenticated' };
/** Does the work while a column of some rows has another value; `key` is the primary key of the table. */
async function whileAltered(
  {
    table,
    key,
    column,
    value,
    where,
  }: Readonly<Record<'table' | 'key' | 'column' | 'value' | 'where', string>>,
  work: () => Promise<unknown>,
): Promise<void> {
  const { rows } = await administrator.query<{ key: string; former: string }>(
    `SELECT ${key}::text AS key, ${column}::text AS former FROM ${table} WHERE ${where}`,
  );
  assert.ok(rows.length > 0, where);
  await administrator.query(`UPDATE ${table} SET ${column} = $1 WHERE ${where}`, [value]);
  try {
    await work();
  } finally {
    for (const { key: one, former } of rows)
      await administrator.query(`UPDATE ${table} SET ${column} = $1 WHERE ${key}::text = $2`, [former, one]);
  }
}

const certificates = async () => listCertificates(database.app, 0, await revokedLines(database.app));
const keysOf = async (department: string) =>
  (await listSigningKeys(database.app)).filter((row) => row.department === department);

test('the keys of a department are hidden while one person enrols a further one: it does not become active', async () => {
  const [known] = await keysOf('education');
  assert.ok(known);
  const { rows: persons } = await administrator.query<{ id: string }>('SELECT id FROM person LIMIT 1');
  const enrolled = () =>
    insertSigningKey(
      database.app,
      {
        ...known,
        keyid: 'further',
        publicKey: newKeyPair().publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        issuer: persons[0]?.id ?? assert.fail(),
      },
      randomUUID(),
    );
  const where = "department = 'education'";
  await whileAltered({ table: 'signing_key', key: 'keyid', column: 'department', value: 'x', where }, () =>
    assert.rejects(enrolled(), refused),
  );
  assert.equal(await enrolled(), true);
  assert.equal((await keysOf('education')).find(({ keyid }) => keyid === 'further')?.state, 'waiting');
});

test('a certificate and its key are hidden while their line is revoked: put back, they are revoked all the same', async () => {
  const { serial } = await hub.enrol('transport');
  const [certificate] = (await certificates()).filter((row) => row.serial === serial);
  assert.ok(certificate);
  const { enrolment } = certificate;
  const renewed = 'f0'.repeat(16);
  await insertCertificate(database.app, { ...certificate, serial: renewed }, randomUUID());
  const now = database.now();
  const revoke = (): Promise<unknown> =>
    revokeCertificates(database.app, {
      serial,
      line: true,
      reason: 'key-compromise',
      at: now,
      exchange: randomUUID(),
    });
  const value = randomUUID();
  const where = `serial = '${renewed}'`;
  const key = { table: 'signing_key', key: 'keyid', column: 'registered_by', value };
  await whileAltered({ table: 'certificate', key: 'serial', column: 'enrolment', value, where }, () =>
    whileAltered({ ...key, where: `registered_by = '${enrolment}'` }, async () => {
      await revoke();
      await revokeSigningKeys(database.app, enrolment, now);
    }),
  );
  const listed = (await certificates()).filter((row) => row.enrolment === enrolment);
  assert.deepEqual(
    [...listed, ...(await keysOf('transport'))].map(({ revokedAt }) => revokedAt),
    [now, now, now],
  );
});

test('the department of a submission is altered: the other department does not read its rows in quarantine', async () => {
  const file = householdFile(1_500, 5);
  const { json } = await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, {
    mapping: 'household',
  });
  const { batch } = json;
  const read = () => city.education.client.quarantine(batch);
  await assert.rejects(read(), { code: 'batch_unknown' });
  const where = `id = '${batch}'`;
  await whileAltered({ table: 'batch', key: 'id', column: 'department', value: 'education', where }, () =>
    assert.rejects(read(), refused),
  );
});

test('the first day of a provider’s stop is altered: the agreement stays stopped', async () => {
  const agreement = 'agr-school-enrolment';
  const steward = await hub.token('steward', ['steward'], 'pub-security');
  const path = `/v1/policy/documents/${agreement}`;
  const stopped = await hub.staff(steward, 'POST', `${path}/suspension`, { reason: '核查' });
  assert.equal(stopped.status, 200, JSON.stringify(stopped.json));
  const job = lapseStops(database.app);
  const acts: unknown[] = [];
  const run = () =>
    job.run({
      now: () => database.now(),
      state: null,
      signal: new AbortController().signal,
      act: ({ change }) => Promise.resolve({ exchange: String(acts.push(change)) }),
    });
  const stop = {
    table: 'provider_stop',
    key: 'agreement',
    column: 'first',
    where: `agreement = '${agreement}'`,
  };
  await whileAltered({ ...stop, value: '2020-01-01' }, async () => {
    const { failures = [] } = await run();
    assert.deepEqual(
      failures.map((error) => (error as Problem).code),
      ['rows_unauthenticated'],
    );
  });
  assert.deepEqual([await run(), acts], [{ failures: [] }, []]);
});
