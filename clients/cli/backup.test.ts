import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openAuditLog } from '../../hub/log/openAuditLog.ts';
import type { EntryDraft } from '../../hub/log/draft.ts';
import { readLastBackup } from '../../hub/platform/backup/lastBackup.ts';
import { openKeys } from '../../hub/platform/keys/openKeys.ts';
import { asLogin, type SocketOrHost } from '../../hub/platform/database/connection.ts';
import { openDatabase, type Database } from '../../hub/platform/database/database.ts';
import { dropDatabase, ensureDatabase } from '../../hub/platform/database/ensureDatabase.ts';
import type { Leaf } from '../../log/leaf.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { testDatabase, withDatabase } from '../../tests/database.ts';
import type { Ran } from '../../tests/datong.ts';
import { typedDatong } from '../../tests/typedDatong.ts';
import { leavesWhere } from '../../tests/leafTexts.ts';

const server: SocketOrHost = {
  ...((await testDatabase()).address as SocketOrHost),
  database: 'postgres',
};
const home = mkdtempSync(join(tmpdir(), 'datong-cli-'));
const names = [`cli_first_${process.pid}`, `cli_second_${process.pid}`, `cli_third_${process.pid}`] as const;
after(async () => {
  rmSync(home, { recursive: true, force: true });
  for (const name of names) await dropDatabase(server, name);
});

const stateDir = join(home, 'state');
const hub = { create: true, hubName: 'test' };
const keys = await openKeys(join(stateDir, 'keys'), hub);

/** A configuration for a database of this name, which is made empty. */
async function configure(name: string): Promise<string> {
  await ensureDatabase(server, name);
  const file = join(home, `${name}.json`);
  const url = `postgres://${server.user}@localhost:${server.port}/${name}?host=${encodeURIComponent(server.host)}`;
  writeFileSync(
    file,
    JSON.stringify({
      name: 'test',
      publicOrigin: 'https://localhost:8443',
      stateDir,
      database: { url, durable: false },
    }),
  );
  return file;
}

const datong = (...args: string[]): Promise<Ran> => typedDatong(args);

const verified = (archive: string, config: string, ...more: readonly string[]): Promise<Ran> =>
  datong('hub', 'verify-backup', archive, '--config', config, '--json', ...more);

interface Report {
  readonly ok: boolean;
  readonly findings: readonly { readonly code: string; readonly path?: string }[];
  readonly hub: string;
  readonly entries: number;
  readonly signed: number;
  readonly missing: number;
  readonly roots?: string;
  readonly seconds: { readonly read: number; readonly restore?: number; readonly verify?: number };
}
const reportOf = ({ stdout }: Ran): Report => JSON.parse(stdout) as Report;

async function withDatabaseOf<T>(name: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(withDatabase(server, name), { durable: false });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

interface Draft extends EntryDraft<Draft> {
  readonly leaf: Leaf;
}

/** Appends entries as a hub would, and stops it cleanly. */
const serveFor = (name: string, entries: number): Promise<void> =>
  withDatabaseOf(name, async (database) => {
    const log = await openAuditLog({ database, keys, stateDir });
    for (let n = 0; n < entries; n++) {
      const now = database.now();
      const draft: Draft = {
        leaf: {
          v: 1,
          id: uuid7(now),
          at: new Date(now).toISOString(),
          kind: 'management',
          operation: 'test',
          decision: 'allow',
          actor: { staff: 'hub' },
        },
        claims: {},
        whenLost: () => assert.fail(),
      };
      await log.append(draft);
    }
    await log.close();
  });

test('migrate, backup, loss, restore: the hub goes on only when the operator accepts what is lost', async (t) => {
  const first = await configure(names[0]);
  const second = await configure(names[1]);
  const archive = join(home, 'day.dtb');

  await t.test('migrate says what is to be done, does it, and then has nothing to do', async () => {
    const check = await datong('migrate', '--check', '--config', first);
    assert.equal(check.code, 1);
    assert.match(check.stdout, /^0001_baseline$/m);
    assert.equal((await datong('migrate', '--config', first)).code, 0);
    assert.deepEqual(JSON.parse((await datong('migrate', '--json', '--config', first)).stdout), {
      applied: [],
    });
    assert.equal((await datong('migrate', '--check', '--config', first)).code, 0);
  });

  await serveFor(names[0], 3);

  await t.test('backup writes a private file once and never over another', async () => {
    const ran = await datong('backup', '--out', archive, '--config', first, '--json');
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(statSync(archive).mode & 0o777, 0o600);
    assert.deepEqual(JSON.parse(ran.stdout), { file: archive, bytes: statSync(archive).size });
    const recorded = await readLastBackup(stateDir);
    assert.ok(Math.abs((recorded ?? 0) - Date.now()) < 600_000, 'the metrics of the hub have its time');
    assert.equal((await datong('backup', '--out', archive, '--config', first)).code, 4);
  });

  await serveFor(names[0], 2); // lost with the database

  await t.test('an archive of other keys, altered, or missing is refused', async () => {
    const otherState = join(home, 'other');
    await openKeys(join(otherState, 'keys'), hub);
    const config = join(home, 'other.json');
    const document = JSON.parse(readFileSync(second, 'utf8')) as object;
    writeFileSync(config, JSON.stringify({ ...document, stateDir: otherState }));
    const unrecorded = await datong('restore', archive, '--config', config);
    assert.equal(unrecorded.code, 1);
    assert.match(unrecorded.stderr, /has no log-high-water\.json.*\n.*--accept-older/);
    const foreign = await datong('restore', archive, '--accept-older', '--config', config);
    assert.equal(foreign.code, 5);
    assert.match(foreign.stderr, /backup_unreadable/);
    const altered = join(home, 'altered.dtb');
    cpSync(archive, altered);
    const bytes = readFileSync(altered);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(altered, bytes);
    assert.equal((await datong('restore', altered, '--config', second)).code, 5);
    assert.equal((await datong('restore', join(home, 'none'), '--config', second)).code, 4);
  });

  await t.test('verify-backup reports what is in the archive and what was signed later', async () => {
    const ran = await verified(archive, first);
    assert.equal(ran.code, 0, ran.stderr);
    const { ok, hub: name, entries, signed, missing, seconds } = reportOf(ran);
    assert.deepEqual(
      { ok, name, entries, signed, missing },
      { ok: true, name: 'test', entries: 4, signed: 6, missing: 2 },
    );
    assert.deepEqual(Object.keys(seconds), ['read']);
    const spoken = await datong('hub', 'verify-backup', archive, '--config', first);
    assert.match(
      spoken.stderr,
      /4 entries of the log.* entries that were signed later and are not in it: 2 \(6 in all\)/,
    );
    assert.equal((await verified(join(home, 'altered.dtb'), first)).code, 5);
    const renamed = join(home, 'renamed.json');
    const document = JSON.parse(readFileSync(first, 'utf8')) as object;
    writeFileSync(renamed, JSON.stringify({ ...document, name: 'another' }));
    assert.match(String((await verified(archive, renamed)).code), /[45]/, 'keys of another hub');
  });

  await t.test('verify-backup --restore verifies the restored log, and leaves nothing', async () => {
    const temporary = join(home, 'temporary');
    mkdirSync(temporary);
    const states = readdirSync(stateDir);
    const words = ['hub', 'verify-backup', archive, '--config', first, '--json', '--restore'];
    const ran = await typedDatong(words, { env: { TMPDIR: temporary } });
    assert.equal(ran.code, 0, ran.stderr);
    const report = reportOf(ran);
    assert.deepEqual([report.ok, report.findings], [true, []]);
    assert.equal(report.roots, 'database', "the hub's log continues the restored one");
    assert.ok((report.seconds.restore ?? 0) > 0 && (report.seconds.verify ?? -1) >= 0, ran.stdout);
    assert.deepEqual(readdirSync(temporary), []);
    assert.deepEqual(readdirSync(stateDir), states, 'the state folder is not changed');
  });

  await t.test('verify-backup --restore finds an entry that was altered before the backup', async () => {
    await asLogin(withDatabase(server, names[0]), (login) =>
      login.query(`SET session_replication_role = replica;
        UPDATE audit_entry SET leaf = set_byte(leaf, octet_length(leaf) - 1, get_byte(leaf, octet_length(leaf) - 1) # 1)
         WHERE idx = 2`),
    );
    const altered = join(home, 'altered-entry.dtb');
    assert.equal((await datong('backup', '--out', altered, '--config', first)).code, 0);
    assert.equal((await verified(altered, first)).code, 0, 'the file itself is whole');
    const ran = await verified(altered, first, '--restore');
    assert.equal(ran.code, 5, ran.stderr);
    const { ok, findings } = reportOf(ran);
    assert.equal(ok, false);
    assert.deepEqual(findings[0], { ...findings[0], code: 'entry_altered', path: '2' });
  });

  await t.test('restore fills the empty database and says that it is older', async () => {
    const ran = await datong('restore', archive, '--config', second);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /older than what was signed \(4 < 6\)/);
    assert.equal(
      (await datong('restore', archive, '--config', second)).code,
      1,
      'not over a database in use',
    );
  });

  await t.test('the hub refuses to serve until it is accepted; the acceptance is an entry', async () => {
    await assert.rejects(serveFor(names[1], 1), { code: 'log_behind' });
    const ran = await datong('restore', '--accept-older', '--json', '--config', second);
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(JSON.parse(ran.stdout), { known: 6, accepted: 4 });
    assert.ok(readdirSync(stateDir).includes('log-high-water.6.json'), 'what had been signed stays known');
    await serveFor(names[1], 1);
    const operations = await withDatabaseOf(names[1], async (database) => {
      return (await leavesWhere(database)).map(({ operation }) => operation);
    });
    assert.deepEqual(operations, ['genesis', 'test', 'test', 'test', 'acceptOlderDatabase', 'test']);
    assert.equal(
      (await datong('restore', '--accept-older', '--config', second)).code,
      1,
      'nothing more to accept',
    );
  });

  await t.test('verify-backup --restore finds an archive of another continuation of the log', async () => {
    await asLogin(withDatabase(server, names[0]), (login) =>
      login.query(`SET session_replication_role = replica;
        UPDATE audit_entry SET leaf = set_byte(leaf, octet_length(leaf) - 1, get_byte(leaf, octet_length(leaf) - 1) # 1)
         WHERE idx = 2`),
    );
    const fork = join(home, 'fork.dtb');
    assert.equal((await datong('backup', '--out', fork, '--config', first)).code, 0);
    const found = async (): Promise<Report> => {
      const ran = await verified(fork, second, '--restore');
      assert.equal(ran.code, 5, ran.stdout);
      return reportOf(ran);
    };
    const equal = await found();
    assert.deepEqual([equal.entries, equal.signed, equal.missing], [6, 6, 0], 'as many entries, and others');
    assert.deepEqual([equal.findings.map(({ code }) => code), equal.roots], [['log_inconsistent'], 'record']);
    await serveFor(names[1], 2);
    const longer = await found();
    assert.deepEqual([longer.entries, longer.signed, longer.missing], [6, 8, 2]);
    assert.deepEqual(
      [longer.findings.map(({ code }) => code), longer.roots],
      [['log_inconsistent'], 'database'],
    );
    const unreachable = join(home, 'unreachable.json');
    const document = JSON.parse(readFileSync(second, 'utf8')) as { readonly database: object };
    const database = { ...document.database, url: 'postgres://nobody@127.0.0.1:9/none' };
    writeFileSync(unreachable, JSON.stringify({ ...document, database }));
    const alone = await verified(fork, unreachable, '--restore');
    assert.equal(alone.code, 0, alone.stdout);
    assert.equal(reportOf(alone).roots, 'nothing');
    const own = join(home, 'own.json');
    writeFileSync(own, JSON.stringify({ ...document, database: {} }));
    const states = readdirSync(stateDir);
    const unnamed = await verified(fork, own, '--restore');
    assert.deepEqual([unnamed.code, reportOf(unnamed).roots], [0, 'nothing'], unnamed.stdout);
    assert.deepEqual(readdirSync(stateDir), states, "the hub's own server was not started");
  });

  await t.test(
    'verify-backup --restore reports that the log of the hub is not the one that was signed',
    async () => {
      await asLogin(withDatabase(server, names[1]), (login) =>
        login.query(
          `SET session_replication_role = replica; UPDATE audit_head SET root = set_byte(root, 0, get_byte(root, 0) # 1)`,
        ),
      );
      const ran = await verified(archive, second, '--restore');
      assert.equal(ran.code, 5, ran.stdout);
      const { findings, roots } = reportOf(ran);
      assert.deepEqual([findings.map(({ path }) => path), roots], [['database'], 'nothing']);
    },
  );
});

test('a restore where no high-water file is goes on only by a decision in the log', async () => {
  const third = await configure(names[2]);
  const lost = join(home, 'lost');
  cpSync(join(stateDir, 'keys'), join(lost, 'keys'), { recursive: true });
  const config = join(home, 'lost.json');
  writeFileSync(
    config,
    JSON.stringify({ ...(JSON.parse(readFileSync(third, 'utf8')) as object), stateDir: lost }),
  );
  const archive = join(home, 'day.dtb');
  assert.equal((await datong('restore', archive, '--config', config)).code, 1);
  const ran = await datong('restore', archive, '--accept-older', '--json', '--config', config);
  assert.equal(ran.code, 0, ran.stderr);
  const { known, accepted } = JSON.parse(ran.stdout) as { known: number; accepted: number };
  assert.deepEqual({ known, accepted }, { known: 0, accepted: 4 });
  const decisions = await withDatabaseOf(names[2], (database) => leavesWhere(database));
  assert.deepEqual(
    [decisions.length, decisions.at(-1)?.operation, decisions.at(-1)?.change?.['recorded']],
    [5, 'acceptOlderDatabase', false],
  );
  assert.ok(readdirSync(lost).includes('log-high-water.json'));
  // the former machine had signed six: its record still contradicts this log
  const former = join(home, 'former');
  cpSync(join(stateDir, 'keys'), join(former, 'keys'), { recursive: true });
  cpSync(join(stateDir, 'log-high-water.6.json'), join(former, 'log-high-water.json'));
  const refused = await withDatabaseOf(names[2], (database) =>
    openAuditLog({ database, keys, stateDir: former }).catch((error: unknown) => error),
  );
  assert.equal((refused as { code?: string }).code, 'log_behind');
});

test('bad configuration exits 2, an unreachable database 3, missing keys 4', async () => {
  const write = (name: string, document: object): string => {
    const file = join(home, `${name}.json`);
    writeFileSync(file, JSON.stringify(document));
    return file;
  };
  const least = { name: 'test', publicOrigin: 'https://localhost:8443', stateDir };
  const unknown = await datong('migrate', '--config', write('unknown', { ...least, listners: 1 }));
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /listners/);
  const away = { ...least, database: { url: 'postgres://someone:geheim@127.0.0.1:1/none' } };
  const unreachable = await datong('migrate', '--config', write('away', away));
  assert.equal(unreachable.code, 3);
  assert.doesNotMatch(unreachable.stderr, /geheim|at .*\.ts/);
  mkdirSync(join(home, 'keyless'));
  const keyless = await datong(
    'backup',
    '--to',
    join(home, 'x'),
    '--config',
    write('keyless', { ...least, stateDir: join(home, 'keyless') }),
  );
  assert.equal(keyless.code, 4);
});
