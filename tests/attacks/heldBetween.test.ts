/**
 * A database administrator holds locks so that a statement of the hub waits between a comparison of rows with their seals and the use of
 * these rows, alters a row in between, and puts it back with its seal. The act is refused, or errs on the side of the persons concerned.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Look } from '../../hub/domain/risks/risk.ts';
import { checkPseudonyms } from '../../hub/features/agreements/operations/checkPseudonyms.ts';
import { checkActingPersons } from '../../hub/features/agreements/operations/parties.ts';
import { restsOfDays } from '../../hub/features/log/jobs/entries/restsOfDays.ts';
import { loadDirectory } from '../../hub/identity/directory/directory.ts';
import { enrol } from '../../hub/identity/enrolment/enrol.ts';
import { issueEnrolmentCode } from '../../hub/identity/enrolment/enrolmentCode.ts';
import {
  insertCertificate,
  listCertificates,
  revokeCertificates,
  revokedLines,
  revokeEnrolment,
  type RevocationReason,
} from '../../hub/identity/store/certificates.ts';
import { insertToken, revokeToken } from '../../hub/identity/store/credentials.ts';
import { refuseKey } from '../../hub/identity/store/keyApprovals.ts';
import { endSession } from '../../hub/identity/store/sessions.ts';
import {
  insertSigningKey,
  listSigningKeys,
  revokeSigningKeys,
} from '../../hub/identity/store/signingKeys.ts';
import { holdTargets, isNoneHeld, isUnheld, mayGo } from '../../hub/log/store/legalHolds.ts';
import { withTransaction, type Transaction } from '../../hub/platform/database/transaction.ts';
import type { ConsentEffect } from '../../hub/registry/compileTogether.ts';
import { openRegistry } from '../../hub/registry/registry.ts';
import { sourcesOf } from '../../hub/registry/store/elementSources.ts';
import { movePolicyDocument } from '../../hub/registry/store/policy/policyDocuments.ts';
import type { PolicyDocument } from '../../policies/documents/storedDocument.ts';
import { dayInChina } from '../../terms/civilDate.ts';
import type { Problem } from '../../terms/problem.ts';
import type { RiskSettings } from '../../terms/riskSettings.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { eventually } from '../eventually.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
/** A session of the superuser, past the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');
const other = await administratorSession(database, '-c session_replication_role=replica');
after(() => hub.stop());

const refused = { code: 'rows_unauthenticated' };

interface Between {
  /** a lock, or an alteration that locks rows */
  readonly lock: string;
  /** committed while a statement of the hub waits */
  readonly alter?: string;
  /** puts the rows back */
  readonly back: string;
}

/** Whether a session waits for a lock of another one. */
const waitsFor = async (holder: typeof administrator): Promise<boolean> => {
  const { rowCount } = await holder.query(
    'SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))',
  );
  return rowCount !== 0;
};

/** Does the work while a lock is held until a statement waits for it; then rows are altered, and put back after the work. */
async function whileWaiting<T>({ lock, alter, back }: Between, work: () => Promise<T>): Promise<T> {
  await administrator.query('BEGIN');
  let working: Promise<T> | undefined;
  try {
    await administrator.query(lock);
    let isOver = false;
    const over = (): void => void (isOver = true);
    working = work();
    working.then(over, over);
    await eventually(
      async () => isOver || (await waitsFor(administrator)),
      () => 'no statement of the hub waits',
    );
    if (alter !== undefined) await administrator.query(alter);
    await administrator.query('COMMIT');
    return await working;
  } finally {
    await administrator.query('ROLLBACK');
    await working?.catch(() => undefined);
    await administrator.query(back);
  }
}

const certificates = async () => listCertificates(database.app, 0, await revokedLines(database.app));
const keysOf = async (department: string) =>
  (await listSigningKeys(database.app)).filter((row) => row.department === department);
const aPerson = async (): Promise<string> => {
  const { rows } = await administrator.query<{ id: string }>('SELECT id FROM person ORDER BY id LIMIT 1');
  return rows[0]?.id ?? assert.fail();
};

test('the keys of a department are altered while the enrolment of a further one waits: it does not become active', async () => {
  const [known] = await keysOf('education');
  assert.ok(known);
  const further = {
    ...known,
    keyid: 'further-while-waiting',
    publicKey: newKeyPair().publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    issuer: await aPerson(),
  };
  const enrolFurther = () =>
    withTransaction(database.app, (transaction) => insertSigningKey(transaction, further, randomUUID()));
  const hidden = {
    lock: 'LOCK TABLE signing_key IN SHARE ROW EXCLUSIVE MODE',
    alter: `UPDATE signing_key SET department = 'x' WHERE department = 'education'`,
    back: `UPDATE signing_key SET department = 'education' WHERE department = 'x'`,
  };
  assert.equal(await whileWaiting(hidden, enrolFurther), true);
  const state = (await keysOf('education')).find(({ keyid }) => keyid === further.keyid)?.state;
  assert.equal(state, 'waiting');
});

/** A certificate of a department that enrols now, and the name of its signing key. */
async function enrolled(department: string) {
  const { serial, signing } = await hub.enrol(department);
  const certificate = (await certificates()).find((row) => row.serial === serial) ?? assert.fail();
  return { certificate, keyid: signing.keyid };
}

/** Revokes a certificate, in one transaction. */
const revoked = (serial: string, enrolment: string, reason: RevocationReason): Promise<void> =>
  withTransaction(database.app, async (transaction) => {
    const at = database.now();
    const line = reason !== 'superseded';
    await revokeCertificates(transaction, { serial, line, reason, at, exchange: randomUUID() });
    if (reason === 'key-compromise') await revokeSigningKeys(transaction, enrolment, at);
  });

for (const [reason, alter] of [
  ['key-compromise', 'enrolment = gen_random_uuid()'],
  ['cessation', `revoked_at = now(), reason = 'cessation'`],
  ['superseded', `revoked_at = now(), reason = 'superseded'`],
] as const)
  test(`a certificate is altered while its revocation waits (${reason}): the revocation does not succeed without effect`, async () => {
    const { serial, enrolment } = (await enrolled('transport')).certificate;
    const hidden = {
      lock: `UPDATE certificate SET ${alter} WHERE serial = '${serial}'`,
      back: `UPDATE certificate SET enrolment = '${enrolment}', revoked_at = NULL, reason = NULL WHERE serial = '${serial}'`,
    };
    await assert.rejects(
      whileWaiting(hidden, () => revoked(serial, enrolment, reason)),
      refused,
    );
    await revoked(serial, enrolment, reason);
    await revoked(serial, enrolment, reason);
    const found = (await certificates()).find((row) => row.serial === serial);
    assert.equal(found?.reason, reason);
  });

test('a compromise revokes the whole line, also where the named certificate was superseded and the others are hidden', async () => {
  const { certificate, keyid } = await enrolled('transport');
  const { serial, enrolment } = certificate;
  await revoked(serial, enrolment, 'superseded');
  const renewed = 'f1'.repeat(16);
  await withTransaction(database.app, (transaction) =>
    insertCertificate(transaction, { ...certificate, serial: renewed }, randomUUID()),
  );
  const elsewhere = randomUUID();
  await whileAltered(
    `UPDATE certificate SET enrolment = '${elsewhere}' WHERE serial = '${renewed}';
     UPDATE signing_key SET registered_by = '${elsewhere}' WHERE keyid = '${keyid}'`,
    `UPDATE certificate SET enrolment = '${enrolment}' WHERE serial = '${renewed}';
     UPDATE signing_key SET registered_by = '${enrolment}' WHERE keyid = '${keyid}'`,
    () => revoked(serial, enrolment, 'key-compromise'),
  );
  assert.equal((await certificates()).find((row) => row.serial === renewed)?.reason, 'key-compromise');
  const key = (await keysOf('transport')).find((row) => row.keyid === keyid) ?? assert.fail();
  assert.notEqual(key.revokedAt, null);
});

/** Does the work while rows are altered. */
async function whileAltered<T>(alter: string, back: string, work: () => Promise<T>): Promise<T> {
  await administrator.query(alter);
  try {
    return await work();
  } finally {
    await administrator.query(back);
  }
}

test('a certificate is altered while the refusal of its key waits: put back, it is revoked all the same', async () => {
  const { certificate, keyid } = await enrolled('transport');
  const { serial, enrolment } = certificate;
  const hidden = {
    lock: `UPDATE certificate SET enrolment = gen_random_uuid() WHERE serial = '${serial}'`,
    back: `UPDATE certificate SET enrolment = '${enrolment}' WHERE serial = '${serial}'`,
  };
  const exchange = randomUUID();
  const now = database.now();
  await whileWaiting(hidden, () =>
    withTransaction(database.app, async (transaction) => {
      const refusal = { keyid, reason: 'not ours', now };
      assert.equal(await refuseKey(transaction, refusal, exchange), true);
      await revokeEnrolment(transaction, { enrolment, reason: 'privilege-withdrawn', at: now, exchange });
    }),
  );
  const { revokedAt, reason } = (await certificates()).find((row) => row.serial === serial) ?? assert.fail();
  assert.deepEqual([revokedAt, reason], [now, 'privilege-withdrawn']);
});

test('a credential or session is altered while its end waits: it does not stay valid under an entry that ends it', async () => {
  const person = await aPerson();
  const at = database.now();
  const [id, exchange] = ['waited-for', randomUUID()];
  await withTransaction(database.app, async (transaction) => {
    const row = { id, hash: id, person, roles: null, expiresAt: at + 3_600_000 };
    await insertToken(transaction, row, exchange);
    await transaction.query(
      `INSERT INTO staff_session (id, hash, person, way, begun_at, seen_at, expires_at, begun_by)
       VALUES ($1, $1, $2, 'demo', now(), now(), now() + interval '1 hour', $3)`,
      [id, person, exchange],
    );
  });
  for (const [table, column, entry, end] of [
    ['credential', 'revoked_at', 'revoked_by', revokeToken],
    ['staff_session', 'ended_at', 'ended_by', endSession],
  ] as const) {
    const ended = () =>
      withTransaction(database.app, (transaction) => end(transaction, { id, at, exchange }));
    const hidden = {
      lock: `UPDATE ${table} SET ${column} = now(), ${entry} = gen_random_uuid() WHERE id = '${id}'`,
      back: `UPDATE ${table} SET ${column} = NULL, ${entry} = NULL WHERE id = '${id}'`,
    };
    await assert.rejects(whileWaiting(hidden, ended), refused, table);
    assert.deepEqual([await ended(), await ended()], [true, false], table);
  }
});

test('keys that one person enrolled for both sides put no agreement in force because the row of one is altered', async () => {
  const [one] = await keysOf('education');
  assert.ok(one);
  const signature = { role: 'consumer', department: 'education', keyid: one.keyid, jws: '' } as const;
  const check = () => checkActingPersons(database.app, [signature]);
  await check();
  const where = `WHERE keyid = '${one.keyid}'`;
  await whileAltered(
    `UPDATE signing_key SET enrolled_at = enrolled_at + interval '1 day' ${where}`,
    `UPDATE signing_key SET enrolled_at = enrolled_at - interval '1 day' ${where}`,
    () => assert.rejects(check(), refused),
  );
  await check();
});

test('no code of an issuer whose row is altered enrols a department', async () => {
  const issuer = await aPerson();
  const context = { exchange: randomUUID(), now: database.now() };
  const reader = database.app;
  const directory = await loadDirectory(reader, context.now);
  const issued = issueEnrolmentCode({ department: 'transport', issuer }, context, { directory });
  await withTransaction(reader, async (transaction) => issued.work?.(transaction));
  const request = { code: issued.reply.code, csr: '', proof: '' };
  const attempt = async () =>
    enrol(request, context, {
      authority: undefined as never,
      origin: '',
      reader,
      directory: await loadDirectory(reader, context.now),
    });
  await assert.rejects(attempt(), (error: { code?: string }) => error.code !== refused.code);
  await whileAltered(
    `UPDATE person SET name = name || 'x' WHERE id = '${issuer}'`,
    `UPDATE person SET name = left(name, -1) WHERE id = '${issuer}'`,
    () => assert.rejects(attempt(), refused),
  );
});

/**
 * Does the work of several transactions while a table is altered after the first of them: a second session waits for its lock, and the next
 * statement of the hub waits for that.
 */
async function afterComparison<T>(
  table: string,
  { alter, back }: Pick<Between, 'alter' | 'back'>,
  work: () => Promise<T>,
): Promise<T> {
  const lock = `BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`;
  await administrator.query(lock);
  const working = work();
  working.catch(() => undefined);
  await eventually(
    () => waitsFor(administrator),
    () => 'no statement of the hub waits',
  );
  const { rows } = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const locked = other.query(lock);
  await eventually(
    async () => {
      const waits = 'SELECT FROM pg_locks WHERE NOT granted AND pid = $1';
      return (await administrator.query(waits, [rows[0]?.pid])).rowCount !== 0;
    },
    () => 'the second session does not wait',
  );
  await administrator.query('COMMIT');
  await locked;
  await other.query(`${alter ?? ''}; COMMIT`);
  try {
    return await working;
  } finally {
    await administrator.query(back);
  }
}

test('a decision on a source department is altered after the comparison: its element is not free', async () => {
  const element = 'cn.mobile';
  await city.apply([
    { kind: 'ElementSource', element, department: 'pub-security', reason: '数源清单第 3 项' },
  ]);
  const hidden = {
    alter: `UPDATE element_source SET element = 'cn.other'`,
    back: `UPDATE element_source SET element = '${element}'`,
  };
  const found = await afterComparison('element_source', hidden, () => sourcesOf(database.app, [element]));
  assert.equal(found.length, 1);
});

test('an agreement is altered after the comparison: a linkage that ended does not begin again', async () => {
  const members = [
    { dataset: 'pub-security.household', field: 'person_id' },
    { dataset: 'civil.marriage', field: 'person_id' },
  ];
  const document = {
    kind: 'Agreement',
    id: 'agr-linked',
    version: 2,
    provider: 'pub-security',
    consumer: 'education',
    grants: [],
    linkages: [{ id: 'families', epoch: 1, members }],
  };
  await database.app.query(
    `INSERT INTO policy_document (id, version, kind, text, digest, state, consumer, provider, author, approver, submitted_by, decided_by, decided_at)
     SELECT 'agr-linked', 1, 'Agreement', $1, 'd', 'superseded', 'education', 'pub-security', min(id), max(id), $2, $2, now() FROM person`,
    [JSON.stringify(document), randomUUID()],
  );
  const parts = { all: [], agreements: new Map() };
  const check = () =>
    checkPseudonyms(
      database.app,
      document as unknown as PolicyDocument,
      {
        ...{ before: parts, after: parts, tightens: true },
      } as unknown as ConsentEffect,
    );
  await assert.rejects(check(), { code: 'linkage_ended' });
  const hidden = {
    alter: `UPDATE policy_document SET provider = 'x' WHERE id = 'agr-linked'`,
    back: `UPDATE policy_document SET provider = 'pub-security' WHERE id = 'agr-linked'`,
  };
  await assert.rejects(afterComparison('policy_document', hidden, check), { code: 'linkage_ended' });
});

test('an agreement whose row is altered while a day is judged: its rest is not passed over without a report', async () => {
  const [id, version] = ['agr-school-enrolment', 1];
  const now = database.now();
  const look = { index: 0, at: now, consumer: 'education', agreement: `${id}@${version}`, denied: false };
  const looks = [{ ...look, rows: 1, persons: [] }] as unknown as readonly Look[];
  const judged = async () => {
    const failures: unknown[] = [];
    const resting = restsOfDays(database.app, { agreementRestDays: 90, caseRestDays: 180 } as RiskSettings);
    const { agreements } = await resting(dayInChina(now), looks, failures);
    return [agreements.size, failures.map((error) => (error as Problem).code)];
  };
  assert.deepEqual(await judged(), [1, []]);
  for (const [alter, back] of [
    [`state = 'superseded'`, `state = 'active'`],
    [`id = id || 'x'`, `id = left(id, -1)`],
  ])
    await whileAltered(
      `UPDATE policy_document SET ${alter} WHERE id = '${id}'`,
      `UPDATE policy_document SET ${back} WHERE id IN ('${id}', '${id}x')`,
      async () => assert.deepEqual(await judged(), [0, ['rows_unauthenticated']], alter),
    );
  const ended = { id, version, from: 'active', to: 'superseded', exchange: randomUUID() } as const;
  assert.equal(await movePolicyDocument(database.app, ended), true);
  assert.deepEqual(await judged(), [0, []], 'a version that is not in force');
});

/** The database with another clock. */
const withClock = (now: () => number): typeof database =>
  Object.assign(Object.create(database) as typeof database, { now });
const { audit } = hub.hub;

test('a hub whose roles were altered answers again within ten seconds after these are put back', async () => {
  let now = database.now();
  const clock = withClock(() => now);
  const registry = await whileAltered(
    `UPDATE role_grant SET confirmed_by = confirmed_by || 'x'`,
    `UPDATE role_grant SET confirmed_by = left(confirmed_by, -1)`,
    () => openRegistry({ database: clock, audit }),
  );
  await registry.refresh();
  assert.equal(registry.current.founded, false);
  now += 10_000;
  await registry.refresh();
  assert.equal(registry.current.founded, true);
  now += 10_000;
  assert.equal(registry.refresh(), undefined, 'nothing is read again');
});

test('while plans are altered, calls do not wait for a registry that takes longer to read than the time between two readings', async () => {
  let now = database.now();
  const slow = withClock(() => (now += 11_000));
  await whileAltered(
    `INSERT INTO row_seal (table_name, key, mac) VALUES ('response_plan', 'forged', decode(repeat('00', 32), 'hex'))`,
    `DELETE FROM row_seal WHERE key = 'forged'`,
    async () => {
      const registry = await openRegistry({ database: slow, audit });
      assert.notEqual(registry.current.planPurposes.free, undefined);
      const reading = registry.refresh() ?? assert.fail('it is not read again');
      const outcome = await Promise.race([reading.then(() => 'read'), sleep(5_000, 'waits', { ref: false })]);
      assert.equal(outcome, 'read');
    },
  );
});

test('a legal hold is altered while a destruction waits: what it protects is not destroyed', async () => {
  const dataset = 'pub-security.household';
  await database.app.query(
    `INSERT INTO legal_hold (id, kind, target, reason, case_number, until, digest, author, approver, exchange)
     SELECT 'hold-waited-for', 'dataset', $1, 'r', 'c', now() + interval '1 day', 'd', min(id), max(id), $2 FROM person`,
    [dataset, randomUUID()],
  );
  const hidden = {
    // the requests are read with the holds, and not compared
    lock: 'LOCK TABLE proposal IN ACCESS EXCLUSIVE MODE',
    alter: `UPDATE legal_hold SET until = until - interval '10 days'`,
    back: `UPDATE legal_hold SET until = until + interval '10 days' WHERE until < now()`,
  };
  const during = <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    whileWaiting(hidden, () => withTransaction(database.app, work));
  assert.equal(await during((transaction) => mayGo(transaction, dataset)), false);
  assert.equal(await during((transaction) => isUnheld(transaction, dataset)), false);
  assert.equal(await during(isNoneHeld), false);
  await assert.rejects(during(holdTargets), refused);
  await database.app.query(`UPDATE legal_hold SET lifted_by = author, lifted_why = 'x'`);
  assert.equal(await withTransaction(database.app, (transaction) => mayGo(transaction, dataset)), true);
});
