/** The ceremony of docs/keys.md, by its own commands and by openssl: what the root signs, what it refuses, what a new hub takes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, test } from 'node:test';
import { issueDepartmentCertificate } from '../../../certs/authority/issueLeaf.ts';
import { createRoot } from '../../../certs/authority/createAuthority.ts';
import { lifetimes } from '../../../certs/authority/lifetimes.ts';
import { readIntermediate } from '../../../certs/authority/readIntermediate.ts';
import { pinOf } from '../../../certs/authority/identifiers.ts';
import { issueRevocationList, readRevocationList } from '../../../certs/authority/revocationList.ts';
import { openKeys } from '../../../hub/platform/keys/openKeys.ts';
import { newKeyPair, newSerial, newAuthority } from '../../../machine/newKeyPair.ts';
import { Problem } from '../../../terms/problem.ts';
import { copyKeys } from '../../../tests/copyKeys.ts';
import { runDatong } from '../../../tests/datong.ts';
import { failureOf, VerbFailure } from '../verb.ts';
import { signed, beginning } from './sign.ts';
import { encryptKey } from './passphrase.ts';
import { prolong, writeRequest, root } from './authority.ts';

// the tests run in order: each uses the folders of those before it
const home = mkdtempSync(join(tmpdir(), 'datong-ceremony-'));
after(() => rmSync(home, { recursive: true }));
const at = (...names: string[]): string => join(home, ...names);
const text = (...names: string[]): string => readFileSync(at(...names), 'utf8');
/** The commands of the page's section, as written there. */
const ceremonyOf = (page: string, title = "(?:The root's ceremony|建根仪式)"): readonly string[] =>
  (
    new RegExp(`## ${title}\\n[^\`]*\`\`\`sh\\n([^\`]+)\`\`\``).exec(
      readFileSync(join(import.meta.dirname, '../../..', page), 'utf8'),
    )?.[1] ?? ''
  )
    .trim()
    .split('\n');
const typed = async (command: string) => {
  const words = command
    .replaceAll(' /media', ` ${at('media')}`)
    .split(' ')
    .slice(1);
  const ran = await runDatong(words, { cwd: home });
  assert.equal(ran.code, 0, ran.stderr);
  return ran;
};
/** What two persons brought. */
const parts = { first: 'eleven dry cherries, pitted', second: '七只蓝色的灯笼挂在旧城的北门之外' };
const both = Object.keys(parts).map((place) => join('media', place, 'part'));
/** `datong hub authority sign` without a process of its own. */
const sign = (
  request: string | undefined,
  out: string,
  more: { from?: string; revoke?: string[]; root?: string; passphrase?: string[] } = {},
) =>
  signed(request && at(request), {
    root: at(more.root ?? 'root'),
    out: at(out),
    from: more.from ?? 'tomorrow',
    revoke: (more.revoke ?? []).map((file) => at(file)),
    passphrase: (more.passphrase ?? (isSealed(more.root ?? 'root') ? both : [])).map((file) => at(file)),
  });
const keyOf = (folder: string): string =>
  text(folder, readdirSync(at(folder)).find((name) => name.endsWith('.pem')) ?? '');
const isSealed = (folder: string): boolean => /ENCRYPTED/.test(text(folder, 'authority-root.pem'));
const ask = async (out: string): Promise<string> =>
  relative(home, (await writeRequest({ out: at(out) })).request);
const failing = (exit: number, reported: RegExp) => (error: unknown) => {
  const { exit: found, text } = failureOf(error);
  assert.equal(found, exit, text.en);
  assert.match(text.en, reported);
  return true;
};
const refused = (exit: number, reported: RegExp, ...given: Parameters<typeof sign>): Promise<void> =>
  assert.rejects(sign(...given), failing(exit, reported));
const problem = (code: string, what?: string) => (error: unknown) =>
  error instanceof Problem && error.code === code && (what === undefined || error.facts['what'] === what);
const openssl = (...words: string[]): string =>
  execFileSync('openssl', words, { cwd: home, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const newHub = (name: string, authority: string) =>
  openKeys(at(name, 'keys'), { create: true, hubName: 'yunxi', authority: at(authority) });

test('a root that was never on a hub certifies the hub’s authority, and openssl accepts the chain', async () => {
  const [english, chinese] = ['docs/keys.md', 'docs/keys.zh-CN.md'].map((page) => ceremonyOf(page));
  assert.deepEqual(english, chinese, 'both pages have the same commands');
  const [rooting = '', asking = '', signing = '', taking = ''] = english ?? [];
  for (const [place, part] of Object.entries(parts)) {
    mkdirSync(at('media', place), { recursive: true });
    writeFileSync(at('media', place, 'part'), `${part}\n`);
  }
  const printed = (await typed(rooting)).stdout.trim();
  assert.match(text('media', 'root', 'authority-root.pem'), /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
  const { stdout, stderr } = await typed(asking);
  const request = stdout.trim();
  const [, id = ''] = /the key ([0-9a-f]{8}) stays/.exec(stderr) ?? [];
  const reported = await typed(signing.replace('/media/authority/authority-intermediate-….csr', request));
  assert.ok(reported.stderr.includes(`authority ${id} is certified`), reported.stderr);
  assert.equal(taking, 'datong hub bootstrap --authority /media/authority');
  copyKeys(at('media', 'root'), at('root'));
  copyKeys(at('media', 'authority'), at('hub'));
  copyKeys(at('media', 'authority'), at('signed'));
  const keys = await newHub('first', 'hub');
  assert.equal(keys.rootKeyFile, undefined);
  assert.ok(!existsSync(at('first', 'keys', 'authority-root.pem')));
  const { authority } = keys;
  assert.equal(printed, pinOf(authority.rootCertificate));
  const made = readIntermediate(authority.intermediateCertificate, authority.rootCertificate);
  const leaf = await issueDepartmentCertificate(authority, {
    serial: newSerial(),
    department: 'education',
    publicKey: newKeyPair().publicKey,
    now: Date.now(),
  });
  writeFileSync(at('leaf.pem'), leaf.certificate);
  const verified = (crls: string): string => {
    writeFileSync(at('crls.pem'), crls);
    return openssl(
      ...['verify', '-x509_strict', '-purpose', 'sslclient', '-crl_check_all', '-CRLfile', 'crls.pem'],
      ...[
        '-CAfile',
        'root/authority-root.crt',
        '-untrusted',
        'signed/authority-intermediate.crt',
        'leaf.pem',
      ],
    );
  };
  const own = await issueRevocationList(
    { certificate: authority.intermediateCertificate, key: authority.intermediateKey },
    { revoked: [], now: Date.now() },
  );
  assert.match(verified(authority.rootRevocationList + own), /OK/);

  // a second one, which revokes the first: the list continues from the one before, and the root retains it
  const before = await readRevocationList(
    text('root', 'authority-root.crl'),
    text('root', 'authority-root.crt'),
  );
  const first = 'signed/authority-intermediate.crt';
  const again = await sign(await ask('next'), 'again', { revoke: [first, first] });
  assert.deepEqual(again.revoked, [made.serial]);
  assert.equal(text('again', 'authority-root.crl'), text('root', 'authority-root.crl'));
  const list = await readRevocationList(
    text('again', 'authority-root.crl'),
    text('root', 'authority-root.crt'),
  );
  assert.ok(list.number > before.number);
  assert.deepEqual(
    list.revoked.map(({ serial, reason }) => [serial, reason]),
    [[made.serial, 'key-compromise']],
  );
  assert.throws(() => verified(text('again', 'authority-root.crl') + own), /certificate revoked/);
  const renewed = new X509Certificate(text('again', 'authority-intermediate.crt'));
  assert.ok(Date.parse(renewed.validFrom) > Date.now() + 23 * 3_600_000, 'from tomorrow on');
  assert.notEqual(renewed.subject, new X509Certificate(text('signed', 'authority-intermediate.crt')).subject);
  const alone = await sign(undefined, 'list', { revoke: ['again/authority-intermediate.crt'] });
  assert.deepEqual(alone.revoked, [made.serial, again.serial]);
  assert.deepEqual(readdirSync(at('list')).sort(), ['authority-root.crl', 'authority-root.crt']);
});

test('names, other roots, foreign keys and a forgotten list are refused, and nothing is written over', async () => {
  await assert.rejects(root({ name: 'yunxi', out: at('root') }), failing(4, /is there already/));
  await assert.rejects(root({ name: 'CN=x', out: at('other') }), failing(2, /lower-case letters/));
  const request = await ask('more');
  await refused(4, /is there already/, request, 'signed');
  await refused(2, /a date to come/, request, 'x', { from: 'yesterday' });
  await refused(2, /a request is wanted/, undefined, 'x');
  // a key of another kind, and a text that is no request
  openssl(
    ...['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'rsa.pem', '-subj', '/CN=x'],
    ...['-out', 'rsa.csr'],
  );
  await refused(1, /rsa 2048/, 'rsa.csr', 'x');
  await refused(1, /not a valid PKCS #10/, 'root/authority-root.crt', 'x');
  // the very key that is revoked is submitted again for a certificate
  const [old = ''] = readdirSync(at('hub')).filter((name) => name.endsWith('.csr'));
  await refused(1, /the very key/, join('hub', old), 'x', { revoke: ['signed/authority-intermediate.crt'] });
  const elsewhere = await newAuthority('elsewhere', Date.now());
  writeFileSync(at('foreign.crt'), elsewhere.intermediateCertificate);
  await refused(4, /was not signed by the root/, undefined, 'x', { revoke: ['foreign.crt'] });
  copyKeys(at('root'), at('lossy'));
  rmSync(at('lossy', 'authority-root.crl'));
  await refused(4, /is missing/, request, 'x', { root: 'lossy' });
  writeFileSync(at('lossy', 'authority-root.crl'), elsewhere.rootRevocationList, { mode: 0o600 });
  await refused(4, /was not signed by the root/, request, 'x', { root: 'lossy' });
  assert.ok(!existsSync(at('x')), 'nothing was begun');
});

test('a root that two persons locked opens for both of them alone', async () => {
  const asked = await ask('locked');
  const [first = '', second = ''] = both;
  const before = text('root', 'authority-root.crl');
  await refused(2, /has a passphrase: --passphrase FILE/, asked, 'by-one', { passphrase: [] });
  for (const passphrase of [[first], [second], [second, first]])
    await refused(1, /does not open/, asked, 'by-one', { passphrase });
  assert.ok(!existsSync(at('by-one')));
  assert.equal(text('root', 'authority-root.crl'), before, 'nothing is written');
  writeFileSync(at('short'), 'fifteen letters\n');
  const short = failing(4, /short has less than 16 characters/);
  await assert.rejects(
    root({ name: 'yunxi', out: at('short-root'), passphrase: [at(both[0] ?? ''), at('short')] }),
    short,
  );
  assert.ok(!existsSync(at('short-root')));
  await root({ name: 'open', out: at('open') });
  await refused(2, /has no passphrase/, asked, 'by-one', { root: 'open', passphrase: both });
  // what openssl locks, it opens
  const key = (folder: string): string => join(folder, 'authority-root.pem');
  writeFileSync(at('word'), 'twenty characters or more');
  const sealed = openssl(
    'pkcs8',
    '-topk8',
    '-v2',
    'aes-256-cbc',
    '-in',
    key('open'),
    '-passout',
    'file:word',
  );
  writeFileSync(at(key('open')), sealed);
  await sign(asked, 'of-openssl', { root: 'open', passphrase: ['word'] });
  assert.ok(existsSync(at('of-openssl', 'authority-intermediate.crt')));
});

test('a new hub takes no folder that it could not sign with', async () => {
  const altered = async (name: string, alter: (folder: string) => void | Promise<void>): Promise<string> => {
    copyKeys(at('hub'), at(name));
    await alter(at(name));
    return name;
  };
  const put = (folder: string, name: string, content: string): void =>
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  const crt = 'authority-intermediate.crt';
  const cases: readonly (readonly [
    code: string,
    what: string | undefined,
    alter: (folder: string) => void | Promise<void>,
  ])[] = [
    [
      'authority_unsuitable',
      'the key of the root is stored next to it',
      (to) => cpSync(at('root', 'authority-root.pem'), join(to, 'authority-root.pem')),
    ],
    [
      'authority_unsuitable',
      'it is revoked by the list that came with it',
      (to) => cpSync(at('again', 'authority-root.crl'), join(to, 'authority-root.crl')),
    ],
    [
      'authority_unsuitable',
      'it counts only later',
      (to) => {
        cpSync(at('again', crt), join(to, crt));
        cpSync(at('root', 'authority-root.crl'), join(to, 'authority-root.crl'));
      },
    ],
    [
      'authority_foreign',
      'certificate',
      async (to) => put(to, crt, (await newAuthority('yunxi', Date.now())).intermediateCertificate),
    ],
    [
      'authority_unsuitable',
      'not an authority of departments alone (CA, pathLen 0)',
      (to) => cpSync(at('root', 'authority-root.crt'), join(to, crt)),
    ],
    ['authority_malformed', 'certificate', (to) => put(to, crt, text('signed', crt).repeat(2))],
    ['authority_malformed', 'certificate', (to) => put(to, crt, 'x'.repeat(100_000))],
    [
      'authority_malformed',
      'revocation list',
      (to) => put(to, 'authority-root.crl', text('signed', 'authority-root.crl').repeat(2)),
    ],
    [
      'authority_unsuitable',
      'not the root of this hub',
      async (to) => put(to, 'authority-root.crt', (await newAuthority('other', Date.now())).rootCertificate),
    ],
    [
      'keys_missing',
      undefined,
      (to) =>
        readdirSync(to)
          .filter((name) => name.endsWith('.pem'))
          .forEach((name) => rmSync(join(to, name))),
    ],
    [
      'keys_malformed',
      undefined,
      (to) =>
        readdirSync(to)
          .filter((name) => name.endsWith('.pem'))
          .forEach((name) =>
            put(to, name, newKeyPair().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
          ),
    ],
  ];
  for (const [place, [code, what, alter]] of cases.entries()) {
    const name = await altered(`altered-${place}`, alter);
    await assert.rejects(newHub(`hub-${place}`, name), problem(code, what), `${code} ${what ?? ''}`);
    assert.ok(!existsSync(at(`hub-${place}`, 'keys')), 'no half folder');
  }
});

test('forbidden properties of an authority are reported one by one', () => {
  const rootCertificate = text('root', 'authority-root.crt');
  assert.equal(readIntermediate(text('signed', 'authority-intermediate.crt'), rootCertificate).id.length, 8);
  // made by openssl with the root's own key: everything that the hub's own ceremony would never make
  const made = (extensions: string, key = 'ec -pkeyopt ec_paramgen_curve:P-256', days = '30'): string => {
    writeFileSync(at('ext.cnf'), `[ext]\n${extensions}\n`);
    openssl(
      ...['req', '-new', '-newkey', ...key.split(' '), '-nodes', '-keyout', 'odd.pem', '-subj', '/CN=x'],
      ...['-out', 'odd.csr'],
    );
    return openssl(
      ...[
        'x509',
        '-req',
        '-in',
        'odd.csr',
        '-CA',
        'root/authority-root.crt',
        '-CAkey',
        'root/authority-root.pem',
        '-passin',
        `pass:${Object.values(parts).join('')}`,
      ],
      ...['-set_serial', '77', '-days', days, '-extfile', 'ext.cnf', '-extensions', 'ext'],
    );
  };
  const right = 'basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign';
  assert.equal(readIntermediate(made(right), rootCertificate).serial, '4d');
  for (const [pem, what] of [
    [made(right.replace('pathlen:0', 'pathlen:1')), 'not an authority of departments alone (CA, pathLen 0)'],
    [
      made(right.replace('critical,CA:true', 'CA:true')),
      'not an authority of departments alone (CA, pathLen 0)',
    ],
    [made('keyUsage=critical,keyCertSign,cRLSign'), 'not an authority of departments alone (CA, pathLen 0)'],
    [made(`${right},digitalSignature`), 'another use of its key than certificates and lists'],
    [made(`${right}\nnameConstraints=critical,permitted;DNS:x`), 'a limit that the hub does not know'],
    [made(right, 'rsa:2048'), 'another kind of key than P-256'],
    [made(right, undefined, '9000'), 'it outlives the root'],
  ] as const)
    assert.throws(() => readIntermediate(pem, rootCertificate), problem('authority_unsuitable', what), what);
});

test('the moment from which it signs is a day of the calendar, in the future and within a year', () => {
  const now = Date.UTC(2026, 10, 22);
  assert.equal(beginning('tomorrow', now), now + 86_400_000);
  assert.equal(beginning('2027-01-05', now), Date.UTC(2027, 0, 4, 16));
  assert.ok(beginning('now', now) < now);
  for (const word of ['2027-02-30', '2026-11-21', '2029-01-01', '', 'now ', '-1', '2027-1-5'])
    assert.throws(() => beginning(word, now), VerbFailure, word);
});

test('a root near its end continues by its key: no client enrols again, and what it signs lasts its whole time', async () => {
  const title = "(?:When the root's certificate nears its end|根证书快到期时)";
  const [english, chinese] = ['docs/keys.md', 'docs/keys.zh-CN.md'].map((page) => ceremonyOf(page, title));
  assert.deepEqual(english, chinese, 'both pages have the same commands');
  const [prolonging = '', printing = ''] = english ?? [];
  // a root of twenty years ago: two hundred days are left
  const days = 86_400_000;
  const begun = Date.now() - lifetimes.root + 200 * days;
  const old = await createRoot('yunxi', begun, { keyPair: newKeyPair, serial: newSerial });
  rmSync(at('media', 'root'), { recursive: true });
  mkdirSync(at('media', 'root'), { mode: 0o700 });
  const retained: Readonly<Record<string, string>> = {
    'authority-root.pem': encryptKey(old.rootKey, parts.first + parts.second),
    'authority-root.crt': old.rootCertificate,
    'authority-root.crl': old.rootRevocationList,
  };
  for (const [name, pem] of Object.entries(retained))
    writeFileSync(at('media', 'root', name), pem, { mode: 0o600 });
  const short = await sign(await ask('ageing'), 'ageing', { root: 'media/root', from: 'now' });
  assert.ok(Date.parse(short.notAfter ?? '') <= begun + lifetimes.root, 'nothing outlives the root');
  const keys = await newHub('aged', 'ageing');
  const leaf = await issueDepartmentCertificate(keys.authority, {
    serial: newSerial(),
    department: 'education',
    publicKey: newKeyPair().publicKey,
    now: Date.now(),
  });
  writeFileSync(at('aged.pem'), leaf.certificate);
  writeFileSync(at('old-root.crt'), old.rootCertificate);

  const ran = await typed(prolonging);
  const made = text('media', 'prolonged', 'authority-root.crt');
  assert.equal(ran.stdout.trim(), pinOf(old.rootCertificate), 'the pin of every department still holds');
  const shell = execFileSync('sh', ['-c', printing.replaceAll(' /media', ` ${at('media')}`)], {
    encoding: 'utf8',
  });
  const base64 = shell.trim().replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  assert.equal(`sha256:${base64}`, ran.stdout.trim());
  assert.equal(text('media', 'root', 'authority-root.crt'), made, 'the root goes on from it');
  const [before, after_] = [new X509Certificate(old.rootCertificate), new X509Certificate(made)];
  assert.equal(after_.subject, before.subject);
  assert.ok(Date.parse(after_.validTo) > Date.now() + lifetimes.root - days);

  const verified = (root: string, moment: number): string =>
    openssl(
      ...['verify', '-x509_strict', '-attime', String(Math.floor(moment / 1000)), '-CAfile', root],
      ...['-untrusted', 'ageing/authority-intermediate.crt', 'aged.pem'],
    );
  const prolonged = 'media/prolonged/authority-root.crt';
  for (const root of ['old-root.crt', prolonged]) assert.match(verified(root, Date.now()), /OK/, root);

  // the hub: its file in the place of the old one, and it signs as before
  copyKeys(at('media', 'prolonged'), at('aged', 'keys'));
  const again = await openKeys(at('aged', 'keys'), { create: false, hubName: 'yunxi' });
  assert.equal(again.authority.rootCertificate, made);
  const long = await sign(await ask('lasting'), 'lasting', { root: 'media/root', from: 'now' });
  const ends = Date.parse(long.notAfter ?? '');
  assert.ok(ends > Date.now() + lifetimes.intermediate - days, 'its whole five years');
  writeFileSync(at('ageing', 'authority-intermediate.crt'), text('lasting', 'authority-intermediate.crt'));
  const later = begun + lifetimes.root + days;
  const late = await issueDepartmentCertificate(
    {
      ...again.authority,
      intermediateCertificate: text('lasting', 'authority-intermediate.crt'),
      intermediateKey: keyOf('lasting'),
    },
    { serial: newSerial(), department: 'education', publicKey: newKeyPair().publicKey, now: later },
  );
  writeFileSync(at('aged.pem'), late.certificate);
  assert.match(verified(prolonged, later), /OK/);
  assert.throws(() => verified('old-root.crt', later), /certificate has expired/);

  await assert.rejects(
    prolong({
      root: at('media', 'root'),
      out: at('media', 'prolonged'),
      passphrase: both.map((file) => at(file)),
    }),
    failing(4, /is there already/),
  );
  assert.equal(text('media', 'root', 'authority-root.crt'), made, 'and nothing is changed');
  writeFileSync(
    at('media', 'root', 'authority-root.crt'),
    (await newAuthority('yunxi', Date.now())).rootCertificate,
  );
  await assert.rejects(
    prolong({ root: at('media', 'root'), out: at('none'), passphrase: both.map((file) => at(file)) }),
    problem('authority_foreign', 'key'),
  );
  assert.ok(!existsSync(at('none')), 'of another key nothing is made');
});
