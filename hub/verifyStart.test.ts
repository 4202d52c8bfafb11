/** Each fault that a start refuses is refused by `serve --check` in the same words, and the check changes nothing. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { exitOfProblem } from '../clients/cli/exitCode.ts';
import { signCheckpoint } from '../log/checkpoint.ts';
import { extendByHashes } from '../log/tree/extendTree.ts';
import { privateKeyPem } from '../certs/authority/keyPair.ts';
import { newNotePair } from '../machine/newKeyPair.ts';
import { Problem } from '../terms/problem.ts';
import { copyKeys } from '../tests/copyKeys.ts';
import { testDatabase } from '../tests/database.ts';
import { nonEmpty } from '../tests/nonEmpty.ts';
import { checkHub } from './checkHub.ts';
import { readHighWater, writeHighWater } from './log/highWater.ts';
import { tokenYear } from './log/subjects.ts';
import { startHub } from './main.ts';
import type { HubConfig } from './platform/config/hubConfig.ts';
import { readConfig } from './platform/config/readConfig.ts';
import { addressUrl } from '../tests/addressUrl.ts';
import { hubLogger } from './report.ts';
import { Writable } from 'node:stream';
import { openKeys } from './platform/keys/openKeys.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-verify-start-'));
after(() => rmSync(home, { recursive: true, force: true }));
const database = await testDatabase();
const url = addressUrl(database.address);
const logger = hubLogger('error', new Writable({ write: (_chunk, _encoding, done) => done() }));
const anyPort = { host: '127.0.0.1', port: 0 };

const configured = (stateDir: string, name = 'checked'): HubConfig =>
  readConfig(
    {
      ...{ name, publicOrigin: 'https://localhost:8443', stateDir, database: { url, durable: false } },
      listeners: { exchange: anyPort, open: anyPort, staff: anyPort, admin: anyPort },
    },
    {},
  );

const first = join(home, 'first');
const started = await startHub(configured(first), { createKeys: true, logger });
await started.stop();

/** A copy of the state folder with a fault in it. */
function copied(name: string): string {
  const folder = join(home, name);
  cpSync(first, folder, { recursive: true });
  rmSync(join(folder, 'keys'), { recursive: true });
  copyKeys(join(first, 'keys'), join(folder, 'keys'));
  return folder;
}

const secret = (): string => `${randomBytes(32).toString('base64url')}\n`;

/** Digests of all files of a folder. */
const contentOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .sort()
    .map((file) => `${file} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`);

async function contentOfDatabase(): Promise<unknown> {
  const { rows } = await database.owner.query(
    `SELECT (SELECT size FROM audit_head) AS size, (SELECT json_agg(k ORDER BY name) FROM key_digest AS k) AS digests,
            (SELECT json_agg(name ORDER BY id) FROM migration) AS migrations`,
  );
  return rows;
}

const problemOf = async (work: Promise<unknown>): Promise<Problem> => {
  const error: unknown = await work.then(
    () => assert.fail('nothing was refused'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Problem, String(error));
  return error;
};

interface Fault {
  readonly name: string;
  readonly code: string;
  /** what its sentence names */
  readonly names: RegExp;
  readonly exit: number;
  readonly hub?: string;
  readonly make?: (folder: string) => Promise<void> | void;
  readonly sql?: readonly [make: string, undo: string];
}

const replaced = (file: string, text = secret): Fault => ({
  name: `another ${file}`,
  code: 'keys_differ',
  exit: 4,
  names: new RegExp(file.replace('.', '\\.')),
  make: (folder) => writeFileSync(join(folder, 'keys', file), text(), { mode: 0o600 }),
});

const year = tokenYear(Date.now());
const faults: readonly Fault[] = [
  replaced('subject.key'),
  replaced('pseudonym.key'),
  replaced('sealing.key'),
  replaced('head-mac.key'),
  replaced(`log-token-${year}.key`),
  replaced(`log-token-${year + 1}.key`),
  replaced('log.pem', () => privateKeyPem(newNotePair().privateKey)),
  {
    name: 'no log token key',
    code: 'keys_missing',
    exit: 4,
    names: /log-token-\d+\.key/,
    make: (folder) => rmSync(join(folder, 'keys', `log-token-${year}.key`)),
  },
  { name: 'another name', hub: 'renamed', code: 'state_of_other_hub', exit: 4, names: /checked.*renamed/ },
  {
    name: 'an older database',
    code: 'log_behind',
    exit: 5,
    names: /older/,
    make: async (folder) => {
      const { log } = await openKeys(join(folder, 'keys'), { create: false, hubName: 'checked' });
      const known = await readHighWater(folder, log.verifiers());
      assert.ok(known);
      const grown = extendByHashes(known, [randomBytes(32), randomBytes(32)]);
      await writeHighWater(folder, grown, signCheckpoint(grown.size, grown.root, log));
    },
  },
  {
    name: 'a newer database',
    code: 'database_newer',
    exit: 4,
    names: /9999_later/,
    sql: [
      "INSERT INTO migration (name, batch, migration_time) VALUES ('9999_later', 9, now())",
      "DELETE FROM migration WHERE name = '9999_later'",
    ],
  },
  {
    name: 'a foreign trigger',
    code: 'log_inconsistent',
    exit: 5,
    names: /trigger foreign_one/,
    sql: [
      'CREATE TRIGGER foreign_one BEFORE UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
      'DROP TRIGGER foreign_one ON audit_entry',
    ],
  },
  {
    name: 'altered erasures',
    code: 'log_inconsistent',
    exit: 5,
    names: /log-erasures\.json/,
    make: (folder) =>
      writeFileSync(join(folder, 'log-erasures.json'), '{"erasures":"[]","mac":"AAAA"}\n', { mode: 0o600 }),
  },
];

for (const [nth, fault] of nonEmpty([...faults.entries()]))
  test(`${fault.name}: the check refuses what the start refuses`, async () => {
    const folder = copied(`fault-${nth}`);
    await fault.make?.(folder);
    if (fault.sql !== undefined) await database.owner.query(fault.sql[0]);
    try {
      const config = configured(folder, fault.hub);
      const before = [contentOf(folder), await contentOfDatabase()];
      const checked = await problemOf(checkHub(config, { newHub: false }));
      assert.deepEqual([contentOf(folder), await contentOfDatabase()], before, 'the check changed something');
      const refused = await problemOf(startHub(config, { logger }));
      assert.deepEqual([checked.code, checked.text], [refused.code, refused.text]);
      assert.equal(checked.code, fault.code);
      assert.match(checked.text.en, fault.names);
      assert.equal(exitOfProblem(checked), fault.exit);
    } finally {
      if (fault.sql !== undefined) await database.owner.query(fault.sql[1]);
    }
  });

test('the check reports a log that the state folder has no record of', async () => {
  const folder = copied('unrecorded');
  rmSync(join(folder, 'log-high-water.json'));
  const [note, ...others] = await checkHub(configured(folder), { newHub: false });
  assert.deepEqual(others, []);
  assert.match(note?.en ?? '', /unrecorded has no log-high-water\.json/);
});

test('a key of the next year that cannot be used yet stops neither the check nor the start', async () => {
  const folder = copied('unusable-next-year');
  writeFileSync(join(folder, 'keys', `log-token-${year + 1}.key`), 'none\n', { mode: 0o600 });
  const config = configured(folder);
  assert.deepEqual(await checkHub(config, { newHub: false }), []);
  const hub = await startHub(config, { logger });
  await hub.stop();
});

test('a sound hub passes, also while it serves, and the check changes nothing', async () => {
  const config = configured(first);
  const hub = await startHub(config, { logger });
  try {
    assert.deepEqual(await checkHub(config, { newHub: false }), []);
  } finally {
    await hub.stop();
  }
  const before = [contentOf(first), await contentOfDatabase()];
  assert.deepEqual(await checkHub(config, { newHub: false }), []);
  assert.deepEqual([contentOf(first), await contentOfDatabase()], before);
});
