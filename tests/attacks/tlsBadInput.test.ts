/** What a hub does with bad TLS, and what its certificates look like from outside. After each attack a good call must pass. */
import { newKeyPair, newSerial, newAuthority } from '../../machine/newKeyPair.ts';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect, type ConnectionOptions } from 'node:tls';
import { issueListenerCertificate } from '../../certs/authority/issueLeaf.ts';
import { issueDepartmentCertificate } from '../../certs/authority/issueLeaf.ts';
import { privateKeyPem } from '../../certs/authority/keyPair.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { testDatabase } from '../database.ts';
import { testHub } from '../hub.ts';
import { registerDepartment } from '../../hub/identity/enrolment/registerDepartment.ts';
import { leavesWhere } from '../leafTexts.ts';

const database = await testDatabase();
const started = await testHub({ database });
const folder = mkdtempSync(join(tmpdir(), 'datong-tls-'));
after(async () => {
  await started.stop();
  rmSync(folder, { recursive: true, force: true });
});
const { hub, ca } = started;
const { identity } = hub.services;
await identity.perform('registerDepartment', { proven: { staff: 'hub' } }, (context) =>
  identity.prepare(
    registerDepartment,
    { code: 'education', name: { zh: '教育局', en: 'Education' }, kind: 'government' },
    context,
  ),
);
const machine = await started.enrol('education');
const revoked = await started.enrol('education');
const portOf = (origin: string): number => Number(new URL(origin).port);
const exchangePort = portOf(hub.origins.exchange);

/** The hub still answers who may call. A refusal of the application is an answer. */
async function stillGood(): Promise<void> {
  await machine.client
    .explain('education.nothing', {}, { purpose: 'any', agreement: 'agr-none' })
    .catch((error: unknown) => {
      if (!(error instanceof DatongProblem)) throw error;
      assert.ok(!/certificate|key_|signature/.test(error.code), error.code);
    });
}

/** Of callers: what the hub sums up about itself comes in its own time. */
const entryCount = async (): Promise<number> =>
  (await leavesWhere(database)).filter(({ actor }) => actor.staff !== 'hub').length;

/** What a TLS client gets for a plain request: the status line, or how the connection ended. */
async function over(options: ConnectionOptions): Promise<string> {
  return await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: exchangePort, ca, ...options });
    socket.once('secureConnect', () =>
      socket.write('GET /v1/none HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    );
    socket.once('data', (chunk: Buffer) => {
      socket.destroy();
      resolve(chunk.toString('latin1').split('\r\n')[0] ?? '');
    });
    socket.once('error', (error: Error) => resolve(`ended: ${error.message}`));
    socket.once('close', () => resolve('ended: closed'));
  });
}

/** What a TCP client gets for raw bytes. */
async function bytes(sent: Buffer | string): Promise<string> {
  return await new Promise((resolve) => {
    const socket = connectPlain(exchangePort, '127.0.0.1', () => socket.end(sent));
    let got = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => (got += chunk));
    socket.on('error', () => undefined).on('close', () => resolve(got));
  });
}

const pair = newKeyPair();
const key = privateKeyPem(pair.privateKey);
const now = Date.now();
const { authority } = hub.keys;
const elsewhere = await newAuthority('elsewhere', now);
const expired = await issueDepartmentCertificate(authority, {
  serial: newSerial(),
  department: 'education',
  publicKey: pair.publicKey,
  now: now - 40 * 86_400_000,
});
const future = await issueDepartmentCertificate(authority, {
  serial: newSerial(),
  department: 'education',
  publicKey: pair.publicKey,
  now: now + 86_400_000,
});
const foreign = await issueDepartmentCertificate(elsewhere, {
  serial: newSerial(),
  department: 'education',
  publicKey: pair.publicKey,
  now,
});
const listener = await issueListenerCertificate(authority, {
  serial: newSerial(),
  hosts: ['localhost'],
  publicKey: pair.publicKey,
  now,
});
await started.staff(
  await started.token('operator', ['operator']),
  'POST',
  `/v1/certificates/${revoked.serial}/revocation`,
  { reason: 'unspecified' },
);
while (!/^ended/.test(await over(revoked.tls))) await new Promise((done) => setTimeout(done, 10));

const refusedInTls: Readonly<Record<string, ConnectionOptions>> = {
  'no certificate': {},
  'a certificate of another authority': { cert: foreign.chain, key },
  'a certificate of another authority with this hub’s chain': {
    cert: foreign.certificate + authority.intermediateCertificate,
    key,
  },
  'an expired certificate': { cert: expired.chain, key },
  'a certificate of tomorrow': { cert: future.chain, key },
  'a revoked certificate': revoked.tls,
  'a listener’s certificate as a client’s': { cert: listener.chain, key },
  'the intermediate as a client': { cert: authority.intermediateCertificate, key: authority.intermediateKey },
  'TLS 1.1': { ...machine.tls, minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
  'RSA key exchange': { ...machine.tls, maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' },
  'CBC with SHA-1': { ...machine.tls, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' },
  'another protocol': { ...machine.tls, ALPNProtocols: ['h2'] },
};

test('what TLS refuses gets no answer, leaves no entry, and disturbs no one', async () => {
  for (const [name, options] of Object.entries(refusedInTls)) {
    const before = await entryCount();
    assert.match(await over(options), /^ended/, name);
    assert.equal(await entryCount(), before, name);
    await stillGood();
  }
});

test('bytes that are no TLS end the connection, not the hub', async () => {
  const hello = Buffer.from('16030100c8010000c40303', 'hex');
  const attacks: Readonly<Record<string, Buffer | string>> = {
    'plain HTTP': 'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    'half a hello': hello,
    'a record of the largest length': Buffer.concat([
      Buffer.from('160301ffff', 'hex'),
      Buffer.alloc(70_000, 1),
    ]),
    'an alert first': Buffer.from('15030300020250', 'hex'),
    'application data first': Buffer.concat([Buffer.from('1703030100', 'hex'), Buffer.alloc(256, 7)]),
    'SSL 2 hello': Buffer.from('802e0100020015000000100100800200800300800400800500800600400700c0', 'hex'),
    noise: Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 131 + 7) & 255)),
    nothing: '',
  };
  for (const [name, sent] of Object.entries(attacks)) {
    assert.ok(!(await bytes(sent)).includes('HTTP/1.1 2'), name);
    await stillGood();
  }
});

test('a good client is answered by each version and suite that is offered', async () => {
  for (const options of [
    { minVersion: 'TLSv1.3' },
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
    { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-CHACHA20-POLY1305' },
  ] as const) {
    assert.match(await over({ ...machine.tls, ...options }), /^HTTP\/1\.1 4\d\d/);
  }
});

test('a client cannot renegotiate', async () => {
  const socket = connect({
    host: '127.0.0.1',
    port: exchangePort,
    ca,
    ...machine.tls,
    maxVersion: 'TLSv1.2',
  });
  await new Promise((done) => socket.once('secureConnect', done));
  const outcome = await new Promise<string>((resolve) => {
    socket.once('error', () => resolve('refused')).once('close', () => resolve('refused'));
    socket.renegotiate({ rejectUnauthorized: true }, (error) =>
      resolve(error === null ? 'renegotiated' : 'refused'),
    );
  });
  socket.destroy();
  assert.equal(outcome, 'refused');
  await stillGood();
});

async function fetchBytes(url: string): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    request(url, { ca, agent: false }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks)));
    })
      .on('error', reject)
      .end();
  });
}

async function openssl(...words: string[]): Promise<string> {
  return await new Promise((resolve) => {
    execFile('openssl', words, { cwd: folder }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

test('an outsider verifies chain and revocation with openssl and the lists that the hub publishes', async () => {
  for (const name of ['root', 'intermediate']) {
    const der = await fetchBytes(`${hub.origins.open}/v1/crl/${name}`);
    writeFileSync(join(folder, `${name}.crl.der`), der);
    const reported = await openssl(
      'crl',
      '-inform',
      'DER',
      '-in',
      `${name}.crl.der`,
      '-out',
      `${name}.crl.pem`,
    );
    assert.ok(!reported.includes('rror'), reported);
  }
  writeFileSync(join(folder, 'root.pem'), ca);
  writeFileSync(join(folder, 'intermediate.pem'), authority.intermediateCertificate);
  for (const [file, { tls }] of Object.entries({ good: machine, revoked })) {
    writeFileSync(join(folder, `${file}.pem`), tls.cert);
  }
  const verify = async (file: string): Promise<string> =>
    await openssl(
      ...['verify', '-x509_strict', '-crl_check_all', '-purpose', 'sslclient', '-CAfile', 'root.pem'],
      ...[
        '-untrusted',
        'intermediate.pem',
        '-CRLfile',
        'root.crl.pem',
        '-CRLfile',
        'intermediate.crl.pem',
        `${file}.pem`,
      ],
    );
  assert.match(await verify('good'), /good\.pem: OK/);
  assert.match(await verify('revoked'), /error 23/);
});

test('a silent socket does not block others', async () => {
  const silent = Array.from({ length: 50 }, () =>
    connectPlain(exchangePort, '127.0.0.1').on('error', () => undefined),
  );
  await stillGood();
  for (const socket of silent) socket.destroy();
  await stillGood();
});
