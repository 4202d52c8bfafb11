import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { serialOf, findPinned, isPin, pinOf, departmentNamed } from './identifiers.ts';
import { newKeyPair, newRsaPair, newSerial, newAuthority } from '../../machine/newKeyPair.ts';
import { createCertificateRequest } from './createRequest.ts';
import { issueDepartmentCertificate, issueListenerCertificate } from './issueLeaf.ts';
import { webPublicKey, webSigningKey } from './keyPair.ts';
import { lifetimes, renewableFrom } from './lifetimes.ts';
import { readCertificateRequest } from './readRequest.ts';
import { issueRevocationList } from './revocationList.ts';
import { x509 } from './x509.ts';

const now = Date.now();
const authority = await newAuthority('yunqi, test', now);
const folder = mkdtempSync(join(tmpdir(), 'datong-authority-'));
after(() => rmSync(folder, { recursive: true }));

const refusedWith = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;
const openssl = (...words: string[]): string =>
  execFileSync('openssl', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const rsa = (bits: number) => newRsaPair(bits);
const leafFor = async (department: string, key = newKeyPair()) =>
  await issueDepartmentCertificate(authority, {
    serial: newSerial(),
    department,
    publicKey: key.publicKey,
    now,
  });

test('openssl accepts a department certificate strictly, and refuses it once it is on the list', async () => {
  const [good, bad] = [await leafFor('education'), await leafFor('transport')];
  const list = async (revoked: { serial: string; at: number; reason: 'key-compromise' }[]) =>
    await issueRevocationList(
      { certificate: authority.intermediateCertificate, key: authority.intermediateKey },
      { revoked, now },
    );
  writeFileSync(join(folder, 'root.pem'), authority.rootCertificate);
  writeFileSync(join(folder, 'intermediate.pem'), authority.intermediateCertificate);
  writeFileSync(join(folder, 'good.pem'), good.certificate);
  writeFileSync(join(folder, 'bad.pem'), bad.certificate);
  const revoked = await list([{ serial: bad.serial, at: now, reason: 'key-compromise' }]);
  writeFileSync(join(folder, 'crl.pem'), authority.rootRevocationList + revoked);
  const verify = (file: string): string =>
    openssl(
      ...['verify', '-x509_strict', '-crl_check_all', '-purpose', 'sslclient'],
      ...['-CAfile', 'root.pem', '-untrusted', 'intermediate.pem', '-CRLfile', 'crl.pem', file],
    );
  assert.match(verify('good.pem'), /good\.pem: OK/);
  assert.throws(() => verify('bad.pem'), /certificate revoked/);
  const text = openssl('crl', '-in', 'crl.pem', '-noout', '-crlnumber', '-nextupdate');
  assert.match(text, /crlNumber/i);
});

test('a department certificate carries the hub’s names and dates, not those of the request', async () => {
  const leaf = await leafFor('education');
  const read = new X509Certificate(leaf.certificate);
  assert.equal(departmentNamed(read), 'education');
  assert.equal(serialOf(read.serialNumber), leaf.serial);
  assert.equal(Date.parse(read.validTo), leaf.notAfter);
  assert.ok(leaf.notAfter - now <= lifetimes.leaf && leaf.notAfter - now > lifetimes.leaf - 1000);
  assert.ok(renewableFrom(leaf) > now && renewableFrom(leaf) < leaf.notAfter);
  assert.deepEqual(read.keyUsage, ['1.3.6.1.5.5.7.3.2']);
  assert.equal(read.ca, false);
  assert.equal(leaf.chain.match(/BEGIN CERTIFICATE/g)?.length, 3);
});

test('no certificate outlives the authority that issued it', async () => {
  const { publicKey } = newKeyPair();
  const late = now + lifetimes.intermediate - 86_400_000;
  const leaf = await issueDepartmentCertificate(authority, {
    serial: newSerial(),
    department: 'education',
    publicKey,
    now: late,
  });
  assert.equal(leaf.notAfter, Date.parse(new X509Certificate(authority.intermediateCertificate).validTo));
});

test('a listener certificate serves its hosts and names no department', async () => {
  const { publicKey } = newKeyPair();
  const hosts = ['hub.yunqi.example', '127.0.0.1', '::1'];
  const leaf = await issueListenerCertificate(authority, { serial: newSerial(), hosts, publicKey, now });
  const read = new X509Certificate(leaf.certificate);
  assert.equal(departmentNamed(read), undefined);
  assert.ok(read.checkHost('hub.yunqi.example') !== undefined);
  assert.ok(read.checkIP('127.0.0.1') !== undefined);
  assert.equal(read.checkHost('other.example'), undefined);
});

test('a certificate that names two departments names none', async () => {
  const pair = newKeyPair();
  const two = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=both',
    keys: { privateKey: await webSigningKey(pair.privateKey), publicKey: await webPublicKey(pair.publicKey) },
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'url', value: 'urn:datong:dept:education' },
        { type: 'url', value: 'urn:datong:dept:ecology' },
      ]),
    ],
  });
  assert.equal(departmentNamed(new X509Certificate(two.toString('pem'))), undefined);
  const odd = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=odd',
    keys: { privateKey: await webSigningKey(pair.privateKey), publicKey: await webPublicKey(pair.publicKey) },
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'url', value: 'urn:datong:dept:x, URI:urn:datong:dept:education' },
      ]),
    ],
  });
  assert.equal(departmentNamed(new X509Certificate(odd.toString('pem'))), undefined);
});

test('requests with P-256 and RSA 2048 keys are accepted, also as openssl makes them', async () => {
  for (const pair of [newKeyPair(), rsa(2048)]) {
    const { publicKey } = await readCertificateRequest(await createCertificateRequest(pair), 'education');
    assert.ok(publicKey.equals(pair.publicKey));
  }
  const made = openssl(
    ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'k.pem'],
    ...['-subj', '/CN=x', '-addext', 'subjectAltName=URI:urn:datong:dept:education'],
  );
  const { publicKey } = await readCertificateRequest(made, 'education');
  assert.equal(publicKey.asymmetricKeyType, 'ec');
  await assert.rejects(readCertificateRequest(made, 'ecology'), refusedWith('certificate_request_name'));
});

test('requests with weak or odd keys are refused', async () => {
  await assert.rejects(
    readCertificateRequest(await createCertificateRequest(rsa(1024)), 'education'),
    refusedWith('certificate_request_key'),
  );
  for (const kind of [
    'ED25519',
    'EC -pkeyopt ec_paramgen_curve:P-224',
    'EC -pkeyopt ec_paramgen_curve:P-384',
  ]) {
    const [algorithm = '', ...options] = kind.split(' ');
    openssl('genpkey', '-algorithm', algorithm, ...options, '-out', 'odd.pem');
    const request = openssl('req', '-new', '-key', 'odd.pem', '-subj', '/CN=x');
    await assert.rejects(
      readCertificateRequest(request, 'education'),
      refusedWith('certificate_request_key'),
      kind,
    );
  }
});

test('a request that is not signed with its own key proves nothing', async () => {
  const request = await createCertificateRequest(newKeyPair());
  const other = await createCertificateRequest(newKeyPair());
  const der = (pem: string): Buffer => Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  const [ownDer, otherDer] = [der(request), der(other)];
  const keyOf = (pem: string): Buffer =>
    createPublicKey({
      key: Buffer.from(new x509.Pkcs10CertificateRequest(pem).publicKey.rawData),
      format: 'der',
      type: 'spki',
    }).export({ type: 'spki', format: 'der' });
  const [myKey, theirKey] = [keyOf(request), keyOf(other)];
  const swapped = Buffer.from(ownDer);
  theirKey.copy(swapped, ownDer.indexOf(myKey));
  assert.notDeepEqual(swapped, otherDer);
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${swapped.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  await assert.rejects(readCertificateRequest(pem, 'education'), refusedWith('certificate_request_proof'));
  writeFileSync(join(folder, 'rsa.pem'), rsa(2048).privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const weak = openssl('req', '-new', '-key', 'rsa.pem', '-subj', '/CN=x', '-sha1');
  await assert.rejects(readCertificateRequest(weak, 'education'), refusedWith('certificate_request_proof'));
});

test('what is no request is called so', async () => {
  const request = await createCertificateRequest(newKeyPair());
  const cut = request.split('\n').toSpliced(2, 1).join('\n');
  for (const text of ['', 'hello', authority.rootCertificate, request + request, cut, 'x'.repeat(10_000)]) {
    await assert.rejects(
      readCertificateRequest(text, 'education'),
      refusedWith('certificate_request_malformed'),
    );
  }
});

test('serials print the same everywhere', () => {
  for (let n = 0; n < 200; n += 1) assert.match(newSerial(), /^[4-7][0-9a-f]{31}$/);
  assert.equal(serialOf('00AB'), 'ab');
  assert.equal(serialOf('00'), '0');
});

test('a pin names the root of a chain, and nothing else', async () => {
  const leaf = await leafFor('education');
  const chain = leaf.chain.split(/(?<=END CERTIFICATE-----\n)/);
  const pin = pinOf(authority.rootCertificate);
  assert.ok(isPin(pin));
  assert.equal(findPinned(chain, pin)?.subject, new X509Certificate(authority.rootCertificate).subject);
  assert.equal(findPinned(chain.slice(0, 2), pin), undefined);
});
