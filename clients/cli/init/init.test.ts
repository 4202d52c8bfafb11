/** `datong init` on everything that is wrong with a machine: reported in a sentence, nothing half done, run again safely. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { issueListenerCertificate } from '../../../certs/authority/issueLeaf.ts';
import { privateKeyPem } from '../../../certs/authority/keyPair.ts';
import { databaseUser } from '../../../hub/platform/postgres/runAs.ts';
import { startPostgres } from '../../../hub/platform/postgres/startPostgres.ts';
import { asLogin } from '../../../hub/platform/database/database.ts';
import { newKeyPair, newSerial, newAuthority } from '../../../machine/newKeyPair.ts';
import type { SocketOrHost } from '../../../hub/platform/database/connection.ts';
import { emptyDatabase } from '../../../tests/database.ts';
import { runDatong, type Ran } from '../../../tests/datong.ts';
import { freePorts } from '../../../tests/freePorts.ts';
import { databaseUrl } from './init.ts';

const world = mkdtempSync(join(tmpdir(), 'datong-init-'));
after(() => rmSync(world, { recursive: true, force: true }));
const database = await emptyDatabase();
const { host, port, user, database: name } = database.address as SocketOrHost;
const url = `postgres://${user}@localhost:${port}/${name}?host=${encodeURIComponent(host)}`;

const init = (dir: string, origin: string, address: string, ...more: string[]): Promise<Ran> =>
  runDatong(['init', '--dir', dir, '--name', 'yunxi', '--origin', origin, '--database', address, ...more]);

/** Refused with a sentence, and no hub.json. */
async function refused(dir: string, ran: Promise<Ran>, code: number, says: RegExp): Promise<void> {
  const reported = await ran;
  assert.equal(reported.code, code, reported.stderr);
  assert.match(reported.stderr, says);
  assert.equal(existsSync(join(dir, 'hub.json')), false);
}

test('what is missing or malformed is named, exit 2', async () => {
  const dir = join(world, 'usage');
  await refused(dir, runDatong(['init', '--dir', dir, '--name', 'x']), 2, /--origin, --database are missing/);
  await refused(dir, init(dir, 'http://hub', url), 2, /--origin is wanted as https/);
  await refused(dir, init(dir, 'https://localhost:9443', 'mysql://secret@x/y'), 2, /postgres:\/\/user/);
  const secret = await init(dir, 'https://localhost:9443', 'mysql://secret@x/y');
  assert.doesNotMatch(secret.stderr, /secret/);
  const named = runDatong([
    'init',
    '--dir',
    dir,
    '--name',
    'Yunxi!',
    '--origin',
    'https://a:9443',
    '--database',
    url,
  ]);
  await refused(dir, named, 2, /name/);
});

test('a port in use is named, exit 2', async () => {
  const dir = join(world, 'port');
  const other = createServer();
  other.listen(0, '0.0.0.0');
  await once(other, 'listening');
  const { port: taken } = other.address() as AddressInfo;
  await refused(dir, init(dir, `https://localhost:${taken}`, url), 2, new RegExp(String(taken)));
  other.close();
});

test('a folder that cannot be written, exit 4', async () => {
  writeFileSync(join(world, 'a-file'), '');
  const dir = join(world, 'a-file/hub');
  await refused(
    dir,
    init(dir, `https://localhost:${await freePorts(4)}`, url),
    4,
    /no folder|cannot read or write/,
  );
});

test('a database that does not answer, or may forget, exit 3', async () => {
  const dir = join(world, 'database');
  const origin = `https://localhost:${await freePorts(4)}`;
  await refused(dir, init(dir, origin, 'postgres://nobody@127.0.0.1:1/x'), 3, /nothing listens there/);
  // the tests' own server loses what was written when the machine fails
  await refused(dir, init(dir, origin, url), 3, /database_not_durable/);
});

test('an earlier try with other answers is left as it is, exit 4', async () => {
  const dir = join(world, 'earlier');
  mkdirSync(dir);
  writeFileSync(join(dir, 'hub.json'), '{}');
  const reported = await init(dir, `https://localhost:${await freePorts(4)}`, 'own');
  assert.equal(reported.code, 4, reported.stderr);
  assert.match(reported.stderr, /is there already and says something else/);
  assert.equal(readFileSync(join(dir, 'hub.json'), 'utf8'), '{}');
});

test('the same answers again change nothing', async () => {
  const dir = join(world, 'again');
  mkdirSync(dir);
  writeFileSync(join(dir, 'hub.json.new'), '{', { mode: 0o644 }); // a try that was cut off
  const origin = `https://localhost:${await freePorts(4)}`;
  const first = await init(dir, origin, 'own', '--json');
  assert.equal(first.code, 0, first.stderr);
  assert.deepEqual(JSON.parse(first.stdout), { file: join(dir, 'hub.json'), changed: true });
  assert.match(first.stderr, /next: datong hub bootstrap --config/);
  assert.equal(statSync(join(dir, 'hub.json')).mode & 0o777, 0o600, 'it may hold a password');
  assert.equal(existsSync(join(dir, 'hub.json.new')), false);
  const again = await init(dir, origin, 'own', '--json');
  assert.deepEqual(JSON.parse(again.stdout), { file: join(dir, 'hub.json'), changed: false });
});

/** A server as an administrator would have it: commits survive, it is reached over the network, and its certificate says `localhost`. */
async function productionServer() {
  const stateDir = mkdtempSync(join(tmpdir(), 'datong-init-server-'));
  chmodSync(stateDir, 0o711);
  const made = await newAuthority('database', Date.now());
  const pair = newKeyPair();
  const { chain } = await issueListenerCertificate(made, {
    hosts: ['localhost'],
    publicKey: pair.publicKey,
    serial: newSerial(),
    now: Date.now(),
  });
  const tls = mkdtempSync(join(stateDir, 'tls-'));
  chmodSync(tls, 0o711);
  const owner = await databaseUser();
  const put = (name: string, text: string): string => {
    const path = join(tls, name);
    writeFileSync(path, text, { mode: 0o600 });
    if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
    return path;
  };
  const port = await freePorts(4);
  const server = await startPostgres({
    stateDir,
    settings: {
      listen_addresses: '127.0.0.1',
      port: String(port),
      ssl: 'on',
      ssl_cert_file: put('server.pem', chain),
      ssl_key_file: put('server.key', privateKeyPem(pair.privateKey)),
      hba_file: put('hba.conf', 'local all all trust\nhostssl all all 127.0.0.1/32 trust\n'),
    },
  });
  after(async () => {
    await server.destroy();
    rmSync(stateDir, { recursive: true, force: true });
  });
  const root = join(stateDir, 'root.pem');
  writeFileSync(root, made.rootCertificate);
  const admin = { host: server.host, port, user: server.user, database: 'postgres' };
  const run = (sql: string, name = 'postgres'): Promise<unknown> =>
    asLogin({ ...admin, database: name }, async (login) => {
      for (const statement of sql.split(';')) await login.query(statement);
    });
  const at = (login: string, name: string, host = 'localhost'): string =>
    `postgres://${login}@${host}:${port}/${name}`;
  return { run, at, root, admin, user: server.user };
}

test('another owner’s database, one without rights, and one that is not proven: each is reported and stays unchanged', async () => {
  const { run, at, root, admin, user } = await productionServer();
  await run(
    'CREATE DATABASE foreign_one; CREATE DATABASE hub_one; CREATE ROLE poor LOGIN; CREATE DATABASE poor OWNER poor',
  );
  await run('CREATE TABLE invoices (id int)', 'foreign_one');
  const dir = join(world, 'production');
  const origin = `https://localhost:${await freePorts(4)}`;
  const ca = ['--database-ca', root];

  await refused(
    dir,
    init(dir, origin, at(user, 'foreign_one'), ...ca),
    4,
    /invoices.*\(database_not_empty\)/,
  );
  const roles = await asLogin(admin, (login) =>
    login.query("SELECT FROM pg_roles WHERE rolname ~ '^datong_'"),
  );
  assert.equal(roles.rowCount, 0, 'neither roles nor grants');
  await refused(dir, init(dir, origin, at('poor', 'poor'), ...ca), 3, /CREATE ROLE datong_owner/);

  const stranger = join(world, 'stranger.pem');
  writeFileSync(stranger, (await newAuthority('another', Date.now())).rootCertificate);
  const unproven = init(dir, origin, at(user, 'hub_one'), '--database-ca', stranger);
  await refused(dir, unproven, 3, /authority that this machine does not know/);
  const otherName = init(dir, origin, at(user, 'hub_one', '127.0.0.1'), ...ca);
  await refused(dir, otherName, 3, /names another host/);
  assert.doesNotMatch((await otherName).stderr, /ERR_|x509/);

  const good = await init(dir, origin, at(user, 'hub_one'), ...ca);
  assert.equal(good.code, 0, good.stderr);
  const written = JSON.parse(readFileSync(join(dir, 'hub.json'), 'utf8')) as { database: { url: string } };
  assert.match(written.database.url, /sslmode=verify-full/);
  const tables = await asLogin({ ...admin, database: 'hub_one' }, (login) =>
    login.query("SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
  );
  assert.equal(tables.rowCount, 0, 'init makes no table');
});

test('a folder that another user owns, exit 4', { skip: process.getuid?.() === 0 }, async () => {
  const dir = join(world, 'read-only');
  mkdirSync(dir, { mode: 0o555 });
  await refused(dir, init(dir, `https://localhost:${await freePorts(4)}`, 'own'), 4, /permission is denied/);
});

test('to a database on another machine the connection proves who answers', () => {
  const remote = 'postgres://u:p@db.example/datong';
  assert.equal(databaseUrl(remote, undefined), `${remote}?sslmode=verify-full`);
  const ca = join(world, 'root.pem');
  writeFileSync(ca, 'PEM');
  assert.match(databaseUrl(remote, ca), /sslrootcert=.*root\.pem&sslmode=verify-full$/);
  assert.throws(() => databaseUrl(`${remote}?sslmode=require`, undefined), /does not prove who answers/);
  assert.throws(() => databaseUrl(remote, join(world, 'none.pem')), /there is no certificate/);
  assert.equal(databaseUrl('postgres://u@localhost/x', undefined), 'postgres://u@localhost/x');
});

test('a hub that was never made is neither served, founded, exported nor migrated: the verb that makes one is named, exit 4', async () => {
  const dir = join(world, 'nothing here');
  mkdirSync(dir);
  for (const verb of [
    ['serve'],
    ['admin', 'bootstrap', '--operator', '李工', '--security', '王科'],
    ['backup', '--out', 'archive'],
    ['migrate'],
  ])
    await refused(dir, runDatong(verb, { cwd: dir }), 4, /no configuration hub\.json[\s\S]*datong init/);
});
