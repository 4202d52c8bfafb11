/** The intermediate authority is replaced under two processes of one hub, and one is stolen: real TLS, real PostgreSQL, nothing restarts. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { issueDepartmentCertificate } from '../../certs/authority/issueLeaf.ts';
import { createCertificateRequest } from '../../certs/authority/createRequest.ts';
import { authorityId, pinOf } from '../../certs/authority/identifiers.ts';
import type { Authority } from '../../certs/authority/createAuthority.ts';
import { readIntermediate } from '../../certs/authority/readIntermediate.ts';
import { privateKeyPem } from '../../certs/authority/keyPair.ts';
import { provePossession } from '../../certs/authority/possession.ts';
import { readRevocationList } from '../../certs/authority/revocationList.ts';
import { writeRequest } from '../../clients/cli/authority/authority.ts';
import { signed } from '../../clients/cli/authority/sign.ts';
import { acceptanceLasts, acceptedRoot, rootToCome } from '../../hub/identity/directory/acceptedRoot.ts';
import { graceRenew } from '../../hub/identity/enrolment/renew.ts';
import { currentRoot } from '../../hub/identity/directory/currentRoot.ts';
import { followRoot, storedAuthorities } from '../../hub/identity/store/authorities.ts';
import type { Leaf } from '../../log/leaf.ts';
import { newKeyPair, newSerial, newAuthority } from '../../machine/newKeyPair.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { Problem } from '../../terms/problem.ts';
import {
  besides,
  crl,
  indexOf,
  storeCeremony,
  newestTake,
  renewed,
  replacementIn,
  type Replacement,
  shownBy,
  reported,
  typed,
} from './authorityCeremony.ts';
import { copyKeys } from '../copyKeys.ts';
import { testDatabase } from '../database.ts';
import { profileOf } from '../demoState.ts';
import { applyCity, testHub, type Machine, type TestHub } from '../hub.ts';
import { acceptAs, type StaffReply } from '../secondPerson.ts';
import { leavesWhere } from '../leafTexts.ts';
import { readBackIsOver, takenOut } from '../takenOut.ts';
import { typedDatong } from '../typedDatong.ts';

const database = await testDatabase({ connections: 8 });
const folder = mkdtempSync(join(tmpdir(), 'datong-authorities-'));
const at = (...names: string[]): string => join(folder, ...names);
const first = await testHub({ database, jobsByTime: false });
copyKeys(join(first.stateDir, 'keys'), at('keys'));
const second = await testHub({ database, jobsByTime: false, keysDir: at('keys') });
const hubs = [first, second] as const;
after(async () => {
  for (const hub of [second, first]) await hub.stop();
  rmSync(folder, { recursive: true });
});
// the hub's own root, carried away
copyKeys(join(first.stateDir, 'keys'), at('root'), {
  filter: (file) => !basename(file).includes('.') || basename(file).startsWith('authority-root'),
});

await applyCity(first, ['city/departments.yaml']);
const operator = await first.token('operator', ['operator']);
const security = await first.token('security', ['security']);
const settled = (): Promise<unknown> => Promise.all(hubs.map(({ hub }) => hub.services.identity.reload()));
await settled();
const old = await first.enrol('education');
const spare = await first.enrol('ecology');
const signer = ({ hub }: TestHub) => hub.keys.authority.signer;
const began = signer(first);

const reportedBy = (machine: Machine): Promise<string[]> =>
  Promise.all(hubs.map((hub) => reported(hub, machine)));

const bodyIn = (out: string): Replacement => replacementIn(at(out));
/** A key in the folder of the first process alone, and what the root makes of its request. */
async function ceremony(
  out: string,
  revoke: string[] = [],
): Promise<{ readonly body: Replacement; readonly key: string }> {
  const { request, key } = await writeRequest({ out: at(out), keys: join(first.stateDir, 'keys') });
  await signed(request, { root: at('root'), out: at(out), from: 'now', revoke });
  return { body: bodyIn(out), key };
}
const propose = async (body: object, hub: TestHub = first) => {
  const { status, json } = await hub.staff(operator, 'POST', '/v1/authority', body);
  return { status, body: json };
};
const listener = { ca: first.ca, ports: { staff: Number(new URL(first.hub.origins.staff).port) } };

test('what the root did not sign, or signed before, or signed for another, is refused by its code', async () => {
  const { body } = await ceremony('tried');
  const elsewhere = await newAuthority('yunxi', Date.now());
  const list = body.revocationList;
  const standing = first.hub.keys.authority.rootRevocationList;
  for (const [status, code, changed] of [
    [400, 'authority_malformed', { revocationList: list.repeat(2) }],
    [400, 'authority_malformed', { revocationList: 'a list' }],
    [400, 'authority_malformed', { certificate: body.certificate?.repeat(2) }],
    [409, 'authority_foreign', { revocationList: elsewhere.rootRevocationList }],
    [409, 'authority_foreign', { certificate: elsewhere.intermediateCertificate }],
    [409, 'authority_unsuitable', { certificate: first.ca }],
    [409, 'authority_unsuitable', { revocationList: standing }],
    [400, 'invalid_request', { revocationList: undefined }],
    [400, 'invalid_request', { revocationList: 'x'.repeat(70_000) }],
  ] as const) {
    const answer = await propose({ ...body, ...changed });
    assert.deepEqual([answer.status, answer.body['code']], [status, code], JSON.stringify(answer.body));
  }
  // its key is not in this process's folder
  const lacking = await propose(body, second);
  assert.deepEqual([lacking.status, lacking.body['code']], [503, 'keys_missing']);
  // no list ends the authority that signs, without another one in its place
  await signed(undefined, {
    root: at('root'),
    out: at('ending'),
    from: 'now',
    revoke: [at('root', 'signs.crt')].map((file) => {
      cpSync(join(first.stateDir, 'keys', 'authority-intermediate.crt'), file);
      return file;
    }),
  });
  const revocationList = readFileSync(at('ending', 'authority-root.crl'), 'utf8');
  const ending = await propose({ revocationList, reason: 'test' });
  assert.deepEqual([ending.status, ending.body['code']], [409, 'authority_unsuitable']);
  // and the root goes on as if it had never been asked
  cpSync(at('tried', 'authority-root.crl'), at('root', 'authority-root.crl'));
  assert.deepEqual(signer(first).serial, began.serial);
});

test('two persons replace it: both processes sign with the new one and believe the old one’s leaves', async () => {
  const { body, key } = await ceremony('renewal');
  const proposed = await propose(body);
  assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
  assert.equal(
    (await propose(body)).body['proposal'],
    proposed.body['proposal'],
    'the same again is the same',
  );
  assert.equal(
    (await acceptAs(listener, operator, proposed)).status,
    403,
    'no one accepts their own proposal',
  );
  await settled();
  assert.equal(signer(first).serial, began.serial, 'not before the second person');
  cpSync(key, at('keys', basename(key)));
  // an account that may insert rows takes the number and the serials of what waits, and the certificate under a serial of its own
  const { number } = await readRevocationList(body.revocationList, first.ca);
  const { serial: waits, certificate } = readIntermediate(body.certificate ?? '', first.ca);
  await database.app.query("INSERT INTO authority_root_list (root, number, list) VALUES (0, $1, 'x')", [
    number,
  ]);
  await database.app.query(
    "INSERT INTO authority_intermediate (root, serial, certificate) VALUES (0, $1, 'x'), (0, 'f00d', $2)",
    [waits, certificate],
  );
  const accepted = await acceptAs(listener, security, proposed);
  assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
  assert.equal((await propose(body)).status, 200, 'it stands already');
  for (const hub of hubs) {
    await hub.hub.services.identity.reload();
    assert.deepEqual([signer(hub).serial, hub.hub.keys.authority.rootList.number], [waits, number]);
  }
  await assert.rejects(
    database.app.query("INSERT INTO authority_root_list (root, number, list) VALUES (0, 1, 'x')"),
    /authority_root_list_pkey/,
    'one text of a root is one row',
  );
  await settled();
  const serial = signer(first).serial;
  assert.notEqual(serial, began.serial);
  for (const hub of hubs) {
    assert.equal(signer(hub).serial, serial);
    assert.match(await shownBy(hub), /Departments CA [0-9a-f]{8}/, 'the listeners show it');
  }
  const files = readdirSync(at('keys')).filter((name) => /^authority-intermediate-.*\.crt$/.test(name));
  assert.equal(files.length, 1, 'the other process keeps it in its folder');
  const fresh = await second.enrol('transport');
  assert.deepEqual(
    new X509Certificate(fresh.tls.cert).issuer,
    new X509Certificate(signer(first).certificate).subject,
  );
  for (const machine of [old, spare, fresh]) assert.deepEqual(await reportedBy(machine), ['ok', 'ok']);

  // a revoked one of each is on the list of its own issuer, and is refused everywhere
  const other = await first.enrol('pub-security');
  await settled();
  for (const machine of [spare, other]) {
    assert.deepEqual(await reportedBy(machine), ['ok', 'ok']);
    const path = `/v1/certificates/${machine.serial}/revocation`;
    const revoked = await first.staff(security, 'POST', path, { reason: 'cessation' });
    assert.equal(revoked.status, 200, JSON.stringify(revoked.json));
  }
  await settled();
  for (const machine of [spare, other])
    assert.ok(!(await reportedBy(machine)).includes('ok'), `${machine.department} is let in`);
  for (const hub of hubs) {
    assert.deepEqual(await crl(hub, began.serial, began.certificate), [spare.serial]);
    assert.deepEqual(await crl(hub, serial, signer(hub).certificate), [other.serial]);
    assert.deepEqual(await crl(hub, 'intermediate', signer(hub).certificate), [other.serial]);
  }
  assert.deepEqual(await reportedBy(old), ['ok', 'ok']);
});

test('a stolen one ends at once with everything it issued; departments come back by their signing keys', async () => {
  const thief = { ...first.hub.keys.authority, rootCertificate: first.ca };
  const stolen = signer(first);
  const victim = await first.enrol('audit');
  const pair = newKeyPair();
  const forged = await issueDepartmentCertificate(
    {
      ...thief,
      rootRevocationList: '',
      intermediateCertificate: stolen.certificate,
      intermediateKey: stolen.key,
    },
    { serial: newSerial(), department: 'audit', publicKey: pair.publicKey, now: Date.now() },
  );
  const { body, key } = await ceremony('theft', [at('renewal', 'authority-intermediate.crt')]);
  cpSync(key, at('keys', basename(key)));
  const accepted = await acceptAs(listener, security, await propose({ ...body, reason: '失窃' }));
  assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
  await settled();
  assert.ok(!(await reportedBy(victim)).includes('ok'));
  assert.deepEqual(await reportedBy(old), ['ok', 'ok'], 'the one before it was not stolen');
  const { identity } = first.hub.services;
  assert.equal(identity.diagnoseHandshake(new X509Certificate(victim.tls.cert)).code, 'certificate_revoked');
  assert.equal(
    identity.diagnoseHandshake(new X509Certificate(forged.certificate)).code,
    'certificate_revoked',
  );

  const renewed = async (shown: string, tls = newKeyPair()) => {
    const csr = await createCertificateRequest(tls);
    const claims = { aud: first.hub.origins.exchange, csr, iat: Math.floor(database.now() / 1000) };
    const proof = provePossession('renewal', claims, victim.signing);
    const reply = await identity.perform('graceRenew', { proven: {} }, (context) =>
      identity.prepare(graceRenew, new X509Certificate(shown), { csr, proof }, context),
    );
    return { cert: reply.certificate, key: privateKeyPem(tls.privateKey) };
  };
  await assert.rejects(
    renewed(forged.certificate),
    (error) => error instanceof Problem && error.code === 'certificate_unknown',
  );
  let again = victim;
  const renewal = await victim.client.certificate.renewWhenDue({
    atOnce: true,
    keep: (tls) => {
      again = { ...victim, tls: { cert: tls.cert, key: tls.key } };
    },
  });
  assert.notEqual(renewal?.serial, victim.serial);
  await settled();
  assert.deepEqual(await reportedBy(again), ['ok', 'ok']);

  // an older list would pardon it
  const pardon = await propose(bodyIn('renewal'));
  assert.deepEqual([pardon.status, pardon.body['code']], [409, 'authority_unsuitable']);
});

test('a hub that is started again on an archive from before knows what was stolen; who is to sign is vouched for by two persons', async () => {
  const current = signer(second);
  const newest = second.hub.keys.authority.rootRevocationList;
  const entries = async (): Promise<number> =>
    (await leavesWhere(database)).filter(({ operation }) => operation === 'takeAuthority').length;
  await database.owner.query('DELETE FROM authority_intermediate');
  await database.owner.query('DELETE FROM authority_root_list');
  copyKeys(at('keys'), at('copied'));
  const third = await testHub({ database, jobsByTime: false, keysDir: at('copied') });
  const { authority } = third.hub.keys;
  assert.equal(authority.rootRevocationList, newest);
  assert.equal(await entries(), 1, 'it is told in the log');
  assert.equal(signer(third).serial, began.serial, 'a file in a folder makes no authority trusted');
  assert.deepEqual(
    authority
      .unvouched()
      .map(({ id }) => id)
      .includes(current.id),
    true,
  );
  const { rows } = await database.owner.query('SELECT FROM authority_intermediate');
  assert.equal(rows.length, 0, 'nor by other processes');
  const accepted = await acceptAs(
    { ca: third.ca, ports: { staff: Number(new URL(third.hub.origins.staff).port) } },
    security,
    await propose(bodyIn('theft'), third),
  );
  assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
  await third.hub.services.identity.reload();
  assert.equal(signer(third).serial, current.serial);
  await third.stop();
  rmSync(at('copied', `authority-intermediate-${current.id}.pem`));
  await assert.rejects(
    testHub({ database, jobsByTime: false, keysDir: at('copied') }),
    (error) => error instanceof Problem && error.code === 'keys_missing',
  );
});

test('the root’s other copy, which knows nothing of the theft, pardons no certificate by way of a key folder', async () => {
  copyKeys(at('keys'), at('pardoning'));
  copyKeys(at('root'), at('copyB'));
  cpSync(at('renewal', 'authority-root.crl'), at('copyB', 'authority-root.crl'));
  const { request } = await writeRequest({ out: at('forgets'), keys: at('pardoning') });
  await signed(request, { root: at('copyB'), out: at('forgets'), from: 'now', revoke: [] });
  const listed = async (place: string) =>
    (
      await readRevocationList(
        readFileSync(at(place, 'authority-root.crl'), 'utf8'),
        first.hub.keys.authority.rootCertificate,
      )
    ).revoked.length;
  assert.deepEqual([await listed('forgets'), await listed('theft')], [0, 1]);
  cpSync(at('forgets', 'authority-root.crl'), at('pardoning', 'authority-root.crl'));
  await assert.rejects(
    testHub({ database, jobsByTime: false, keysDir: at('pardoning') }),
    (error) => error instanceof Problem && error.code === 'authority_unsuitable',
  );
});

async function newestEntry(): Promise<Leaf> {
  const written = (await leavesWhere(database)).filter(({ kind }) => kind === 'management');
  return written.at(-1) ?? assert.fail('nothing was written');
}

/** Runs each statement that a page gives to psql. */
async function typedInPsql(commands: string): Promise<void> {
  for (const [, statement = ''] of commands.matchAll(/-c '([^']+)'/g)) await database.owner.query(statement);
}

test('another key of the root: two persons accept it by its pin, as docs/keys.md describes; no former certificate is let in, no former root comes back, and the log continues', async () => {
  const [page, translated] = ['keys.md', 'keys.zh-CN.md'].map((name) =>
    readFileSync(join(import.meta.dirname, '../../docs', name), 'utf8'),
  );
  const [verbs = '', files = '', statements = ''] = typed(page, 'Another key of the root');
  assert.deepEqual(typed(translated, '根换一把密钥'), [verbs, files, statements]);

  const state = at('rerooted');
  mkdirSync(state);
  copyKeys(at('keys'), join(state, 'keys'));
  const readyIn = ({ hub }: TestHub) => hub.services.readiness?.['authority']?.();
  /** A ceremony's folder, as the verbs and the commands of the page take it. */
  const rootIn = async (place: string, name = 'yunxi', now = Date.now()) =>
    written(place, await newAuthority(name, now));
  const written = (place: string, made: Authority) => {
    storeCeremony(at(place), made);
    const { rootCertificate: root, intermediateCertificate: certificate } = made;
    return { root, certificate, revocationList: made.rootRevocationList, reason: '密钥失窃' };
  };
  const installed = (place: string): void => {
    const script = files.replaceAll('/media/authority', at(place));
    execFileSync('sh', ['-euc', `rm -rf old-authority\n${script}`], { cwd: state });
  };
  const keys = { database, jobsByTime: false, keysDir: join(state, 'keys') };
  const startedFrom = async (from: string, place: string): Promise<void> => {
    copyKeys(from, at(place));
    await (await testHub({ ...keys, keysDir: at(place) })).stop();
  };
  const refused = (work: Promise<unknown>, code: string): Promise<void> =>
    assert.rejects(work, (error) => error instanceof Problem && error.code === code);
  const foreign = (work: Promise<unknown>): Promise<void> => refused(work, 'authority_foreign');
  const serialIn = (certificate: string) => new X509Certificate(certificate).serialNumber.toLowerCase();

  const before = await newAuthority('yunxi', Date.now() - 3_600_000);
  const stolen = written('stolen', before);
  const made = written('authority', await renewed(before));
  const other = await rootIn('another');
  for (const [code, body] of [
    ['authority_unsuitable', { ...made, root: (await rootIn('elsewhere', 'linhe')).root }],
    ['authority_unsuitable', { ...made, root: first.ca }],
    ['authority_unsuitable', { ...made, root: 'no certificate' }],
    ['authority_unsuitable', { root: made.root, revocationList: made.revocationList, reason: '密钥失窃' }],
    ['authority_unsuitable', await rootIn('ended', 'yunxi', Date.now() - 6 * 365 * 86_400_000)],
    ['authority_unsuitable', await rootIn('early', 'yunxi', Date.now() + 3 * 86_400_000)],
    ['authority_foreign', { ...made, certificate: other.certificate }],
    ['authority_foreign', { ...made, revocationList: other.revocationList }],
    ['authority_malformed', { ...made, revocationList: 'a list' }],
  ] as const) {
    const answer = await propose(body);
    assert.equal(answer.body['code'], code, JSON.stringify(answer.body));
  }

  // one person's word is none, and nothing changes before the processes are started with the folder
  installed('authority');
  const words = (verbs.split('\n')[0] ?? '').replaceAll('/media/authority', at('authority'));
  const env = { DATONG_TOKEN: operator, DATONG_HOME: at('none') };
  writeFileSync(
    at('datong.json'),
    JSON.stringify(profileOf(old, { ...first.hub.origins, ca: first.ca, keys: undefined })),
  );
  const ran = await typedDatong(
    words
      .replaceAll("'", '')
      .replace('the key of the root was stolen', 'stolen')
      .split(' ')
      .slice(1)
      .concat('--json'),
    { cwd: folder, env },
  );
  assert.equal(ran.code, 0, ran.stderr);
  await foreign(testHub(keys));
  const proposal = JSON.parse(ran.stdout) as Record<string, unknown>;
  assert.match(JSON.stringify(proposal), /proposal/);
  // a row without an entry, or with another kind of entry, proves nothing: neither an acceptance nor a root that followed
  const rootNow = () => currentRoot(first.hub.services);
  const { nth } = await rootNow();
  const another = (await leavesWhere(database)).filter((one) => one.operation === 'acceptProposal');
  const otherAct = another[0] ?? assert.fail('nothing was accepted');
  for (const entry of [uuid7(Date.now()), ...another.map(({ id }) => id)])
    await database.app.query(
      'INSERT INTO authority_root_accepted (after, pin, exchange) VALUES ($1, $2, $3)',
      [nth, pinOf(made.root), entry],
    );
  assert.ok(another.length > 1);
  await foreign(testHub(keys));
  for (const invented of [nth + 1, nth + 2, '9223372036854775807']) {
    const claimed = [invented, pinOf(made.root), otherAct.id];
    await database.app.query('INSERT INTO authority_root (nth, pin, exchange) VALUES ($1, $2, $3)', claimed);
    await database.app.query(
      'INSERT INTO authority_root_list (root, number, list, exchange) VALUES ($1, 1, $2, $3)',
      [invented, made.revocationList, otherAct.id],
    );
  }
  await foreign(testHub(keys));
  // and an unsigned record stops nothing: the hub continues, starts under the proven root, and reports so
  const garbage = [nth, 'no list', otherAct.id];
  await database.app.query(
    'INSERT INTO authority_root_list (root, number, list, exchange) VALUES ($1, 9000000000000000, $2, $3)',
    garbage,
  );
  await database.app.query(
    'INSERT INTO authority_intermediate (root, serial, certificate, exchange) VALUES ($1, $3::uuid::text, $2, $3::uuid)',
    garbage,
  );
  await settled();
  assert.deepEqual(await reportedBy(old), ['ok', 'ok']);
  const untold = '5 rows of the database name an authority that no entry or root vouches for';
  assert.equal(await readyIn(first), `degraded: ${untold}`);
  copyKeys(at('keys'), at('beside'));
  const beside = await testHub({ ...keys, keysDir: at('beside') });
  assert.equal(await readyIn(beside), `degraded: ${untold}`);
  await beside.stop();
  // nor is anything proven for a row that names another act: a missing neighbouring entry stops no one
  await readBackIsOver();
  await takenOut(database, besides(await indexOf(database, otherAct)), async () => {
    await settled();
    assert.equal(await readyIn(first), `degraded: ${untold}`);
    await startedFrom(at('keys'), 'holed');
  });

  // the newest acceptance alone counts
  const accepts = async (body: StaffReply): Promise<void> => {
    const accepted = await acceptAs(listener, security, body);
    assert.equal(accepted.status, 201, JSON.stringify(accepted.body));
  };
  await accepts({ status: 202, body: proposal });
  await accepts(await propose(other));
  await foreign(testHub(keys));
  await accepts(await propose(made));
  const acceptance = await newestEntry();
  const list = await readRevocationList(made.revocationList, made.root);
  const { author: _, proposal: __, digest: ___, ...changed } = acceptance.change ?? {};
  const intermediate = readIntermediate(made.certificate, made.root).id;
  const seen = {
    list: list.number,
    revoked: serialIn(stolen.certificate),
    serial: serialIn(made.certificate),
    root: pinOf(made.root),
  };
  assert.deepEqual(changed, {
    kind: 'Authority',
    id: `root-${authorityId(new X509Certificate(made.root).publicKey)}`,
    reason: '密钥失窃',
    changed: true,
    ...seen,
    after: nth,
    intermediate,
  });
  const { services } = first.hub;
  const stored = { ...(await storedAuthorities(database.app, nth)), nth };
  const until = Date.parse(acceptance.at) + acceptanceLasts;
  assert.equal((await acceptedRoot(services, stored, until - 1))?.entry, acceptance.id);
  assert.equal(await acceptedRoot(services, stored, until), undefined, 'it ends by itself');
  const elsewhere = { ...stored, nth: nth + 1 };
  assert.equal(await acceptedRoot(services, elsewhere, until - 1), undefined, 'it was to follow another one');
  const late = { nth: nth + 2, pin: pinOf(made.root) };
  assert.equal(await followRoot(database.app, late, uuid7(Date.now())), false, 'the number is taken');
  // it is shown with the day and whose turn it is
  const ends = new Date(until).toISOString();
  const line = `the accepted root ${pinOf(made.root)} waits for its key folder until ${ends}: stop every process, give each that folder, start them`;
  assert.equal(await readyIn(first), `degraded: ${line}; ${untold}`);
  const rootsShownTo = async (token: string) => {
    const { json } = await first.staff(token, 'GET', '/v1/inbox?kind=certificates');
    const waiting = (json['certificates'] as { what: string; pin?: string; ends: string }[]).filter(
      ({ what }) => what === 'accepted-root',
    );
    return waiting.map(({ pin, ends: day }) => [pin, day]);
  };
  for (const token of [operator, security])
    assert.deepEqual(await rootsShownTo(token), [[pinOf(made.root), ends]]);
  assert.deepEqual(await rootsShownTo(await first.token('auditor', ['auditor'])), []);

  // where an entry is missing that its proof needs it cannot be verified: it is not shown, and the hub starts under the single proven root
  const unproven = /^degraded: (?:.*; )?entry \d+ of the log is missing; without it, it cannot be proven/;
  await readBackIsOver();
  const behind = (await newestTake(database)) + 1;
  const holes = besides(await indexOf(database, acceptance)).filter((index) => index > behind);
  await takenOut(database, holes, async () => {
    await settled();
    assert.match(String(await readyIn(first)), unproven);
    const { status, json } = await first.staff(operator, 'GET', '/v1/inbox?kind=certificates');
    assert.deepEqual([status, JSON.stringify(json).includes('accepted-root')], [200, false]);
    await startedFrom(at('keys'), 'doubted');
    await refused(testHub(keys), 'log_entry_missing');
  });

  // what both persons saw revoked signs nothing
  installed('stolen');
  await foreign(testHub(keys));
  installed('authority');
  writeFileSync(join(state, 'keys', 'authority-root.crl'), stolen.revocationList);
  await refused(testHub(keys), 'authority_unsuitable');
  installed('authority');
  await settled();
  assert.deepEqual(await reportedBy(old), ['ok', 'ok']);
  await startedFrom(at('keys'), 'still');

  // the number of its list is taken already, as the next root's
  await database.app.query(
    "INSERT INTO authority_root_list (root, number, list) VALUES ($1, $2, 'no list')",
    [nth + 3, list.number],
  );
  // two processes at the same moment: one takes it, and the other finds that it did
  copyKeys(keys.keysDir, at('atOnce'));
  const [third, twin] = await Promise.all([testHub(keys), testHub({ ...keys, keysDir: at('atOnce') })]);
  try {
    const taken = (await leavesWhere(database)).filter(
      ({ operation, change }) => operation === 'takeAuthority' && change?.['accepted'] !== undefined,
    );
    assert.deepEqual(
      taken.map(({ change }) => change),
      [{ ...seen, accepted: acceptance.id, id: intermediate, nth: nth + 3 }],
    );
    assert.deepEqual(
      [third, twin].map(({ hub }) => hub.keys.authority.rootCertificate),
      [made.root, made.root],
    );
    await twin.stop();
    assert.deepEqual(await rootToCome(third.hub.services, Date.now()), {}, 'nothing waits any more');
    // a process that is still under the former root serves no one, and reports why
    assert.equal(await readyIn(first), 'authority_foreign');
    await foreign(settled());
    assert.equal(third.hub.keys.authority.rootCertificate, made.root);
    assert.notEqual(await reported(third, old), 'ok', 'a certificate of before');
    assert.notEqual(
      await reported({ ...third, ca: first.ca }, old),
      'ok',
      'nor does its owner trust the hub',
    );
    const again = await third.enrol('transport');
    assert.match(await reported(third, again), /^ok$|^key_not_confirmed$/);
    // and what is here now is what another process finds; a folder of before is none any more
    const fourth = await testHub({ ...keys, keysDir: join(state, 'keys') });
    assert.equal(fourth.hub.keys.authority.rootCertificate, made.root);
    await fourth.stop();
    await foreign(testHub({ ...keys, keysDir: at('still') }));
    const tellings = (await leavesWhere(database)).filter(({ change }) => change?.['nth'] === nth + 3);
    assert.equal(tellings.length, 1, 'a start that changes nothing tells nothing');
    assert.equal(third.hub.keys.authority.rootList.number, list.number);
    assert.equal((await storedAuthorities(database.app, nth + 3)).lists.length, 2);
    const port = Number(new URL(third.hub.origins.staff).port);
    const proposed = await propose(await rootIn('late'), third);
    const accepted = await acceptAs({ ca: third.ca, ports: { staff: port } }, security, proposed);
    assert.equal(accepted.status, 201, JSON.stringify(accepted.body));

    // one entry missing after the take-over: a signed state of before proves which root is in force
    const took = await indexOf(database, tellings[0] ?? assert.fail());
    const inboxOf = async () => (await third.staff(operator, 'GET', '/v1/inbox?kind=certificates')).status;
    await readBackIsOver();
    assert.match(String(await readyIn(third)), /^degraded: the accepted root .* waits/);
    await takenOut(database, [took + 1], async () => {
      await third.hub.services.identity.reload();
      const { pin, missing } = await currentRoot(third.hub.services);
      assert.deepEqual([pin, missing], [pinOf(made.root), undefined]);
      assert.match(String(await readyIn(third)), /^degraded: /);
      await startedFrom(keys.keysDir, 'behind');
    });
    // one that every proof of the take-over needs: a process under it continues and reports so, and none starts under what is not proven
    await takenOut(database, besides(took), async () => {
      await third.hub.services.identity.reload();
      assert.equal(third.hub.keys.authority.rootCertificate, made.root);
      assert.match(String(await readyIn(third)), unproven);
      assert.equal(await inboxOf(), 200);
      await refused(startedFrom(keys.keysDir, 'unproven'), 'log_entry_missing');
      await refused(testHub({ ...keys, keysDir: at('still') }), 'log_entry_missing');
    });
    await third.hub.services.identity.reload();
    assert.match(String(await readyIn(third)), /^degraded: the accepted root .* waits/);
  } finally {
    await third.stop();
  }

  // of a hub that cannot be asked any more
  installed('another');
  await foreign(testHub(keys));
  await typedInPsql(statements);
  const fifth = await testHub(keys);
  const current = await currentRoot(fifth.hub.services);
  await fifth.stop();
  const { operation, change = {} } = await newestEntry();
  assert.deepEqual(
    [operation, change['root'], change['serial'], change['accepted']],
    ['takeAuthority', pinOf(other.root), serialIn(other.certificate), undefined],
  );
  // what was accepted to follow the root before it does not follow this one
  assert.deepEqual([current.nth, current.pin], [nth + 4, pinOf(other.root)]);
  installed('late');
  await foreign(testHub(keys));
});
