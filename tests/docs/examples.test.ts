/**
 * The examples of clients/examples, each in its own language against a real hub, with a forger between them: what is answered or refused
 * is reported with its proof, and nothing that does not hold is ever taken for an answer.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync, type ExecFileOptions } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash, createPrivateKey, createPublicKey, sign, X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { prolongRoot } from '../../certs/authority/createAuthority.ts';
import { lifetimes } from '../../certs/authority/lifetimes.ts';
import { pinOf } from '../../certs/authority/identifiers.ts';
import { contentDigest } from '../../certs/signatures/index.ts';
import { signReply } from '../../certs/signatures/fixtures/inOneCall.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { writeAnchors } from '../../clients/cli/demo/stage.ts';
import type { AnchorsFile } from '../../log/anchors.ts';
import { noteSigner } from '../../log/note/noteKey.ts';
import { root } from '../../scripts/generated.ts';
import { testDatabase } from '../database.ts';
import { startForger, type Forgery } from '../forger.ts';
import { freePorts } from '../freePorts.ts';
import { sampleCity, testHub, type TestHub } from '../hub.ts';
import { compileJava, example, languagesIn, skipOf } from './languages.ts';
import { issueEnrolmentCode } from '../../hub/identity/enrolment/enrolmentCode.ts';
import { newNotePair, newSerial } from '../../machine/newKeyPair.ts';

const folder = mkdtempSync(join(tmpdir(), 'datong-examples-'));
const languages = languagesIn(folder);
const dataset = '/v1/datasets/pub-security.household/query';
const context = ['purpose=school-enrolment', 'on-behalf-of=clerk-0042', 'matter=RX-2026-000123'];
const database = await testDatabase();
const forger = await startForger();
let started: TestHub;
let body = '';

before(async () => {
  compileJava(languages, folder);
  const port = await freePorts();
  started = await testHub({ database, behind: { origin: forger.origin, port } });
  assert.equal(started.hub.origins.exchange, forger.origin);
  await forger.join(started.hub, port);
  const enrol = started.enrol.bind(started);
  started.enrol = async (department) => {
    const machine = await enrol(department);
    forger.certificates.set(department, machine.tls);
    return machine;
  };
  const { education, publicSecurity } = await sampleCity(started);
  const file = householdFile(1500, 7);
  const child = file.good.find((person) => person.guardian !== '' && person.region === '990101');
  assert.ok(child);
  body = JSON.stringify({ filter: [{ field: 'person_id', op: 'eq', value: child.id }] });
  await publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
  writeAnchors(folder, started.hub);
  const files = {
    'hub-root.pem': started.ca,
    'tls.cert.pem': education.tls.cert,
    'tls.key.pem': education.tls.key,
    'signing.key.pem': education.signing.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
after(async () => {
  forger.close();
  await started.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
function call(
  [program, ...args]: readonly [string, ...string[]],
  agreement: string,
  forgery?: Forgery,
): Promise<Ran> {
  forger.forgery = forgery;
  const words = [forger.origin, folder, 'POST', dataset, body, ...context, `agreement=${agreement}`];
  return spawned(program, [...args, ...words]);
}

/** Replies that must not be believed. `resigned` are those that the hub's own key signs: only the receipt reveals it. */
const forgeries: Readonly<Record<string, Forgery>> = {
  'another body': (reply) => ({ ...reply, body: Buffer.from('{"records":[]}') }),
  'another body with its digest': (reply) => {
    const other = Buffer.from('{"records":[]}');
    return { ...reply, body: other, headers: { ...reply.headers, 'content-digest': contentDigest(other) } };
  },
  'another status': (reply) => ({ ...reply, status: 201 }),
  'no receipt': ({ headers: { 'datong-receipt': _, ...headers }, ...reply }) => ({ ...reply, headers }),
  'a body that its entry does not know, signed by the hub': (reply, request) =>
    resigned(reply, request, Buffer.from('{"records":[]}')),
  'the receipt of another exchange, signed by the hub': (reply, request) =>
    resigned({ ...reply, headers: { ...reply.headers, ...otherReceipt } }, request, reply.body),
};
let otherReceipt: Readonly<Record<string, string>> = {};

function resigned(
  { status, headers }: Parameters<Forgery>[0],
  request: Parameters<Forgery>[1],
  answer: Buffer,
): ReturnType<Forgery> {
  const { 'content-digest': _, 'signature-input': __, signature: ___, ...sent } = headers;
  const key = started.hub.services.keys.hubSigning;
  const names = ['content-type', 'datong-exchange-id', 'datong-receipt'];
  const covered = Object.fromEntries(Object.entries(sent).filter(([name]) => names.includes(name)));
  const signed = signReply({
    status,
    headers: covered,
    body: answer,
    request,
    key,
    created: Math.floor(Date.now() / 1000),
  });
  return { status, headers: { ...sent, ...signed }, body: answer };
}

const noShell = skipOf(languages[2] ?? { command: undefined, needs: 'shell' });

for (const { name, file, command, needs } of languages) {
  test(`${name}: fits on a page (${file})`, () => {
    assert.ok(readFileSync(example(file), 'utf8').trimEnd().split('\n').length < 100);
  });

  const skip = skipOf({ command, needs });
  describe(name, { skip }, () => {
    assert.ok(command !== undefined || skip !== false, `this machine has no ${needs}`);
    const run = command ?? ['false'];

    test('an answer is signed, sent, and verified with its receipt', async () => {
      const ran = await call(run, 'agr-school-enrolment', (reply) => {
        otherReceipt = { 'datong-receipt': reply.headers['datong-receipt'] ?? '' };
        return reply;
      });
      assert.equal(ran.code, 0, ran.stderr);
      assert.equal((JSON.parse(ran.stdout) as { records: unknown[] }).records.length, 1);
    });

    test('a refusal is verified too, and reported by its code', async () => {
      const ran = await call(run, 'agr-none');
      assert.equal(ran.code, 1, ran.stderr);
      assert.equal((JSON.parse(ran.stdout) as { code: string }).code, 'agreement_unknown');
    });

    test('a refusal before the application is unsigned: it is shown as such, and is no answer', async () => {
      forger.host = 'evil.example';
      const ran = await call(run, 'agr-school-enrolment');
      forger.host = undefined;
      assert.equal(ran.code, 3, ran.stderr);
      assert.match(ran.stderr, /421, unsigned: .*host_mismatch/);
      assert.equal(ran.stdout, '');
    });

    for (const [what, forgery] of Object.entries(forgeries)) {
      test(`${what}: does not hold`, async () => {
        const ran = await call(run, 'agr-school-enrolment', forgery);
        assert.equal(ran.code, 5, `${ran.stdout}${ran.stderr}`);
        assert.match(ran.stderr, /does not hold/);
        assert.equal(ran.stdout, '');
      });
    }

    test('a log of the same name with another key: does not hold', async () => {
      const path = join(folder, 'anchors.json');
      const anchors = readFileSync(path, 'utf8');
      const parsed = JSON.parse(anchors) as AnchorsFile;
      const { vkey } = noteSigner(parsed.origin, newNotePair().privateKey);
      writeFileSync(path, JSON.stringify({ ...parsed, logKeys: [vkey] }));
      const ran = await call(run, 'agr-school-enrolment');
      writeFileSync(path, anchors);
      assert.equal(ran.code, 5, ran.stderr);
    });

    test('no server: no connection', async () => {
      const there = existsSync(join(folder, 'tls.cert.pem'));
      assert.ok(there);
      const [program, ...args] = run;
      const nowhere = `https://localhost:${await freePorts()}`;
      assert.equal(
        spawnSync(program, [...args, nowhere, folder, 'POST', dataset, body, ...context]).status,
        2,
      );
    });
  });
}

describe('enrolling by hand, as docs/api.md says', { skip: noShell }, () => {
  const blocks = (page: string): string[] => {
    const text = readFileSync(join(root, page), 'utf8');
    const section = text.slice(text.search(/^## (Enrolling|登记)$/m));
    return [...section.slice(0, section.indexOf('\n## ')).matchAll(/^ +```sh\n([\s\S]*?)```/gm)].map(
      ([, block = '']) => block.replaceAll(/^ {3}/gm, ''),
    );
  };

  test('the commands are the same in both languages', () => {
    assert.equal(blocks('docs/api.md').length, 2);
    assert.deepEqual(blocks('docs/api.zh-CN.md'), blocks('docs/api.md'));
  });

  test('its commands and its table end in a folder that an example exchanges with', async () => {
    const place = mkdtempSync(join(tmpdir(), 'datong-by-hand-'));
    after(() => rmSync(place, { recursive: true, force: true }));
    const { open } = started.hub.origins;
    const { identity } = started.hub.services;
    const { code } = await identity.perform('issueEnrolmentCode', { proven: { staff: 'hub' } }, (context) =>
      identity.prepare(issueEnrolmentCode, { department: 'education' }, context),
    );
    const script = blocks('docs/api.md').join('').replaceAll('hub.example:8444', new URL(open).host);
    const PIN = pinOf(started.ca);
    const ran = await spawned('bash', ['-c', script], { cwd: place, env: { ...process.env, PIN } });
    assert.ok(existsSync(join(place, 'hub-root.pem')), ran.stderr);
    const curl = async (path: string, ...more: string[]): Promise<unknown> =>
      JSON.parse(
        (
          await spawned('curl', ['-sS', '--cacert', 'hub-root.pem', ...more, `${open}${path}`], {
            cwd: place,
          })
        ).stdout,
      );
    const { origin, now } = (await curl('/.well-known/datong-signing')) as { origin: string; now: string };
    const csr = readFileSync(join(place, 'request.pem'), 'utf8');
    const key = createPrivateKey(readFileSync(join(place, 'signing.key.pem')));
    const { kty, crv, x, y } = createPublicKey(key).export({ format: 'jwk' });
    const base64url = (text: string): string => Buffer.from(text).toString('base64url');
    const thumbprint = (text: string): string => createHash('sha256').update(text).digest('base64url');
    const claims = {
      aud: origin,
      csr: thumbprint(csr),
      iat: Math.floor(Date.parse(now) / 1000),
      jwk: { kty, crv, x, y },
      department: 'education',
    };
    const kid = thumbprint(`{"crv":"P-256","kty":"EC","x":"${x ?? ''}","y":"${y ?? ''}"}`);
    const input = [{ alg: 'ES256', kid, typ: 'datong-enrolment+jws' }, claims]
      .map((part) => base64url(JSON.stringify(part)))
      .join('.');
    const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
    const proof = `${input}.${signature.toString('base64url')}`;
    const body = JSON.stringify({ code, csr, proof });
    const enrolled = (await curl(
      '/v1/enrolments',
      ...['-H', 'content-type: application/json', '-d', body],
    )) as { certificate?: string };
    assert.ok(enrolled.certificate !== undefined, JSON.stringify(enrolled));
    writeFileSync(join(place, 'tls.cert.pem'), enrolled.certificate);
    writeFileSync(join(place, 'anchors.json'), JSON.stringify(await curl('/v1/log/anchors')));
    const tls = readFileSync(join(place, 'tls.key.pem'), 'utf8');
    forger.certificates.set('education', { cert: enrolled.certificate, key: tls });
    forger.forgery = undefined;
    const words = [forger.origin, place, 'POST', dataset, '{}', ...context, 'agreement=agr-none'];
    const exchanged = await spawned('bash', [example('datong.sh'), ...words]);
    assert.equal(exchanged.code, 1, exchanged.stderr);
    assert.match(exchanged.stdout, /agreement_unknown/);

    // the root's certificate of twenty years ago ended yesterday; the same commands and the same pin bring the further one
    const rootKey = readFileSync(join(started.stateDir, 'keys', 'authority-root.pem'), 'utf8');
    const yesterday = Date.now() - lifetimes.root - 86_400_000;
    const ended = await prolongRoot({ rootCertificate: started.ca, rootKey }, yesterday, newSerial());
    writeFileSync(join(place, 'hub-root.pem'), ended);
    const nearsEnd = ['x509', '-in', 'hub-root.pem', '-noout', '-checkend', '31622400'];
    assert.equal((await spawned('openssl', nearsEnd, { cwd: place })).code, 1);
    assert.deepEqual(await curl('/v1/log/anchors').catch(() => 'no answer'), 'no answer');
    const again = (blocks('docs/api.md')[0] ?? '').replaceAll('hub.example:8444', new URL(open).host);
    await spawned('bash', ['-c', again], { cwd: place, env: { ...process.env, PIN } });
    const { raw } = new X509Certificate(readFileSync(join(place, 'hub-root.pem')));
    assert.deepEqual(raw, new X509Certificate(started.ca).raw);
    assert.equal((await spawned('openssl', nearsEnd, { cwd: place })).code, 0);
  });
});

/** The hub lives in this process, so that no caller may be waited for while the loop is blocked. */
function spawned(program: string, args: readonly string[], options: ExecFileOptions = {}): Promise<Ran> {
  return new Promise((done) => {
    const child = execFile(program, args, { ...options, encoding: 'utf8' }, (_, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
    child.stdin?.end();
  });
}
