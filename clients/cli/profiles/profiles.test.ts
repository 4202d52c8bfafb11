/** Several hubs and persons side by side, none ever guessed: the verbs as they are typed, against a real hub. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pinOf } from '../../../certs/authority/identifiers.ts';
import type { Ran } from '../../../tests/datong.ts';
import { typedDatong } from '../../../tests/typedDatong.ts';
import { serverCertificate } from '../../../tests/serverCertificate.ts';
import { startStaffHub } from '../../../tests/staffHub.ts';
import { VerbFailure } from '../verb.ts';
import { demandListener } from './profiles.ts';

const hub = await startStaffHub();
const world = mkdtempSync(join(tmpdir(), 'datong-profiles-'));
after(() => rmSync(world, { recursive: true, force: true }));
const home = join(world, 'home');
const folder = join(world, 'work');
mkdirSync(folder);
const pin = pinOf(hub.ca);
const origin = (listener: keyof typeof hub.ports): string => `https://localhost:${hub.ports[listener]}`;
const datong = (words: readonly string[], env: Record<string, string> = {}, cwd = folder): Promise<Ran> =>
  typedDatong(words, { cwd, env: { DATONG_HOME: home, DATONG_STATE: join(world, 'none.json'), ...env } });
const login = (name: string, token: string, ...more: string[]): Promise<Ran> =>
  datong(['login', name, '--hub', origin('staff'), '--pin', pin, ...more], { DATONG_TOKEN: token });

const operator = await hub.token(['operator']);
const auditor = await hub.token(['auditor']);

test('a token becomes a profile that only its owner can read; the first one is in use', async () => {
  const reported = await login('op', operator);
  assert.equal(reported.code, 0, reported.stderr);
  assert.match(reported.stderr, /verbs of staff use the profile op/);
  assert.equal(reported.stdout, '', 'the token is not shown again');
  assert.equal(statSync(join(home, 'profiles/op.json')).mode & 0o777, 0o600);
  const inbox = await datong(['inbox']);
  assert.deepEqual([inbox.code, inbox.stderr.includes('in use')], [0, false], 'only one profile is possible');
});

test('a second profile is added next to the first, and is used where it is named or selected', async () => {
  assert.match((await login('审计', auditor)).stderr, /--profile 审计/);
  const listed = await datong(['profiles']);
  assert.deepEqual(
    listed.stdout.split('\n').map((line) => line.slice(0, 1)),
    ['*', ' ', ''],
  );
  const file = join(folder, 'purpose.yaml');
  writeFileSync(file, 'kind: Purpose\ncode: some-purpose\ntitle: { zh: 一, en: one }\n');
  assert.match((await datong(['apply', file, '--profile', '审计'])).stderr, /scope_missing/);
  assert.equal((await datong(['use', '审计'])).code, 0);
  const unnamed = await datong(['apply', file]);
  assert.match(
    unnamed.stderr,
    /^as 审计 at https:\/\/localhost:\d+ \(the profile in use\)$/m,
    'it says whom it took',
  );
  assert.match(unnamed.stderr, /scope_missing/);
  assert.equal((await datong(['apply', file, '--profile', 'op'])).code, 0);
  assert.match((await login('op', operator)).stderr, /already/, 'no profile is overwritten in passing');
});

test('a verb without a profile lists the profiles; an unknown name is reported', async () => {
  const elsewhere = join(world, 'other-home');
  const none = await datong(['inbox'], { DATONG_HOME: elsewhere });
  assert.deepEqual([none.code, /datong login/.test(none.stderr)], [4, true]);
  const unknown = await datong(['inbox', '--profile', 'nobody']);
  assert.deepEqual([unknown.code, /op, 审计/.test(unknown.stderr)], [2, true]);
  const department = await datong(['send', 'x.csv', '--dataset', 'a.bc']);
  assert.equal(department.code, 4);
  const wrongKind = await datong(['send', 'x.csv', '--dataset', 'a.bc', '--profile', 'op']);
  assert.match(wrongKind.stderr, /of a member of staff; a department's is wanted/);
});

test('a token that is not accepted, another pin, another listener: each is reported, and nothing is stored', async () => {
  const before = readdirSync(join(home, 'profiles'));
  const refused = await login('bad', `dtg_aaaaaaaaaa_${'A'.repeat(43)}`);
  assert.deepEqual([refused.code, /token_invalid/.test(refused.stderr)], [1, true]);
  const otherPin = ['login', 'bad', '--hub', origin('staff'), '--pin', `sha256:${'A'.repeat(43)}`];
  assert.equal((await datong(otherPin, { DATONG_TOKEN: operator })).code, 5);
  for (const listener of ['open', 'exchange'] as const) {
    const there = ['login', 'bad', '--hub', origin(listener), '--pin', pin];
    const reported = await datong(there, { DATONG_TOKEN: operator });
    assert.equal(reported.code, 2, reported.stderr);
    assert.match(reported.stderr, new RegExp(`is the ${listener} listener of this hub; its staff listener`));
  }
  assert.deepEqual(readdirSync(join(home, 'profiles')), before);
});

test('a server that answers as no listener does, or does not answer, is not called the exchange listener', async () => {
  const { ca, tls } = await serverCertificate();
  const answers: readonly ((path: string) => number)[] = [
    () => 503,
    () => 429,
    () => 404,
    (path) => (path === '/v1/inbox' ? 503 : 404),
  ];
  for (const answer of answers) {
    const server = createServer(tls, ({ url = '' }, response) => {
      response.writeHead(answer(url)).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    try {
      const at = `https://localhost:${(server.address() as AddressInfo).port}`;
      await assert.rejects(demandListener(at, ca, 'staff'), (error: unknown) => {
        assert.ok(error instanceof VerbFailure);
        assert.equal(error.exit, 3);
        assert.match(error.text.en, /does not answer as a listener of this hub does \(HTTP \d{3}\)/);
        return true;
      });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }
  await assert.rejects(demandListener('https://localhost:1', ca, 'staff'), { code: 'ECONNREFUSED' });
  // a proxy without a hub behind it
  const proxy = createTcpServer((socket) => socket.resetAndDestroy());
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  try {
    const at = `https://localhost:${(proxy.address() as AddressInfo).port}`;
    await assert.rejects(demandListener(at, ca, 'staff'), { code: 'ECONNRESET' });
  } finally {
    proxy.close();
  }
});

test('an enrolment at another listener says so and leaves no file, in a folder that was there or not', async () => {
  for (const listener of ['staff', 'exchange'] as const) {
    const place = join(world, `enrol-${listener}`);
    const words = ['enrol', 'DT-AAAAA-AAAAA-AAAAA-AAAAA', '--hub', origin(listener), '--pin', pin];
    const reported = await datong([...words, '--dir', place]);
    assert.equal(reported.code, 2, reported.stderr);
    assert.match(reported.stderr, new RegExp(`is the ${listener} listener of this hub; its open listener`));
    assert.equal(existsSync(place), false);
  }
});

test('what is registered is read as a member of staff, page after page, as columns or as JSON', async () => {
  for (const code of ['first-one', 'second-one']) {
    const file = join(folder, `${code}.yaml`);
    writeFileSync(file, `kind: Department\ncode: ${code}\nname: { zh: 某局, en: Some }\ntype: government\n`);
    assert.equal((await datong(['apply', file, '--profile', 'op'])).code, 0);
  }
  const reported = await datong(['departments', '--profile', '审计']);
  assert.equal(reported.stdout, 'first-one   government    Some\nsecond-one  government    Some\n');
  const json = await datong(['departments', '--profile', 'op', '--limit', '1', '--json']);
  assert.equal((JSON.parse(json.stdout) as { departments: unknown[] }).departments.length, 1);
  assert.match(json.stderr, /the first 1 are listed/);
  for (const verb of ['datasets', 'schemas', 'agreements', 'batches', 'certificates']) {
    const none = await datong([verb, '--profile', 'op']);
    assert.deepEqual([none.code, none.stdout, none.stderr.trim()], [0, '', 'there are none'], verb);
  }
  const unknown = await datong(['datasets', 'no.such', '--profile', 'op']);
  assert.deepEqual([unknown.code, /dataset_unknown/.test(unknown.stderr)], [1, true]);
});
