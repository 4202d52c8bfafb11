import { newKeyPair, newSerial, newAuthority } from '../../../machine/newKeyPair.ts';
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { issueListenerCertificate } from '../../../certs/authority/issueLeaf.ts';
import { prolongRoot } from '../../../certs/authority/createAuthority.ts';
import { lifetimes } from '../../../certs/authority/lifetimes.ts';
import { privateKeyPem } from '../../../certs/authority/keyPair.ts';
import { pinOf } from '../../../certs/authority/identifiers.ts';
import { ageCertificate } from '../../../tests/ageCertificate.ts';
import { testDatabase } from '../../../tests/database.ts';
import type { Ran } from '../../../tests/datong.ts';
import { typedDatong } from '../../../tests/typedDatong.ts';
import { testHub } from '../../../tests/hub.ts';
import { DatongClient } from '../../sdk/datongClient.ts';
import { DatongProblem } from '../../sdk/datongProblem.ts';
import { readProfile } from '../../sdk/profile.ts';
import { keepRootFresh } from '../../sdk/rootKeeper.ts';
import { keepCertificateRenewed } from '../../sdk/certificateKeeper.ts';
import type { Problem } from '../../../terms/problem.ts';
import type { StaffProfile } from '../profiles/profileHome.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { clientFiles } from './clientFolder.ts';
import { enrolDepartment } from './enrolDepartment.ts';
import { renewCertificate, storeRootIn } from './renewCertificate.ts';
import { issueEnrolmentCode } from '../../../hub/identity/enrolment/enrolmentCode.ts';
import { registerDepartment } from '../../../hub/identity/enrolment/registerDepartment.ts';

const started = await testHub({ database: await testDatabase() });
const { hub } = started;
const { identity } = hub.services;
const home = mkdtempSync(join(tmpdir(), 'datong-enrol-'));
after(async () => {
  await started.stop();
  rmSync(home, { recursive: true, force: true });
});
const pin = pinOf(started.ca);
const operator = { proven: { staff: 'hub' } };
let folders = 0;
const newFolder = (): string => mkdtempSync(join(home, `${++folders}-`));

for (const code of ['education', 'ecology']) {
  await identity.perform('registerDepartment', operator, (context) =>
    identity.prepare(registerDepartment, { code, name: { zh: code, en: code }, kind: 'government' }, context),
  );
}
const newCode = async (department: string): Promise<string> =>
  (
    await identity.perform('issueEnrolmentCode', operator, (context) =>
      identity.prepare(issueEnrolmentCode, { department }, context),
    )
  ).code;
const enrolIn = async (folder: string, department = 'education') =>
  await enrolDepartment({ code: await newCode(department), hub: hub.origins.open, pin, folder });
const profileIn = (folder: string): unknown => JSON.parse(readFileSync(join(folder, 'datong.json'), 'utf8'));

const datong = (folder: string, ...words: string[]): Promise<Ran> =>
  typedDatong(words, { cwd: folder, env: { DATONG_STATE: join(home, 'state.json') } });
const verb = (folder: string, ...words: string[]): Promise<Ran> => datong(folder, 'enrol', ...words);

/** What the operator's verbs need: where the staff listener is, and a token. */
const { exchange, open, staff } = hub.origins;
const operatorState = {
  v: 1,
  hub: { exchange, open, staff, ca: started.ca, keys: { keys: [] } },
  profiles: {},
  staff: { operator: { token: await started.token('operator', ['operator']) } },
};
writeFileSync(join(home, 'state.json'), JSON.stringify(operatorState));

/** The status a signed call gets with the profile of a folder: the department is known where it is an answer of the application. */
async function statusWith(folder: string): Promise<string> {
  const profile = readProfile(profileIn(folder), join(folder, 'datong.json'));
  const client = DatongClient.fromProfile(profile);
  try {
    await client.query('nobody.nothing', {}, { purpose: 'school-enrolment', agreement: 'agr-none' });
    return 'answered';
  } catch (error) {
    return error instanceof DatongProblem ? error.code : String(error);
  } finally {
    client.close();
  }
}

test('from a code to the first signed exchange, with the verb as a developer types it', async () => {
  const folder = newFolder();
  const issued = await datong(folder, 'admin', 'code', 'education', '--as', 'operator');
  assert.match(issued.stdout, /^datong enrol DT-/, issued.stderr);
  const reported = await datong(folder, ...issued.stdout.trim().split(' ').slice(1), '--json');
  assert.equal(reported.code, 0, reported.stderr);
  const answer = JSON.parse(reported.stdout) as Record<string, unknown>;
  assert.equal(answer['department'], 'education');
  assert.match(reported.stderr, /enrolled: department education/);
  for (const name of readdirSync(join(folder, 'datong-keys'))) {
    assert.equal(statSync(join(folder, 'datong-keys', name)).mode & 0o777, 0o600, name);
  }
  assert.equal(statSync(join(folder, 'datong-keys')).mode & 0o777, 0o700);
  const code = await statusWith(folder);
  assert.ok(!/certificate|key_|signature|Error/.test(code), code);
  // nothing in another folder states the department it acts for: it does
  const elsewhere = await datong(
    newFolder(),
    'fetch',
    'nobody.nothing',
    '--purpose',
    'x',
    '--agreement',
    'agr-none',
  );
  assert.match(
    elsewhere.stderr,
    /^for department education at https:\S+ \(the profile in use, education\)$/m,
  );
});

test('the operator revokes an enrolled certificate, and the client reports it', async () => {
  const folder = newFolder();
  const { serial } = await enrolIn(folder);
  const revoked = await datong(folder, 'admin', 'revoke', serial.toUpperCase(), '--as', 'operator');
  assert.equal(revoked.code, 0, revoked.stderr);
  await identity.current();
  assert.ok(identity.isRevoked(serial));
  const diagnosis = await datong(folder, 'diagnose');
  assert.notEqual(diagnosis.code, 0);
  assert.match(diagnosis.stdout + diagnosis.stderr, /revoked/);
  const unknown = await datong(folder, 'admin', 'revoke', 'abcdef', '--as', 'operator');
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /serial_unknown/);
});

test('each failure has its sentence, its exit code, and leaves no file', async () => {
  const folder = newFolder();
  const good = ['--hub', hub.origins.open, '--pin', pin];
  const otherPin = `sha256:${'A'.repeat(43)}`;
  const used = await newCode('education');
  await enrolDepartment({ code: used, hub: hub.origins.open, pin, folder: newFolder() });
  const cases: readonly [words: string[], exit: number, says: RegExp][] = [
    [[used, ...good], 1, /enrolment_code_used/],
    [['DT-AAAAA-AAAAA-AAAAA-AAAAA', ...good], 1, /enrolment_code_invalid/],
    [[await newCode('ecology'), ...good, '--department', 'education'], 1, /enrolment_department_differs/],
    [[used, '--hub', hub.origins.open, '--pin', otherPin], 5, /has the pin/],
    [[used, '--hub', 'https://127.0.0.1:1', '--pin', pin], 3, /nothing listens there/],
    [[used, '--hub', 'hub.example', '--pin', pin], 2, /--hub.*TLS only/],
    [[used, '--hub', 'http://localhost:1', '--pin', pin], 2, /--hub.*TLS only/],
    [[used, '--hub', hub.origins.open], 2, /--pin/],
    [good, 2, /code is missing/],
    [['--renew'], 4, /datong\.json/],
  ];
  for (const [words, exit, says] of cases) {
    const reported = await verb(folder, ...words);
    assert.equal(reported.code, exit, `${words.join(' ')}: ${reported.stderr}`);
    assert.match(reported.stderr, says);
    assert.ok(!reported.stderr.includes('    at '), 'no stack');
  }
  assert.ok(!existsSync(join(folder, 'datong.json')));
  assert.deepEqual(
    existsSync(join(folder, 'datong-keys')) ? readdirSync(join(folder, 'datong-keys')) : [],
    [],
  );
});

test('a machine in the middle that shows the hub’s own root gets neither code nor proof', async (context) => {
  const elsewhere = await newAuthority('elsewhere', Date.now());
  const pair = newKeyPair();
  const issued = await issueListenerCertificate(elsewhere, {
    serial: newSerial(),
    hosts: ['localhost'],
    publicKey: pair.publicKey,
    now: Date.now(),
  });
  let requested = 0;
  const middle = createServer(
    { key: privateKeyPem(pair.privateKey), cert: issued.certificate + started.ca },
    (_request, response) => {
      requested += 1;
      response.end('{}');
    },
  );
  context.after(() => middle.close());
  await new Promise<void>((done) => middle.listen(0, 'localhost', done));
  const { port } = middle.address() as AddressInfo;
  const folder = newFolder();
  const options = { code: await newCode('education'), hub: `https://localhost:${port}`, pin, folder };
  await assert.rejects(enrolDepartment(options), /has the pin sha256:/);
  await assert.rejects(
    enrolDepartment({ ...options, pin: pinOf(elsewhere.rootCertificate) }),
    /has the pin sha256:/,
  );
  assert.equal(requested, 0);
  assert.ok(!existsSync(join(folder, 'datong.json')));
});

test('a hub at an address that its certificate does not name: the names that it has, and no other listener', async (context) => {
  const elsewhere = await newAuthority('elsewhere', Date.now());
  const pair = newKeyPair();
  const { certificate } = await issueListenerCertificate(elsewhere, {
    serial: newSerial(),
    hosts: ['hub.yunqi.example'],
    publicKey: pair.publicKey,
    now: Date.now(),
  });
  const cert = certificate + elsewhere.intermediateCertificate + elsewhere.rootCertificate;
  const server = createServer({ key: privateKeyPem(pair.privateKey), cert });
  context.after(() => server.close());
  await new Promise<void>((done) => server.listen(0, 'localhost', done));
  const { port } = server.address() as AddressInfo;
  const there = `https://localhost:${port}`;
  const reported = await verb(
    newFolder(),
    ...['DT-AAAAA-AAAAA-AAAAA-AAAAA', '--hub', there, '--pin', pinOf(elsewhere.rootCertificate)],
  );
  assert.equal(reported.code, 3, reported.stderr);
  assert.match(reported.stderr, /names another host/);
  assert.match(
    reported.stderr,
    /host of the address: localhost; names in the certificate: DNS:hub\.yunqi\.example/,
  );
});

test('keys are never overwritten', async () => {
  const folder = newFolder();
  await enrolIn(folder);
  const before = readFileSync(join(folder, 'datong-keys/signing.key.pem'), 'utf8');
  await assert.rejects(enrolIn(folder), (error) => error instanceof VerbFailure && error.exit === 4);
  assert.equal(readFileSync(join(folder, 'datong-keys/signing.key.pem'), 'utf8'), before);
});

test('a certificate is renewed when it is time, not before, and the profile goes on working', async () => {
  const folder = newFolder();
  const path = join(folder, 'datong.json');
  const { serial } = await enrolIn(folder);
  assert.equal((await renewCertificate(path)).renewed, false);
  await ageCertificate(hub, folder, serial, 16);
  const renewed = await renewCertificate(path);
  assert.equal(renewed.renewed, true);
  assert.notEqual(renewed.serial, serial);
  assert.match(await statusWith(folder), /unknown|agreement|purpose/);
  assert.deepEqual(
    readdirSync(join(folder, 'datong-keys')).filter((name) => name === 'tls.key.pem'),
    [],
  );
});

test('an expired certificate is renewed in its grace, on the open listener', async () => {
  const folder = newFolder();
  const { serial } = await enrolIn(folder, 'ecology');
  await ageCertificate(hub, folder, serial, 45);
  assert.match(await statusWith(folder), /ECONNRESET|alert|certificate|hang up|EPIPE/);
  assert.equal((await renewCertificate(join(folder, 'datong.json'))).department, 'ecology');
  assert.match(await statusWith(folder), /unknown|agreement|purpose/);
});

test('a verb renews its certificate by itself, and goes on with the new one; a client is given another while it works', async () => {
  const folder = newFolder();
  const path = join(folder, 'datong.json');
  const { serial } = await enrolIn(folder);
  await ageCertificate(hub, folder, serial, 16);
  const reported = await typedDatong(['logs', '--json'], { cwd: folder });
  assert.equal(reported.code, 0, reported.stderr);
  assert.match(reported.stderr, /renewed by itself: certificate [0-9a-f]{32}/);
  assert.doesNotMatch((await typedDatong(['logs', '--json'], { cwd: folder })).stderr, /renewed/);
  const profile = readProfile(JSON.parse(readFileSync(path, 'utf8')), path);
  const client = DatongClient.fromProfile(profile);
  const retained: string[] = [];
  const keeper = keepCertificateRenewed(client, {
    now: () => Date.now() + 40 * 86_400_000,
    keep: (_, issued) => void retained.push(issued.serial),
    failed: (error) => retained.push((error as Problem).code),
  });
  // its clock is ahead, the hub's is not: too early there, and the current certificate stays in use
  await keeper.look();
  assert.deepEqual(retained, ['certificate_not_renewable']);
  assert.equal((await client.exchanges()).status, 200);
  keeper.stop();
  client.close();
});

/** The root as it was certified before: of the same key, with so many days left. */
const earlierRoot = async (days: number): Promise<string> =>
  prolongRoot(
    {
      rootCertificate: started.ca,
      rootKey: readFileSync(join(started.stateDir, 'keys', 'authority-root.pem'), 'utf8'),
    },
    Date.now() - lifetimes.root + days * 86_400_000,
    newSerial(),
  );

test('a prolonged root is taken by itself: in its last year by any verb, else at a renewal; stored in the place of the old one', async () => {
  const folder = newFolder();
  const { serial } = await enrolIn(folder, 'ecology');
  const [path, file] = [join(folder, 'datong.json'), join(folder, 'datong-keys/hub-root.pem')];
  const logs = async (): Promise<string> => {
    const reported = await typedDatong(['logs', '--json'], { cwd: folder });
    return reported.code === 0 ? '' : reported.stderr;
  };
  const ca = `${started.ca.trim()}\n`;
  writeFileSync(file, await earlierRoot(60));
  assert.equal(await logs(), '');
  assert.equal(readFileSync(file, 'utf8'), ca);
  assert.equal(
    await logs(),
    '',
    'the checkpoint that was kept under the old certificate counts under the new one',
  );

  // no client looks five years before the end; the renewal of its own certificate brings it
  const early = await earlierRoot(5 * 365);
  writeFileSync(file, early);
  assert.equal(await logs(), '');
  assert.equal(readFileSync(file, 'utf8'), early);
  await ageCertificate(hub, folder, serial, 16);
  assert.equal(await logs(), '');
  assert.equal(readFileSync(file, 'utf8'), ca);

  // as text in a profile of another name; a file elsewhere is reported, and not touched
  const document = profileIn(folder) as { readonly hub: object };
  const named = join(folder, 'other.json');
  const inText = { ...document, hub: { ...document.hub, ca: await earlierRoot(30) } };
  writeFileSync(named, JSON.stringify(inText));
  const before = readFileSync(path, 'utf8');
  assert.equal((await typedDatong(['logs', '--profile', 'other.json'], { cwd: folder })).code, 0);
  assert.equal((JSON.parse(readFileSync(named, 'utf8')) as { hub: { ca: string } }).hub.ca, ca);
  assert.equal(readFileSync(path, 'utf8'), before, 'and no other profile is written');
  const elsewhere = await earlierRoot(30);
  writeFileSync(join(folder, 'root.pem'), elsewhere);
  writeFileSync(named, JSON.stringify({ ...document, hub: { ...document.hub, ca: 'root.pem' } }));
  const reported = await typedDatong(['logs', '--profile', 'other.json'], { cwd: folder });
  assert.deepEqual(
    [reported.code, /root\.pem is not in datong-keys/.test(reported.stderr)],
    [0, true],
    reported.stderr,
  );
  assert.equal(readFileSync(join(folder, 'root.pem'), 'utf8'), elsewhere);

  // what cannot be stored is reported, and the verb continues: a draft next to a name as long as this does not fit
  const long = `datong-keys/${'r'.repeat(250)}`;
  writeFileSync(join(folder, long), elsewhere);
  writeFileSync(named, JSON.stringify({ ...document, hub: { ...document.hub, ca: long } }));
  const full = await typedDatong(['logs', '--json', '--profile', 'other.json'], { cwd: folder });
  assert.deepEqual([full.code, /cannot be stored/.test(full.stderr)], [0, true], full.stderr);
  assert.equal(readFileSync(join(folder, long), 'utf8'), elsewhere);

  // what was stored of the log under the certificate's own name, as in earlier versions, outlives the certificate
  const checkpoint = join(folder, 'datong.ecology.checkpoint.json');
  const last = await earlierRoot(60);
  writeFileSync(file, last);
  const retained = JSON.parse(readFileSync(checkpoint, 'utf8')) as object;
  const byCertificate = new X509Certificate(last).fingerprint256.replaceAll(':', '').toLowerCase();
  writeFileSync(checkpoint, JSON.stringify({ ...retained, hub: `sha256:${byCertificate}` }));
  await storeRootIn(path)(ca);
  assert.equal(readFileSync(file, 'utf8'), ca);
  assert.deepEqual(JSON.parse(readFileSync(checkpoint, 'utf8')), retained);

  // a process that runs for years and renews nothing looks every hour once the last year has begun
  writeFileSync(file, early);
  const running = DatongClient.fromProfile(
    readProfile(profileIn(folder), path),
    undefined,
    storeRootIn(path),
  );
  let now = Date.now();
  const root = keepRootFresh(running, early, { every: 10, now: () => now });
  await new Promise((done) => setTimeout(done, 100));
  assert.equal(readFileSync(file, 'utf8'), early);
  now += 5 * 365 * 86_400_000;
  while (readFileSync(file, 'utf8') !== ca) await new Promise((done) => setTimeout(done, 10));
  root.stop();
  running.close();

  // a certificate of another key of the same name is not accepted; one that has ended leads to no request
  writeFileSync(file, (await newAuthority('yunxi', Date.now())).rootCertificate);
  assert.notEqual(await logs(), '');
  writeFileSync(file, await earlierRoot(-1));
  assert.match(await logs(), /certificate has expired|CERT_HAS_EXPIRED/);
});

test('a profile of staff follows a prolonged root too: in its last year and after its end, by any verb of staff', async () => {
  const place = join(newFolder(), 'home');
  const file = join(place, 'profiles/op.json');
  const env = { DATONG_HOME: place, DATONG_STATE: join(home, 'none.json') };
  const typed = (words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    typedDatong(words, { cwd: home, env: { ...env, ...more } });
  const login = await typed(['login', 'op', '--hub', staff, '--pin', pin], {
    DATONG_TOKEN: await started.token('oldest', ['auditor']),
  });
  assert.equal(login.code, 0, login.stderr);
  const held = (): StaffProfile => JSON.parse(readFileSync(file, 'utf8')) as StaffProfile;
  const first = held();
  const trusting = (ca: string): string => {
    writeFileSync(file, JSON.stringify({ ...first, hub: { ...first.hub, ca } }), { mode: 0o600 });
    return ca;
  };
  const ca = new X509Certificate(started.ca).toString();
  const pem = (text: string): string => new X509Certificate(text).toString();
  for (const days of [60, -1]) {
    trusting(await earlierRoot(days));
    const reported = await typed(['inbox', '--json']);
    assert.equal(reported.code, 0, reported.stderr);
    assert.deepEqual(
      { ...held(), hub: { ...held().hub, ca: pem(held().hub.ca) } },
      { ...first, hub: { ...first.hub, ca } },
    );
    assert.equal(statSync(file).mode & 0o777, 0o600);
  }
  trusting(await earlierRoot(60));
  assert.equal((await typed(['audit', 'search', '--limit', '1'])).code, 0, 'and by a verb of auditors');
  assert.equal(pem(held().hub.ca), ca);

  // no client looks five years before the end; the key decides, not the name
  const early = trusting(await earlierRoot(5 * 365));
  assert.equal((await typed(['inbox', '--json'])).code, 0);
  assert.equal(held().hub.ca, early);
  const long = (await newAuthority('yunxi', Date.now())).rootCertificate;
  const old = await newAuthority('yunxi', Date.now() - lifetimes.root + 60 * 86_400_000);
  for (const foreign of [long, old.rootCertificate]) {
    trusting(foreign);
    const refused = await typed(['inbox', '--json']);
    assert.equal(refused.code, exitCode.network, refused.stderr);
    assert.equal(held().hub.ca, foreign);
  }
});

test('of two enrolments in one folder at the same time, one succeeds, and the other removes nothing of it', async () => {
  for (const folder of [newFolder(), join(newFolder(), 'new')]) {
    const codes = [await newCode('education'), await newCode('education')];
    const both = await Promise.allSettled(
      codes.map((code) => enrolDepartment({ code, hub: hub.origins.open, pin, folder })),
    );
    const refused = both.filter((one) => one.status === 'rejected');
    assert.deepEqual(
      refused.map(({ reason }) => /is there already/.test((reason as VerbFailure).text.en)),
      [true],
    );
    for (const name of ['datong.json', ...Object.values(clientFiles)])
      assert.ok(existsSync(join(folder, name)), name);
    const code = await statusWith(folder);
    assert.ok(!/certificate|key_|signature|Error/.test(code), code);
  }
  const folder = join(newFolder(), 'new');
  await assert.rejects(
    enrolDepartment({ code: 'DT-AAAAA-AAAAA-AAAAA-AAAAA', hub: hub.origins.open, pin, folder }),
    { code: 'enrolment_code_invalid' },
  );
  assert.equal(existsSync(folder), false, 'a folder that was made for it goes with its files');
});

test('keys are not made where Git would take them along, unless it ignores them; the code is not used up', async () => {
  const folder = newFolder();
  spawnSync('git', ['init', '--quiet', folder]);
  const code = await newCode('ecology');
  const enrol = (): Promise<unknown> => enrolDepartment({ code, hub: hub.origins.open, pin, folder });
  await assert.rejects(
    enrol(),
    (error: unknown) => error instanceof VerbFailure && /Git work tree/.test(error.text.en),
  );
  assert.deepEqual(readdirSync(folder), ['.git']);
  writeFileSync(join(folder, '.gitignore'), 'datong-keys/\n');
  await enrol();
  assert.ok(existsSync(join(folder, 'datong-keys')));
});
