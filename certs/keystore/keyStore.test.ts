import { newKeyPair, newRsaPair, newSerial, newAuthority } from '../../machine/newKeyPair.ts';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomBytes, X509Certificate, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { issueDepartmentCertificate } from '../authority/issueLeaf.ts';
import type { KeyPair } from '../authority/keyPair.ts';
import { binary, content, encode, explicit, integer, members, octets, parse, sequence } from './asn1.ts';
import { makeMac } from './mac.ts';
import { readKeyStore } from './readKeyStore.ts';
import { writeKeyStore } from './writeKeyStore.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-keystore-'));
after(() => rmSync(folder, { recursive: true }));
const run = (tool: string, ...words: string[]): string =>
  execFileSync(tool, words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const openssl = (...words: string[]): string => run('openssl', ...words);
const bytesOf = (file: string): Buffer => readFileSync(join(folder, file));
const refusedWith =
  (code: string, says = /./) =>
  (error: unknown) =>
    error instanceof Problem && error.code === code && says.test(error.text.en);

const password = 'changeit';
const rsa = (bits = 2048): KeyPair => newRsaPair(bits);
const same = (one: KeyObject, other: KeyObject): boolean =>
  one.export({ type: 'pkcs8', format: 'pem' }) === other.export({ type: 'pkcs8', format: 'pem' });

openssl(
  ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'old.pem', '-out', 'old.crt'],
  '-subj',
  '/CN=old',
);
const old = createPrivateKey(bytesOf('old.pem'));

/** A store of openssl with the key of a file. */
function exported(options: readonly string[] = [], key = 'old.pem', secret = password): Buffer {
  const certificate = key === 'old.pem' ? ['-in', 'old.crt'] : ['-nocerts'];
  const words = ['-inkey', key, ...certificate, '-out', 'made.p12', '-passout', `pass:${secret}`];
  if (key !== 'old.pem') words.push('-in', key);
  openssl('pkcs12', '-export', ...words, ...options);
  return bytesOf('made.p12');
}

/** Java's tool, where there is one. */
function keytool(...words: string[]): string | undefined {
  try {
    return run('keytool', '-J-Duser.language=en', ...words);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const authority = await newAuthority('yunqi, test', Date.now());
async function chainFor(pair: KeyPair): Promise<readonly X509Certificate[]> {
  const { publicKey } = pair;
  const { chain } = await issueDepartmentCertificate(authority, {
    serial: newSerial(),
    department: 'education',
    publicKey,
    now: Date.now(),
  });
  return chain.split(/(?<=END CERTIFICATE-----\n)(?=-)/).map((pem) => new X509Certificate(pem));
}

test('stores of openssl are read, in current and in old encryption', () => {
  const ways: readonly (readonly string[])[] = [
    [],
    ['-legacy'],
    ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-RC2-40', '-macalg', 'sha1', '-legacy'],
    ['-keypbe', 'AES-128-CBC', '-certpbe', 'NONE', '-macalg', 'sha512'],
    ['-keypbe', 'NONE', '-certpbe', 'NONE'],
  ];
  for (const options of ways) {
    const { privateKey, certificates } = readKeyStore(exported(options), password);
    assert.ok(same(privateKey, old), options.join(' '));
    assert.equal(certificates[0]?.subject, 'CN=old');
  }
});

test('a password in Chinese opens what openssl wrote, in either way of encoding it', () => {
  for (const options of [[], ['-legacy']]) {
    assert.ok(same(readKeyStore(exported(options, 'old.pem', '口令密码'), '口令密码').privateKey, old));
  }
});

test('a P-256 key is read too; other kinds are named', () => {
  openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'ec.pem');
  const { privateKey, certificates } = readKeyStore(exported([], 'ec.pem'), password);
  assert.ok(same(privateKey, createPrivateKey(bytesOf('ec.pem'))));
  assert.deepEqual(certificates, []);
  const odd: readonly [string[], RegExp][] = [
    [['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'], /rsa 1024/],
    [['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'], /ec secp384r1/],
    [['-algorithm', 'ED25519'], /ed25519/],
  ];
  for (const [words, says] of odd) {
    openssl('genpkey', ...words, '-out', 'odd.pem');
    const store = exported([], 'odd.pem');
    assert.throws(() => readKeyStore(store, password), refusedWith('key_store_key_kind', says));
  }
});

test('each fault of a store has its own problem code', () => {
  const good = exported();
  const damaged = Buffer.from(good);
  damaged[1000] = (damaged[1000] ?? 0) ^ 1;
  for (const wrong of ['changeIt', '', '密码']) {
    assert.throws(() => readKeyStore(good, wrong), refusedWith('key_store_password_wrong'));
  }
  assert.throws(() => readKeyStore(damaged, password), Problem);
  for (const no of [
    '',
    'hello',
    bytesOf('old.pem'),
    good.subarray(0, -1),
    Buffer.from('feedfeed00000002', 'hex'),
  ]) {
    assert.throws(() => readKeyStore(Buffer.from(no), password), refusedWith('key_store_malformed'));
  }
  assert.throws(() => readKeyStore(Buffer.alloc(2 ** 20 + 1), password), refusedWith('key_store_too_large'));
  openssl(
    'pkcs12',
    '-export',
    '-nokeys',
    '-in',
    'old.crt',
    '-out',
    'nokey.p12',
    '-passout',
    `pass:${password}`,
  );
  assert.throws(() => readKeyStore(bytesOf('nokey.p12'), password), refusedWith('key_store_without_key'));
  assert.throws(
    () => readKeyStore(exported(['-nomac']), password),
    refusedWith('key_store_unsupported', /no MAC/),
  );
  const camellia = exported(['-keypbe', 'CAMELLIA-256-CBC']);
  assert.throws(() => readKeyStore(camellia, password), refusedWith('key_store_unsupported', /1\.5\.13/));
});

test('a store that demands endless rounds is not opened', () => {
  const [version, safe, mac] = members(parse(binary(exported())));
  const [digest, salt] = members(mac);
  assert.ok(version && safe && digest && salt);
  const slow = encode(sequence(version, safe, sequence(digest, salt, integer(0x7fffffff))));
  assert.throws(
    () => readKeyStore(Buffer.from(slow, 'latin1'), password),
    refusedWith('key_store_unsupported', /2147483647/),
  );
});

test('mutated stores are refused with a problem and nothing else, also if the password is known', () => {
  const good = exported(['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'NONE', '-macalg', 'sha1', '-iter', '1']);
  const [version, outer] = members(parse(binary(good)));
  const [kind, tagged] = members(outer);
  const safe = Buffer.from(content(members(tagged)[0]), 'latin1');
  const start = good.indexOf(safe);
  assert.ok(version && kind && start > 0);
  const mutant = (bytes: Buffer, at: number): Buffer => {
    const bad = Buffer.from(bytes);
    bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8));
    return bad;
  };
  const readable = (bytes: Uint8Array): boolean => {
    try {
      return same(readKeyStore(bytes, password).privateKey, old);
    } catch (error) {
      assert.ok(error instanceof Problem, String(error));
      return false;
    }
  };
  let read = 0;
  for (let at = 0; at < safe.length; at += 3) {
    assert.ok(!readable(mutant(good, start + at)), `byte ${start + at} is covered by the MAC`);
    const inner = binary(mutant(safe, at));
    const sealed = sequence(kind, explicit(octets(inner)));
    const whole = sequence(version, sealed, makeMac(inner, password, 'sha1', 1, randomBytes(20)));
    if (readable(Buffer.from(encode(whole), 'latin1'))) read += 1;
  }
  assert.ok(read > 0, 'a changed certificate does not hide the key');
});

test('openssl and we read what we write: RSA and P-256 keys, with the P-256 chain', async () => {
  for (const pair of [rsa(), newKeyPair()]) {
    const chain = await chainFor(pair);
    for (const protection of ['aes256', '3des'] as const) {
      for (const secret of [password, '口令密码']) {
        const store = writeKeyStore({
          privateKey: pair.privateKey,
          chain,
          friendlyName: '教育局',
          password: secret,
          protection,
          salt: randomBytes(20),
        });
        writeFileSync(join(folder, 'ours.p12'), store);
        const read = openssl('pkcs12', '-in', 'ours.p12', '-noenc', '-passin', `pass:${secret}`);
        assert.ok(same(createPrivateKey(read), pair.privateKey));
        for (const certificate of chain) assert.ok(read.includes(certificate.toString()), 'byte for byte');
        const back = readKeyStore(store, secret, '教育局');
        assert.ok(same(back.privateKey, pair.privateKey));
        assert.deepEqual(back.certificates.map(String), chain.map(String));
        assert.ok(
          !Buffer.from(store).includes(pair.privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(40)),
        );
      }
    }
  }
});

test('the store is encrypted with the algorithm that was requested', async () => {
  const pair = rsa();
  const contents = {
    salt: randomBytes(20),
    privateKey: pair.privateKey,
    chain: await chainFor(pair),
    friendlyName: 'education',
    password,
  };
  const protectionOf = (store: Uint8Array): string => {
    writeFileSync(join(folder, 'ours.p12'), store);
    // openssl reports on stderr
    const script = `openssl pkcs12 -in ours.p12 -info -noout -passin pass:${password} 2>&1`;
    return run('sh', '-c', script);
  };
  assert.match(
    protectionOf(writeKeyStore(contents)),
    /sha256, Iteration 10000[^]*AES-256-CBC, Iteration 10000, PRF hmacWithSHA256/,
  );
  const olden = protectionOf(writeKeyStore({ ...contents, protection: '3des' }));
  assert.match(olden, /sha1, Iteration 10000[^]*pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 10000/);
  assert.throws(() => writeKeyStore({ ...contents, privateKey: rsa().privateKey }), RangeError);
  assert.throws(() => writeKeyStore({ ...contents, chain: [] }), RangeError);
  assert.throws(() => writeKeyStore({ ...contents, password: '' }), RangeError);
});

test('Java reads what we write, and we read what Java writes', async (t) => {
  const store = ['-keystore', 'java.p12', '-storetype', 'PKCS12', '-storepass', password];
  const make = ['-genkeypair', '-keyalg', 'RSA', '-keysize', '2048', '-dname', 'CN=x', ...store];
  if (keytool(...make, '-alias', 'One') === undefined) {
    t.skip('no keytool here');
    return;
  }
  keytool(...['-genseckey', '-keyalg', 'AES', '-keysize', '128', '-alias', 'secret', ...store]);
  const { privateKey, certificates } = readKeyStore(bytesOf('java.p12'), password);
  assert.ok(certificates[0]?.checkPrivateKey(privateKey));
  keytool(...make, '-alias', 'two');
  assert.throws(
    () => readKeyStore(bytesOf('java.p12'), password),
    refusedWith('key_store_several_keys', /one, two/),
  );
  assert.ok(same(readKeyStore(bytesOf('java.p12'), password, 'ONE').privateKey, privateKey));
  assert.throws(
    () => readKeyStore(bytesOf('java.p12'), password, 'three'),
    refusedWith('key_store_without_key'),
  );

  const pair = rsa();
  const chain = await chainFor(pair);
  for (const protection of ['aes256', '3des'] as const) {
    const contents = {
      privateKey: pair.privateKey,
      chain,
      friendlyName: 'education',
      password,
      protection,
      salt: randomBytes(20),
    };
    writeFileSync(join(folder, 'ours.p12'), writeKeyStore(contents));
    const listed = keytool('-list', '-v', '-keystore', 'ours.p12', '-storepass', password) ?? '';
    assert.match(listed, /Alias name: education[^]*Entry type: PrivateKeyEntry[^]*chain length: 3/);
    const into = [
      '-destkeystore',
      `${protection}.p12`,
      '-deststorepass',
      password,
      '-srcstorepass',
      password,
    ];
    keytool('-importkeystore', '-srckeystore', 'ours.p12', ...into);
    assert.ok(same(readKeyStore(bytesOf(`${protection}.p12`), password).privateKey, pair.privateKey));
  }
});
