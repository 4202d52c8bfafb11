/** A department whose older systems have an RSA key in a PKCS #12 key store: from that store to rows, and back into a store. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { X509Certificate } from 'node:crypto';
import { createPrivateKey } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pinOf } from '../../../certs/authority/identifiers.ts';
import { readKeyStore } from '../../../certs/keystore/readKeyStore.ts';
import { ageCertificate } from '../../../tests/ageCertificate.ts';
import { runDatong, type Ran } from '../../../tests/datong.ts';
import { testDatabase } from '../../../tests/database.ts';
import { sampleCity, testHub } from '../../../tests/hub.ts';
import { readProfile, type Profile } from '../../sdk/profile.ts';
import { householdFile } from '../demo/files/householdFile.ts';
import { failureOf } from '../verb.ts';
import { planKeyStores, type KeyStoreOptions } from './keyStore.ts';
import { issueEnrolmentCode } from '../../../hub/identity/enrolment/enrolmentCode.ts';

const started = await testHub({ database: await testDatabase() });
await sampleCity(started);
const { hub } = started;
const { identity } = hub.services;
const home = mkdtempSync(join(tmpdir(), 'datong-keystore-'));
after(async () => {
  await started.stop();
  rmSync(home, { recursive: true, force: true });
});
const file = householdFile(2000, 7);
writeFileSync(join(home, 'household.csv'), file.bytes);
const child = file.good.find((person) => person.guardian !== '' && person.region === '990101');
assert.ok(child);

const password = '老系统口令';
writeFileSync(join(home, 'secret.txt'), `\uFEFF${password}\r\n`);
const openssl = (...words: string[]): string =>
  execFileSync('openssl', words, { cwd: home, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
/** A store as an old stack holds it: RSA, RC2 and 3DES. */
function oldStore(name: string, bits = 2048): void {
  openssl(
    'req',
    '-x509',
    '-newkey',
    `rsa:${bits}`,
    '-nodes',
    '-keyout',
    'k',
    '-out',
    'c',
    '-subj',
    '/CN=old',
  );
  openssl(
    ...['pkcs12', '-export', '-legacy', '-inkey', 'k', '-in', 'c', '-passout', `pass:${password}`],
    '-out',
    name,
  );
}
oldStore('old.p12');
oldStore('weak.p12', 1024);
const storeKey = readKeyStore(readFileSync(join(home, 'old.p12')), password).privateKey;

async function newCode(department: string): Promise<string> {
  const operator = { proven: { staff: 'hub' } };
  const issued = await identity.perform('issueEnrolmentCode', operator, (context) =>
    identity.prepare(issueEnrolmentCode, { department }, context),
  );
  return issued.code;
}
const hubOptions = ['--hub', hub.origins.open, '--pin', pinOf(started.ca)];
const fromStore = ['--key-store', '../old.p12'];
const secret = ['--key-store-password-file', '../secret.txt'];

const datong = (
  folder: string,
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Ran> =>
  runDatong(words, { cwd: folder, env: { DATONG_STATE: join(home, 'state.json'), ...more } });
const newFolder = (): string => mkdtempSync(join(home, 'dept-'));
const profileIn = (folder: string): Profile => {
  const path = join(folder, 'datong.json');
  return readProfile(JSON.parse(readFileSync(path, 'utf8')), path);
};
const keyIn = (folder: string) => createPrivateKey(profileIn(folder).tls.key);

test('a local fault is reported before the code is spent', async () => {
  const at = (name: string): string => join(home, name);
  writeFileSync(at('there.p12'), 'other');
  writeFileSync(at('wrong.txt'), 'wrong\n');
  writeFileSync(at('empty.txt'), '\n');
  const keyStore = at('old.p12');
  const keyStorePasswordFile = at('secret.txt');
  const cases: readonly [options: KeyStoreOptions, exit: number, says: RegExp][] = [
    [{ keyStore }, 2, /DATONG_KEYSTORE_PASSWORD/],
    [{ exportKeyStore: at('new.p12'), keyStorePasswordFile: at('empty.txt') }, 2, /password .* is missing/],
    [{ keyStoreAlias: 'x', keyStorePasswordFile }, 2, /goes with --key-store/],
    [{ exportLegacy: true, keyStorePasswordFile }, 2, /goes with --export-key-store/],
    [{ keyStore, keyStorePasswordFile: at('wrong.txt') }, 4, /key_store_password_wrong/],
    [{ keyStore, keyStoreAlias: 'x', keyStorePasswordFile }, 4, /key_store_without_key/],
    [{ keyStore: at('absent.p12'), keyStorePasswordFile }, 4, /absent\.p12/],
    [{ keyStore: at('secret.txt'), keyStorePasswordFile }, 4, /key_store_malformed/],
    [{ keyStore: at('weak.p12'), keyStorePasswordFile }, 4, /rsa 1024.*key_store_key_kind/],
    [{ exportKeyStore: at('there.p12'), keyStorePasswordFile }, 4, /is there already/],
    [{ exportKeyStore: at('no/where.p12'), keyStorePasswordFile }, 4, /is not there/],
  ];
  for (const [options, exit, says] of cases) {
    assert.throws(
      () => planKeyStores(options, false),
      (error) => {
        const reported = failureOf(error);
        assert.match(reported.text.en, says);
        assert.ok(!JSON.stringify(reported).includes(password));
        return reported.exit === exit;
      },
    );
  }
  const folder = newFolder();
  const words = ['enrol', await newCode('education'), ...hubOptions];
  const refused = await datong(folder, [...words, ...fromStore, '--key-store-password-file', '../wrong.txt']);
  assert.equal(refused.code, 4, refused.stderr);
  assert.deepEqual(readdirSync(folder), []);
  const enrolled = await datong(folder, words);
  assert.equal(enrolled.code, 0, enrolled.stderr);
});

test('with the RSA key of an old store: enrol, diagnose, send, and a store that other stacks connect with', async () => {
  const folder = newFolder();
  const exporting = ['--export-key-store', 'new.p12'];
  const words = [
    'enrol',
    await newCode('pub-security'),
    ...hubOptions,
    ...fromStore,
    ...secret,
    ...exporting,
  ];
  const enrolled = await datong(folder, words);
  assert.equal(enrolled.code, 0, enrolled.stderr);
  assert.match(enrolled.stderr, /wrote the key store .*new\.p12/);
  assert.ok(keyIn(folder).equals(storeKey));
  assert.equal(
    createPrivateKey(readFileSync(join(folder, 'datong-keys/signing.key.pem'))).asymmetricKeyType,
    'ec',
  );

  const diagnosis = await datong(folder, ['diagnose']);
  assert.equal(diagnosis.code, 0, diagnosis.stdout + diagnosis.stderr);
  const sent = await datong(folder, [
    'send',
    '../household.csv',
    '--dataset',
    'pub-security.household',
    '--json',
  ]);
  assert.equal(sent.code, 0, sent.stdout + sent.stderr);

  const store = join(folder, 'new.p12');
  assert.equal(statSync(store).mode & 0o777, 0o600);
  const read = openssl('pkcs12', '-in', store, '-noenc', '-passin', `pass:${password}`);
  assert.ok(createPrivateKey(read).equals(storeKey));
  assert.equal(read.match(/BEGIN CERTIFICATE/g)?.length, 3);
  assert.match(read, /friendlyName: pub-security/);
  const options = { pfx: readFileSync(store), passphrase: password, ca: started.ca, method: 'POST' };
  const answer = await new Promise<string>((done, fail) => {
    request(`${hub.origins.exchange}/v1/diagnose`, options, (reply) => {
      reply.setEncoding('utf8').once('data', done);
    })
      .once('error', fail)
      .end();
  });
  assert.match(answer, /signature_missing/, 'the certificate was taken; only a signature is wanting');
});

test('fetch with an RSA key; the password may come from the environment', async () => {
  const folder = newFolder();
  const environment = { DATONG_KEYSTORE_PASSWORD: password };
  const words = ['enrol', await newCode('education'), ...hubOptions, ...fromStore];
  // the key serves one department
  const taken = await datong(folder, words, environment);
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, /tls_key_taken/);
  assert.ok(!existsSync(join(folder, 'datong.json')));

  oldStore('education.p12');
  const enrolled = await datong(folder, [...words.slice(0, -1), '../education.p12'], environment);
  assert.equal(enrolled.code, 0, enrolled.stderr);
  const reported = await datong(folder, [
    ...[
      'fetch',
      'pub-security.household',
      '--purpose',
      'school-enrolment',
      '--agreement',
      'agr-school-enrolment',
    ],
    ...['--on-behalf-of', 'clerk-0042', '--matter', 'RX-2026-000123', '--filter', `person_id=${child.id}`],
  ]);
  assert.equal(reported.code, 0, reported.stderr);
  assert.equal(reported.stdout.trim().split('\n').length, 1);
  assert.match(reported.stderr, /signature and receipt verified/);
});

test('renewal retains the kind of key, and the store follows the certificate', async () => {
  const folder = newFolder();
  oldStore('ecology.p12', 3072);
  const words = ['--json', '--key-store-password-file', '../secret.txt', '--export-key-store', 'tls.p12'];
  const code = await newCode('ecology');
  const enrolled = await datong(folder, [
    'enrol',
    code,
    ...hubOptions,
    '--key-store',
    '../ecology.p12',
    ...words,
  ]);
  assert.equal(enrolled.code, 0, enrolled.stderr);
  const { serial } = JSON.parse(enrolled.stdout) as { serial: string };
  const store = join(folder, 'tls.p12');
  const held = (): X509Certificate | undefined => readKeyStore(readFileSync(store), password).certificates[0];
  const renew = async (...more: string[]): Promise<{ renewed: boolean; serial: string }> => {
    const reported = await datong(folder, ['enrol', '--renew', ...words, ...more]);
    assert.equal(reported.code, 0, reported.stderr);
    return JSON.parse(reported.stdout) as { renewed: boolean; serial: string };
  };
  const first = readFileSync(store);
  assert.equal((await renew()).renewed, false);
  assert.deepEqual(readFileSync(store), first);

  chmodSync(store, 0o640);
  await ageCertificate(hub, folder, serial, 16);
  const second = await renew();
  assert.equal(second.renewed, true);
  assert.equal(keyIn(folder).asymmetricKeyDetails?.modulusLength, 3072);
  assert.equal(held()?.serialNumber.toLowerCase(), second.serial);
  assert.equal(statSync(store).mode & 0o777, 0o640);

  await ageCertificate(hub, folder, second.serial, 16);
  const third = await renew('--key-store', '../ecology.p12', '--export-legacy');
  assert.equal(third.renewed, true);
  const original = readKeyStore(readFileSync(join(home, 'ecology.p12')), password).privateKey;
  assert.ok(keyIn(folder).equals(original));
  assert.ok(held()?.checkPrivateKey(original));
  assert.equal((await datong(folder, ['diagnose'])).code, 0);

  writeFileSync(store, readFileSync(join(home, 'secret.txt')));
  const refused = await datong(folder, ['enrol', '--renew', ...words]);
  assert.equal(refused.code, 4);
  assert.match(refused.stderr, /key_store_malformed/);
});
