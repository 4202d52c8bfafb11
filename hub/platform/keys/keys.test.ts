import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  mkdirSync,
} from 'node:fs';
import { createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { signRotation } from '../../../log/note/keyRotation.ts';
import { Problem } from '../../../terms/problem.ts';
import { writeKey } from './keyFolder.ts';
import { openKeys } from './openKeys.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-keys-'));
after(() => rmSync(home, { recursive: true, force: true }));

const options = { create: true, hubName: 'yunxi', now: () => Date.UTC(2026, 8, 1) };
const asRoot = { skip: process.getuid?.() === 0 ? false : 'needs root' };
const malformed = (file: string) => (error: unknown) =>
  error instanceof Problem && error.code === 'keys_malformed' && error.facts['file'] === file;
const problem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

test('a new set is complete, private, and the same when opened again', async () => {
  const dir = join(home, 'fresh', 'keys');
  const made = await openKeys(dir, options);
  assert.equal(statSync(dir).mode & 0o777, 0o700);
  for (const name of readdirSync(dir)) assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name);
  const again = await openKeys(dir, { ...options, create: false });
  assert.equal(again.hubSigning.keyid, made.hubSigning.keyid);
  assert.equal(again.log.vkey, made.log.vkey);
  assert.match(made.log.vkey, /^datong\/yunxi\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);
  for (const name of ['headMac', 'subject', 'pseudonym', 'cursor', 'sealing', 'backup'] as const)
    assert.ok(again[name].equals(made[name]), name);
  const secrets = new Set(
    [made.headMac, made.subject, made.pseudonym, made.cursor, made.sealing, made.backup].map((key) =>
      key.export().toString('hex'),
    ),
  );
  assert.equal(secrets.size, 6, 'no two keys alike');
});

test('the root’s key can be carried away', async () => {
  const dir = join(home, 'offline');
  const { rootKeyFile } = await openKeys(dir, options);
  assert.ok(rootKeyFile !== undefined);
  renameSync(rootKeyFile, join(home, 'safe.pem'));
  assert.equal((await openKeys(dir, options)).rootKeyFile, undefined);
});

test('nothing is ever made to replace a lost key', async () => {
  await assert.rejects(openKeys(join(home, 'none'), { ...options, create: false }), problem('keys_missing'));
  const dir = join(home, 'lossy');
  await openKeys(dir, options);
  rmSync(join(dir, 'subject.key'));
  await assert.rejects(openKeys(dir, options), problem('keys_missing'));
});

test('a file or folder open to others, or of another content, is refused by name', async () => {
  const dir = join(home, 'open');
  await openKeys(dir, options);
  chmodSync(join(dir, 'backup.key'), 0o640);
  await assert.rejects(openKeys(dir, options), problem('keys_unsafe'));
  chmodSync(join(dir, 'backup.key'), 0o600);
  chmodSync(dir, 0o750);
  await assert.rejects(openKeys(dir, options), problem('keys_unsafe'));
  chmodSync(dir, 0o700);
  writeFileSync(join(dir, 'backup.key'), 'short\n');
  await assert.rejects(openKeys(dir, options), problem('keys_malformed'));
});

test('keys that root made are refused with the command that gives them to the user', asRoot, async () => {
  const dir = join(home, 'of-root');
  await openKeys(dir, options);
  const asService = async (): Promise<unknown> => {
    process.setegid?.(65_534);
    process.seteuid?.(65_534);
    try {
      return await openKeys(dir, options).catch((error: unknown) => error);
    } finally {
      process.seteuid?.(0);
      process.setegid?.(0);
    }
  };
  chmodSync(home, 0o755);
  const refused = (await asService()) as Problem;
  assert.equal(refused.code, 'keys_unreadable');
  const command = `chown -R 65534:65534 ${dir}`;
  assert.ok(refused.next.en.includes(command), refused.next.en);
  chownSync(dir, 65_534, 65_534);
  const oneFile = (await asService()) as Problem;
  assert.equal(oneFile.code, 'keys_unreadable');
  assert.ok(oneFile.text.en.includes(`${dir}/`), oneFile.text.en);
  execFileSync(command.split(' ')[0] ?? '', command.split(' ').slice(1));
  assert.ok('hubSigning' in ((await asService()) as object));
});

test('log tokens have a key a year, made a year in advance; none is made in passing', async () => {
  const dir = join(home, 'years');
  const keys = await openKeys(dir, { ...options, now: () => Date.UTC(2026, 11, 31) });
  assert.ok(!keys.logToken(2027).equals(keys.logToken(2026)));
  assert.throws(() => keys.logToken(2025), problem('keys_missing'));
  assert.throws(() => keys.logToken(2028), problem('keys_missing'));
  assert.equal(keys.heldLogToken(2028), undefined);
});

test('an offered key is stored only when it is accepted, and outlives a process that dies in between', async () => {
  const dir = join(home, 'offered');
  const keys = await openKeys(dir, { ...options, now: () => Date.UTC(2026, 0, 1) });
  assert.equal(await keys.offerLogToken(2028, () => Promise.resolve(false)), false);
  assert.equal(keys.heldLogToken(2028), undefined);
  const seen: KeyObject[] = [];
  const dying = keys.offerLogToken(2028, (key) => {
    seen.push(key);
    return Promise.reject(new Error('killed'));
  });
  await assert.rejects(dying, /^Error: killed$/);
  await keys.offerLogToken(2028, (key) => Promise.resolve(seen[0]?.equals(key) === true));
  assert.ok(seen[0] && keys.logToken(2028).equals(seen[0]));
});

test('two processes of one folder that create the key of a year at the same time store one key', async () => {
  const dir = join(home, 'shared');
  const year = { ...options, now: () => Date.UTC(2026, 0, 1) };
  const [one, other] = [await openKeys(dir, year), await openKeys(dir, year)];
  const seen: KeyObject[] = [];
  const accept = (key: KeyObject): Promise<boolean> => {
    seen.push(key);
    return Promise.resolve(true);
  };
  const isStored = await one.offerLogToken(2028, async (key) => {
    assert.equal(await other.offerLogToken(2028, accept), true);
    return accept(key);
  });
  assert.equal(isStored, true);
  for (const key of seen) assert.ok(one.logToken(2028).equals(key) && other.logToken(2028).equals(key));
});

test('a draft that was not written completely is never offered', async () => {
  const dir = join(home, 'cut');
  const keys = await openKeys(dir, { ...options, now: () => Date.UTC(2026, 0, 1) });
  writeFileSync(join(dir, '.log-token-2028.key.draft'), '', { mode: 0o600 });
  await keys.offerLogToken(2028, (key) => Promise.resolve(key.symmetricKeySize === 32));
  assert.equal(keys.logToken(2028).symmetricKeySize, 32);
});

test('a draft of a killed process, with a key, is removed at the next start', async () => {
  const dir = join(home, 'drafts');
  await openKeys(dir, options);
  const drafts = (): string[] => readdirSync(dir).filter((name) => name.startsWith('.'));
  writeFileSync(join(dir, `.log-token-2027.key.${randomUUID()}`), 'key', { mode: 0o600 });
  await openKeys(dir, { ...options, readOnly: true });
  assert.equal(drafts().length, 1);
  await openKeys(dir, options);
  assert.deepEqual(drafts(), []);
});

test('a key file is complete or absent, and never replaced', () => {
  const dir = mkdtempSync(join(home, 'whole-'));
  assert.throws(() => writeKey(dir, 'a.pem', Symbol('no text') as never), TypeError);
  assert.deepEqual(readdirSync(dir), []);
  assert.equal(writeKey(dir, 'a.pem', 'first'), true);
  assert.equal(writeKey(dir, 'a.pem', 'second'), false);
  assert.equal(readFileSync(join(dir, 'a.pem'), 'utf8'), 'first');
  assert.deepEqual(readdirSync(dir), ['a.pem']);
});

test('a key of the log does not sign while its statement is not in the folder', async () => {
  const dir = join(home, 'half');
  const { log } = await openKeys(dir, options);
  const next = log.prepare();
  const file = join(dir, `log-${Buffer.from(next.id).toString('hex')}.rotation`);
  const rotation = { statement: signRotation(log.signers(0)[0], next, 1), rotatedAt: null };
  writeFileSync(file, '', { mode: 0o600 });
  const before = log.vkey;
  for (const attempt of ['first', 'repeated'])
    assert.throws(() => log.learn([rotation]), malformed(file), attempt);
  assert.equal(log.vkey, before);
  await assert.rejects(openKeys(dir, options), malformed(file));
  rmSync(file);
  log.learn([rotation]);
  assert.equal(log.vkey, next.vkey);
  assert.equal(readFileSync(file, 'utf8'), rotation.statement);
  assert.equal((await openKeys(dir, options)).log.vkey, next.vkey);
});

test('retired keys stay known by their public halves', async () => {
  const dir = join(home, 'rotated');
  const first = await openKeys(dir, options);
  mkdirSync(join(dir, 'retired'), { mode: 0o700 });
  const publicPem = createPublicKey(first.hubSigning.privateKey).export({ type: 'spki', format: 'pem' });
  writeFileSync(join(dir, 'retired', 'log-1.vkey'), first.log.vkey, { mode: 0o600 });
  writeFileSync(join(dir, 'retired', 'hub-signing-1.pem'), publicPem, { mode: 0o600 });
  const { retired } = await openKeys(dir, options);
  assert.deepEqual(retired.logVkeys, [first.log.vkey]);
  assert.deepEqual(
    retired.hubSigning.map((key) => key.keyid),
    [first.hubSigning.keyid],
  );
});
