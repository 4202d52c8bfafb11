import { newKeyPair, newSerial, newAuthority } from '../../../machine/newKeyPair.ts';
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { createServer, type Agent } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { issueDepartmentCertificate, issueListenerCertificate } from '../../../certs/authority/issueLeaf.ts';
import { lifetimes } from '../../../certs/authority/lifetimes.ts';
import { privateKeyPem } from '../../../certs/authority/keyPair.ts';
import type { RevocationReason } from '../store/certificates.ts';
import { openIdentity } from '../openIdentity.ts';
import {
  agentOf,
  ask,
  enrolMachine,
  entries,
  operator,
  testHub,
  type Machine,
} from '../../../tests/attacks/tlsFixture.ts';
import { makeTlsMaterial } from '../tls/tlsMaterial.ts';
import { revoke as act } from './revoke.ts';

const hub = await testHub();
const revoke = (machine: Machine, reason: RevocationReason = 'key-compromise') =>
  hub.identity.perform('revokeCertificate', operator, (context) =>
    hub.identity.prepare(act, { serial: machine.serial, reason }, context),
  );
const once = async (machine: Machine, agent: Agent = agentOf(hub, machine)) => {
  try {
    return await ask(hub, agent, machine.signing);
  } finally {
    agent.destroy();
  }
};
const tlsRefusal = /ECONNRESET|socket hang up|alert|EPIPE/;

/** A bare TLS connection to the exchange listener that stays open. */
async function dial(machine: Machine, more: ConnectionOptions = {}): Promise<TLSSocket> {
  const { port } = hub.exchange.address() as AddressInfo;
  const socket = connect({
    host: '127.0.0.1',
    port,
    ca: hub.keys.authority.rootCertificate,
    cert: machine.certificate,
    key: privateKeyPem(machine.tls.privateKey),
    ...more,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve).once('error', reject);
  });
  return socket;
}

/** What a plain request over a bare socket gets: the head of the reply, or what ended the connection. */
async function probe(socket: TLSSocket): Promise<string> {
  return await new Promise((resolve) => {
    socket.once('data', (chunk: Buffer) => resolve(chunk.toString('latin1').split('\r\n')[0] ?? ''));
    socket.once('error', (error: Error) => resolve(`refused: ${error.message}`));
    socket.once('close', () => resolve('refused: closed'));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  });
}

test('after a revocation: new connection, open socket and saved session are all refused, and no other caller is', async () => {
  const [bad, good] = [await enrolMachine(hub, 'transport'), await enrolMachine(hub, 'education')];
  const openAgent = agentOf(hub, bad);
  assert.equal((await ask(hub, openAgent, bad.signing)).status, 200);
  const idle = await dial(bad);
  const closed = new Promise((resolve) => idle.once('close', resolve));
  idle.resume();

  await revoke(bad);
  const late = await ask(hub, openAgent, bad.signing);
  assert.deepEqual([late.status, late.code], [401, 'certificate_revoked']);
  await assert.rejects(once(bad), tlsRefusal);
  await closed;
  openAgent.destroy();

  assert.equal((await once(good)).status, 200);
  assert.ok(hub.identity.isRevoked(bad.serial));
  assert.ok(!hub.identity.isRevoked(good.serial));
});

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`no ${version} session resumes, before a revocation or after it`, async () => {
    const machine = await enrolMachine(hub, 'transport');
    const pinned = { minVersion: version, maxVersion: version } as const;
    const first = await dial(machine, pinned);
    let session: Buffer | undefined = first.getSession();
    first.on('session', (offered: Buffer) => (session = offered));
    assert.match(await probe(first), /^HTTP\/1\.1 401/);
    first.destroy();
    assert.ok(session !== undefined);
    const second = await dial(machine, { ...pinned, session });
    assert.equal(second.isSessionReused(), false);
    assert.match(await probe(second), /^HTTP\/1\.1 401/);
    second.destroy();

    await revoke(machine);
    const outcome = await dial(machine, { ...pinned, session }).then(
      probe,
      (error: unknown) => `refused: ${String(error)}`,
    );
    assert.match(outcome, /^refused/);
  });
}

test('after a compromise the signing key goes too, and so do older and newer certificates of the line', async () => {
  const machine = await enrolMachine(hub, 'ecology');
  await revoke(machine, 'key-compromise');
  const other = await enrolMachine(hub, 'ecology');
  const answer = await once({ ...other, signing: machine.signing });
  assert.deepEqual([answer.status, answer.code], [401, 'key_revoked']);
  await revoke(other, 'superseded');
  const third = await enrolMachine(hub, 'ecology');
  assert.equal((await once({ ...third, signing: other.signing })).status, 200);
});

test('a revocation is one entry, and revoking again changes nothing', async () => {
  const machine = await enrolMachine(hub, 'ecology');
  await revoke(machine, 'cessation');
  const entry = (await entries(hub)).at(-1);
  assert.equal(entry?.operation, 'revokeCertificate');
  assert.deepEqual(entry.actor, { staff: 'operator' });
  assert.equal(entry.change?.['serial'], machine.serial);
  assert.equal(entry.change['reason'], 'cessation');
  await revoke(machine, 'unspecified');
  const { rows } = await hub.database.app.query<{ reason: string }>(
    'SELECT reason FROM certificate WHERE serial = $1',
    [machine.serial],
  );
  assert.equal(rows[0]?.reason, 'cessation');
  await assert.rejects(revoke({ ...machine, serial: 'abcdef' }), { code: 'serial_unknown' });
});

test('a second process learns of a revocation from the database', async () => {
  const machine = await enrolMachine(hub, 'ecology');
  const reported: string[][] = [];
  const second = await openIdentity({
    database: hub.database,
    keys: hub.keys,
    audit: hub.audit,
    origin: hub.origin,
    pollMs: 20,
    lingerMs: 0,
  });
  second.onRevoked((serials) => reported.push([...serials]));
  assert.equal(second.isRevoked(machine.serial), false);
  await revoke(machine);
  while (reported.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  second.close();
  assert.deepEqual(reported, [[machine.serial]]);
  assert.ok(second.isRevoked(machine.serial));
});

test('where the log has moved on and the database is away, no caller is judged by what was known before', async () => {
  let epoch = 0;
  let away = false;
  const query = (text: string, values?: unknown[]): Promise<unknown> =>
    away
      ? Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
      : hub.database.app.query(text, values);
  const { app } = hub.database;
  const identity = await openIdentity({
    database: { ...hub.database, app: Object.assign(Object.create(app) as typeof app, { query }) },
    keys: hub.keys,
    audit: { ...hub.audit, epoch: () => epoch },
    origin: hub.origin,
    pollMs: 600_000,
  });
  assert.equal(identity.current(), undefined);
  [epoch, away] = [Number.MAX_SAFE_INTEGER, true];
  await assert.rejects(Promise.resolve(identity.current()), { code: 'database_unavailable' });
  await assert.rejects(identity.staff('Bearer x'), { code: 'database_unavailable' });
  identity.close();
});

test('an expired revocation list refuses everyone; made again at half of its life, it never expires', async () => {
  const machine = await enrolMachine(hub, 'education');
  const now = Date.now();
  const made = now - lifetimes.revocationList - 60_000;
  const material = await makeTlsMaterial(hub.keys.authority, ['127.0.0.1'], [], made);
  const server = createServer(material.options('exchange'), (_request, response) => response.end());
  const reasons: (Error | string | null)[] = [];
  server.on('tlsClientError', (_error, socket) => reasons.push(socket.authorizationError));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  assert.match(await dial(machine, { port }).then(probe), /^refused/);
  assert.deepEqual(reasons, ['CRL_HAS_EXPIRED']);

  assert.equal(await material.refresh(() => [], made + lifetimes.revocationList / 2 - 1), false);
  assert.equal(await material.refresh(() => [], made + lifetimes.revocationList / 2 + 1), true);
  assert.equal(await material.refresh(() => [], now), true);
  server.setSecureContext(material.options('exchange'));
  const socket = await dial(machine, { port });
  assert.match(await probe(socket), /^HTTP\/1\.1 200/);
  socket.destroy();
  const until = material.certificateUntil;
  assert.equal(await material.refresh(() => [], made + lifetimes.leaf / 2 + 60_000), true);
  assert.ok(material.certificateUntil > until);
  server.close();
});

test('strangers, listeners and other hubs are no clients', async () => {
  const { authority } = hub.keys;
  const pair = newKeyPair();
  const machine = await enrolMachine(hub, 'education');
  const now = Date.now();
  const listener = await issueListenerCertificate(authority, {
    serial: newSerial(),
    hosts: ['127.0.0.1'],
    publicKey: pair.publicKey,
    now,
  });
  const elsewhere = await issueDepartmentCertificate(await newAuthority('elsewhere', now), {
    serial: newSerial(),
    department: 'education',
    publicKey: pair.publicKey,
    now,
  });
  for (const certificate of [listener.chain, elsewhere.chain]) {
    await assert.rejects(once({ ...machine, tls: pair, certificate }), tlsRefusal);
  }
  const { port } = hub.exchange.address() as AddressInfo;
  const bare = connect({ host: '127.0.0.1', port, ca: authority.rootCertificate });
  assert.match(await probe(bare), /^refused/);
  await assert.rejects(
    dial(machine, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    /alert protocol version/,
  );
});

test('a certificate of the authority that the hub never registered is unknown', async () => {
  const pair = newKeyPair();
  const machine = await enrolMachine(hub, 'education');
  const issued = await issueDepartmentCertificate(hub.keys.authority, {
    serial: newSerial(),
    department: 'education',
    publicKey: pair.publicKey,
    now: Date.now(),
  });
  const answer = await once({ ...machine, tls: pair, certificate: issued.chain });
  assert.deepEqual([answer.status, answer.code], [401, 'certificate_unknown']);
});

test('a client that sends its own certificate alone is understood', async () => {
  const machine = await enrolMachine(hub, 'education');
  const [leaf = ''] = machine.certificate.split(/(?<=-----END CERTIFICATE-----\n)/);
  assert.equal((await once({ ...machine, certificate: leaf })).status, 200);
});

test('certificate of one department with the key of another is refused', async () => {
  const [education, ecology] = [await enrolMachine(hub, 'education'), await enrolMachine(hub, 'ecology')];
  const answer = await once({ ...education, signing: ecology.signing });
  assert.deepEqual([answer.status, answer.code], [403, 'key_department_mismatch']);
});

test('the open listener reports why the exchange listener would refuse', async () => {
  const { authority } = hub.keys;
  const machine = await enrolMachine(hub, 'transport');
  const diagnose = async (presented: Machine) =>
    (await ask(hub, agentOf(hub, presented), machine.signing, hub.open)).body;
  const good = await diagnose(machine);
  assert.equal(good['accepted'], true);
  await revoke(machine);
  const bad = await diagnose(machine);
  assert.equal(bad['code'], 'certificate_revoked');
  assert.equal((bad['certificate'] as { serial: string }).serial, machine.serial);
  const elsewhere = await newAuthority('elsewhere', Date.now());
  const pair = newKeyPair();
  const foreign = await issueDepartmentCertificate(elsewhere, {
    serial: newSerial(),
    department: 'transport',
    publicKey: pair.publicKey,
    now: Date.now(),
  });
  assert.equal(
    (await diagnose({ ...machine, tls: pair, certificate: foreign.chain }))['code'],
    'certificate_foreign',
  );
  assert.equal(hub.identity.diagnoseHandshake(undefined).code, 'certificate_missing');
  assert.equal(
    hub.identity.diagnoseHandshake(new X509Certificate(authority.rootCertificate)).accepted,
    false,
  );
});
