/** `datong serve` as its operator runs it: from bootstrap to ready, SIGTERM, and every way it can refuse to start. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { connect as tlsConnect } from 'node:tls';
import type { JSONWebKeySet } from 'jose';
import type { SocketOrHost } from '../hub/platform/database/connection.ts';
import { testDatabase } from './database.ts';
import { datongBin, datongEnvironment, runDatong, type Ran } from './datong.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-serve-'));
after(() => rmSync(home, { recursive: true, force: true }));
const database = await testDatabase();
const { host, port, user, database: name } = database.address as SocketOrHost;
const url = `postgres://${user}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`;
const anyPort = { host: '127.0.0.1', port: 0 };
const config = {
  name: 'served',
  publicOrigin: 'https://localhost:8443',
  stateDir: join(home, 'state'),
  database: { url, durable: false },
  listeners: { exchange: anyPort, open: anyPort, staff: anyPort, admin: anyPort },
};

function written(document: object, file = 'hub.json'): string {
  const path = join(home, file);
  writeFileSync(path, JSON.stringify(document));
  return path;
}

const datong = (...args: string[]): Promise<Ran> => runDatong(args);

async function refused(document: object, code: number, pattern: RegExp): Promise<void> {
  const ran = await datong('serve', '--config', written(document, 'wrong.json'));
  assert.equal(ran.code, code, ran.stderr);
  assert.match(ran.stderr, pattern);
}

interface Served {
  readonly hub: ChildProcess;
  readonly origins: Readonly<Record<'admin' | 'exchange' | 'open' | 'staff', string>>;
}

/** A hub that has reported its address. Its own log goes to a full disk: it serves all the same. */
async function served(file: string): Promise<Served> {
  const full = openSync('/dev/full', 'w');
  const hub = spawn(process.execPath, [datongBin, 'serve', '--config', file, '--json'], {
    env: datongEnvironment(),
    stdio: ['ignore', 'pipe', full],
  });
  closeSync(full);
  const talk = hub.stdout;
  assert.ok(talk);
  talk.setEncoding('utf8');
  const [line] = (await once(talk, 'data')) as [string];
  return { hub, origins: (JSON.parse(line) as Pick<Served, 'origins'>).origins };
}

/** Public keys by which replies are verified, in their order. */
async function replyKeys({ open }: Served['origins']): Promise<readonly (string | undefined)[]> {
  const [reply] = (await once(
    get(`${open}/.well-known/jwks.json`, { rejectUnauthorized: false }),
    'response',
  )) as [IncomingMessage];
  const { keys } = JSON.parse(await text(reply)) as JSONWebKeySet;
  return keys.map(({ x }) => x);
}

/** The commands that a page has below one of its headings. */
const commandsOf = (page: string): string =>
  /```sh\n(umask[^`]*)```/.exec(readFileSync(join(import.meta.dirname, '../docs', page), 'utf8'))?.[1] ?? '';

/** Of listeners that require no certificate one bare connection that begins no handshake, and one whose handshake is done and that sends nothing. */
async function idleSockets(origins: readonly string[]): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  for (const origin of origins) {
    const at = { host: '127.0.0.1', port: Number(new URL(origin).port) };
    const bare = connect(at);
    await once(bare, 'connect');
    const shaken = tlsConnect({ ...at, rejectUnauthorized: false });
    await once(shaken, 'secureConnect');
    for (const socket of [bare, shaken]) socket.on('error', () => undefined);
    sockets.push(bare, shaken);
  }
  return sockets;
}

test('a new hub: two persons invited, check, serve until SIGTERM, also with idle sockets', async () => {
  const file = written(config);
  assert.equal((await datong('serve', '--config', file)).code, 4, 'keys are never made in passing');
  assert.match((await datong('admin', 'bootstrap', '--config', file)).stdout, /^datong client accept DT-/);
  assert.equal((await datong('serve', '--config', file, '--check')).code, 0);
  const { hub, origins } = await served(file);
  const ready = await fetch(`${origins.admin}/readyz`);
  assert.equal(ready.status, 200);
  const idle = await idleSockets([origins.open, origins.staff]);
  hub.kill('SIGTERM');
  assert.deepEqual(await once(hub, 'exit'), [0, null]);
  for (const socket of idle) socket.destroy();
});

test('a state folder of a hub of another name is refused by both names', async () => {
  await refused({ ...config, name: 'renamed' }, 4, /belongs to the hub served, not to renamed/);
});

test('docs/keys.md: the hub’s signing key is changed by its commands; replies signed before stay verifiable', async () => {
  const commands = commandsOf('keys.md');
  assert.equal(commandsOf('keys.zh-CN.md'), commands);
  const file = written(config);
  const end = async ({ hub }: Served): Promise<void> => {
    hub.kill('SIGTERM');
    await once(hub, 'exit');
  };
  const before = await served(file);
  const [old, ...none] = await replyKeys(before.origins);
  assert.deepEqual([typeof old, none], ['string', []]);
  await end(before);
  assert.match(commands, /openssl genpkey/);
  execFileSync('sh', ['-ec', commands], { cwd: join(config.stateDir, 'keys') });
  const behind = await served(file);
  const [fresh, ...retired] = await replyKeys(behind.origins);
  await end(behind);
  assert.notEqual(fresh, old);
  assert.deepEqual(retired, [old]);
});

test('serve --check names datasets that are shared differently from their entry, and those without an entry', async () => {
  const id = '00000000-0000-7000-8000-000000000001';
  await database.owner.query(`
    INSERT INTO department (code, name_zh, name_en, kind, registered_by) VALUES ('civil', '民政局', 'Civil', 'government', '${id}');
    INSERT INTO schema_version (urn, name, major, minor, document, digest, registered_by)
      VALUES ('urn:datong:relief:1.0', 'relief', 1, 0, '{}', '', '${id}');
    INSERT INTO dataset (id, department, title_zh, title_en, schema, mode, sharing, digest, registered_by)
      SELECT 'civil.' || name, 'civil', name, name, 'urn:datong:relief:1.0', 'snapshot', sharing, '', '${id}'
        FROM (VALUES ('astray', 'unconditional'), ('alone', 'unconditional'), ('opened', 'unconditional'), ('asked', 'none')) AS s (name, sharing);
    INSERT INTO catalogue_entry (id, revision, department, document, digest, title_zh, title_en, category, sharing, datasets, words, grams,
        title_words, title_grams, tags, author, approver, registered_by)
      SELECT 'civil.' || name, 1, 'civil', document::jsonb, '', name, name, '1/1', sharing, ARRAY['civil.' || name], '', '{}', '', '{}', '{}',
          persons[1], persons[2], '${id}'
        FROM (VALUES ('astray', 'conditional', '{"sharing":{"conditions":"x"}}'), ('opened', 'unconditional', '{}')) AS e (name, sharing, document),
          (SELECT array_agg(id ORDER BY id) AS persons FROM person) AS p`);
  const { code, stderr } = await datong('serve', '--config', written(config), '--check', '--lang', 'en');
  assert.deepEqual(
    [code, stderr.trimEnd().split('\n')],
    [
      0,
      [
        'civil.astray is shared otherwise than the catalogue entry civil.astray says: its department revises the entry',
        'civil.alone is registered as shared unconditionally and no catalogue entry says so, so it is shared on conditions: its department registers the entry',
        'the hub can start: configuration, keys, database and log are verified',
      ],
    ],
  );
});

test('a wrong configuration is reported in one sentence, exit 2', async () => {
  await refused({ ...config, publicOrgin: 'x' }, 2, /publicOrgin/);
  await refused({ ...config, database: { durable: false, connections: 'ten' } }, 2, /database\.connections/);
  assert.equal((await datong('serve', '--config', join(home, 'nowhere.json'))).code, 4);
});

test('a database that cannot be reached, exit 3', async () => {
  await refused(
    { ...config, database: { url: 'postgres://nobody@127.0.0.1:1/x' } },
    3,
    /nothing listens there/,
  );
});

test('a port that is taken is named, exit 2, and nothing is left half started', async () => {
  const other = createServer();
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  const taken = (other.address() as AddressInfo).port;
  const listeners = { ...config.listeners, staff: { host: '127.0.0.1', port: taken } };
  await refused({ ...config, listeners }, 2, new RegExp(String(taken)));
  other.close();
});
