/** Rotation of the log's key: after an interruption the old or the new key signs, and each process learns of it before it signs. */
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openCheckpoint } from '../../log/checkpoint.ts';
import { bearsUnknownKey, followRotations, parseRotation } from '../../log/note/keyRotation.ts';
import { parseVkey, type NoteVerifier } from '../../log/note/noteKey.ts';
import { parseLeaf } from '../../log/parseLeaf.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { Problem } from '../../terms/problem.ts';
import { rewriteLog } from '../../tests/attacks/rewriteLog.ts';
import { copyKeys } from '../../tests/copyKeys.ts';
import { testDatabase } from '../../tests/database.ts';
import { rotateLogKey } from '../features/log/jobs/maintainLog.ts';
import type { JobRun } from '../platform/jobs/job.ts';
import type { HubKeys } from '../platform/keys/hubKeys.ts';
import { overlap } from '../platform/keys/logKeyRing.ts';
import { openKeys } from '../platform/keys/openKeys.ts';
import { theHub } from './draft.ts';
import { agreeOnKeys } from './agreedKeys.ts';
import { acceptOlder } from './acceptOlder.ts';
import { entry } from './entry.ts';
import { hubDraft } from './hubDraft.ts';
import { openAuditLog, type OpenedAuditLog } from './openAuditLog.ts';
import { leafOf } from './store/storedLeaves.ts';

const database = await testDatabase({ connections: 8 });
const home = mkdtempSync(join(tmpdir(), 'datong-log-keys-'));
const open: OpenedAuditLog[] = [];
after(async () => {
  for (const log of open) await log.close();
  rmSync(home, { recursive: true, force: true });
});

interface Process {
  readonly keys: HubKeys;
  readonly log: OpenedAuditLog;
  readonly stateDir: string;
}
let starts = 0;
const keysIn = (folder: string): Promise<HubKeys> =>
  openKeys(join(home, folder), { create: true, hubName: 'test' });
/** A process of the hub; one machine's share a key folder. */
async function start(folder = 'keys'): Promise<Process> {
  const keys = await keysIn(folder);
  // each process has its own, and those of this test have one process number
  const stateDir = join(home, `state-${(starts += 1)}`);
  const log = await openAuditLog({ database, keys, stateDir });
  open.push(log);
  return { keys, log, stateDir };
}
/** Another machine's folder with the same keys. */
const anotherFolder = (name: string): void => copyKeys(join(home, 'keys'), join(home, name));
const write = async ({ log }: Process): Promise<string> =>
  (await log.append(hubDraft('test', database.now(), {}))).checkpoint;

/** Stores a proposal for the key that two persons accepted. */
async function accept(next: string): Promise<void> {
  const id = uuid7(database.now());
  await database.owner.query(
    `INSERT INTO person (id, name, state, invited_by, made_by) VALUES ('one', 'one', 'invited', 'hub', $1), ('other', 'other', 'invited', 'hub', $1)
     ON CONFLICT DO NOTHING`,
    [id],
  );
  await database.owner.query(
    `INSERT INTO proposal (id, operation, kind, name, owner, digest, body, params, author, state, decided_by, decided_at, decision)
     VALUES ($1::uuid, 'rotateLogKey', 'LogKey', 'x', NULL, $3, $2, '{}', 'one', 'accepted', 'other', now(), $1::uuid)`,
    [id, JSON.stringify({ next, reason: 'test' }), next],
  );
}

const run = ({ keys, log }: Process, failing?: Error): Promise<unknown> =>
  rotateLogKey(database, keys).run({
    act: async ({ change, placed, confirm, bumpsEpoch }) => {
      const now = database.now();
      const exchange = uuid7(now);
      await log.append(
        entry({
          exchange,
          now,
          operation: 'rotateLogKey',
          kind: 'management',
          actor: theHub,
          placed,
          bumpsEpoch,
          facts: { change: change ?? {} },
          carried: undefined,
          work: () => Promise.resolve(),
          confirm: async (transaction) => {
            await confirm?.(transaction);
            if (failing !== undefined) throw failing;
          },
        }),
      );
      return { exchange };
    },
  } as JobRun);

const verifier = ({ vkey }: NoteVerifier): NoteVerifier => parseVkey(vkey);
const signedBy = (note: string, ...keys: readonly NoteVerifier[]): void => {
  for (const key of keys) openCheckpoint(note, [verifier(key)]);
  assert.equal(bearsUnknownKey(note, keys), false, 'and by no other key');
};
const isProblem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;
const files = (kind: string, folder = 'keys'): string[] =>
  readdirSync(join(home, folder)).filter((name) => /^log-[0-9a-f]{8}\./.test(name) && name.endsWith(kind));

const one = await start();
const first = verifier(one.keys.log);
/** a process on another machine, with its own copy of the key folder */
anotherFolder('copied');
const other = await start('copied');

describe('until the entry is there, the old key signs', () => {
  test('a key is made once, in a file of its own, and signs nothing', async () => {
    const next = one.keys.log.prepare();
    assert.equal(one.keys.log.prepare().vkey, next.vkey);
    const [file = '', ...more] = files('.pem');
    assert.deepEqual(more, []);
    assert.equal(statSync(join(home, 'keys', file)).mode & 0o777, 0o600);
    signedBy(await write(one), first);
    assert.equal((await keysIn('keys')).log.vkey, first.vkey, 'and after a process that died here');
    assert.deepEqual((await keysIn('keys')).log.prepare().vkey, next.vkey);
  });

  test('without the approval of two persons nothing changes', async () => {
    const size = one.log.size();
    await run(one);
    assert.equal(one.log.size(), size);
  });

  test('a process without the new key does not rotate, nor does one whose transaction fails', async () => {
    await accept(one.keys.log.prepare().vkey);
    const agreed = await agreeOnKeys(database, other.keys, (halted) => assert.ifError(halted));
    assert.match(agreed.state(), /^degraded: log-[0-9a-f]{8}\.pem is not in this key folder yet$/);
    const half = join(home, 'copied', files('.pem')[0] ?? '');
    writeFileSync(half, 'half', { mode: 0o600 });
    await agreed.compare();
    assert.match(agreed.state(), /^degraded: log-[0-9a-f]{8}\.pem in .* cannot be used \(keys_malformed\)$/);
    rmSync(half);
    agreed.close();
    await assert.rejects(run(other), isProblem('keys_missing'));
    await assert.rejects(run(one, new Error('broken off')), /broken off/);
    assert.deepEqual(files('.rotation'), []);
    signedBy(await write(one), first);
    signedBy(await write(other), first);
  });
});

test('the entry names both keys, states from which size the new one signs, and is signed by both', async () => {
  await run(one);
  const { rows } = await database.app.query<{ idx: string; leaf: Buffer }>(
    'SELECT idx, leaf FROM audit_entry ORDER BY idx',
  );
  const reported = rows
    .map(({ idx, leaf }) => ({ idx, leaf: parseLeaf(leafOf(leaf)) }))
    .filter(({ leaf }) => leaf.operation === 'rotateLogKey');
  assert.equal(reported.length, 1);
  const [row] = reported;
  const { change = {} } = row?.leaf ?? {};
  const second = verifier(one.keys.log);
  assert.notEqual(second.vkey, first.vkey);
  const { old, next, from } = parseRotation(String(change['statement']));
  assert.deepEqual([old.vkey, next.vkey, from], [first.vkey, second.vkey, Number(row?.idx) + 1]);
  assert.deepEqual([change['old'], change['next'], change['size']], [first.vkey, second.vkey, from]);
  assert.deepEqual([change['author'], change['approver']], ['one', 'other']);
  const newest = one.log.checkpoint();
  assert.equal(openCheckpoint(newest, [second]).size, from, 'the first tree that holds the entry');
  signedBy(newest, first, second);
  await run(one);
  assert.equal(one.log.size(), from, 'once');
});

test('another process applies the rotation before it signs, and signs nothing without the key', async () => {
  const second = verifier(one.keys.log);
  await assert.rejects(write(other), isProblem('keys_missing'));
  assert.equal(other.log.broken()?.code, 'keys_missing');
  signedBy(other.log.checkpoint(), first);
  await assert.rejects(start('copied'), isProblem('keys_missing'));
  const [file = ''] = files('.pem');
  cpSync(join(home, 'keys', file), join(home, 'copied', file));
  const again = await start('copied');
  signedBy(await write(again), first, second);
  assert.equal(files('.rotation', 'copied').length, 1);
  signedBy(await write(one), first, second);
});

test('two processes of one folder change the key together, also if the one that rotates dies after its commit', async () => {
  const other = await start();
  const second = verifier(one.keys.log);
  await accept(one.keys.log.prepare().vkey);
  // dead between the commit and the file: nothing was signed by the new key yet
  const learn = one.keys.log.learn.bind(one.keys.log);
  one.keys.log.learn = () => {
    throw new Error('killed');
  };
  await assert.rejects(run(one), /killed/);
  one.keys.log.learn = learn;
  assert.equal(files('.rotation').length, 1);
  const note = await write(other);
  const third = verifier(other.keys.log);
  assert.notEqual(third.vkey, second.vkey);
  assert.equal(files('.rotation').length, 2);
  openCheckpoint(note, [third]);
  openCheckpoint(await write(one), [third]);
  const restarted = await start();
  assert.equal(restarted.keys.log.vkey, third.vkey);
  // a client that trusts any of them follows to all
  for (const trusted of [first, second, third])
    openCheckpoint(note, followRotations([trusted], restarted.keys.log.rotations()));
});

test('after the overlap the new key signs alone, and the file of the old one can be deleted', async () => {
  const { keys } = one;
  const now = database.now();
  assert.equal(keys.log.signers(now).length, 3);
  assert.deepEqual(
    keys.log.signers(now + overlap).map(({ vkey }) => vkey),
    [keys.log.vkey],
  );
  anotherFolder('tidied');
  rmSync(join(home, 'tidied', 'log.pem'));
  const tidied = await keysIn('tidied');
  assert.equal(tidied.log.vkey, keys.log.vkey);
  assert.deepEqual(new Set(tidied.log.rotations()), new Set(keys.log.rotations()));
});

test('statements missing in the database are restored from the key folder; a forged statement stops the start', async () => {
  const { vkey } = one.keys.log;
  const { rows } = await database.owner.query('DELETE FROM log_key_rotation RETURNING statement');
  assert.equal(rows.length, 2);
  const again = await start();
  assert.equal(again.keys.log.vkey, vkey);
  const stored = await database.app.query<{ statement: string }>('SELECT statement FROM log_key_rotation');
  assert.deepEqual(
    new Set(stored.rows.map(({ statement }) => statement)),
    new Set(again.keys.log.rotations()),
  );
  await database.owner.query(
    `INSERT INTO log_key_rotation (next_key, old_key, from_size, statement) VALUES ('a', 'b', 1, 'c')`,
  );
  await assert.rejects(start(), isProblem('log_inconsistent'));
  await database.owner.query(`DELETE FROM log_key_rotation WHERE next_key = 'a'`);
});

test('a database restored from before a rotation continues under the new key, and its clients accept what it signs', async () => {
  for (const log of open.splice(0)) await log.close();
  const keys = await keysIn('keys');
  const keep = 3;
  await rewriteLog(database, keys, { keep });
  await database.owner.query('DELETE FROM log_key_rotation');
  const { stateDir } = one;
  await assert.rejects(openAuditLog({ database, keys, stateDir }), isProblem('log_behind'));
  assert.equal((await acceptOlder({ database, keys, stateDir })).accepted, keep);
  const { rows } = await database.app.query<{ leaf: Buffer }>('SELECT leaf FROM audit_entry WHERE idx = $1', [
    keep,
  ]);
  assert.equal(parseLeaf(leafOf(rows[0]?.leaf ?? Buffer.of())).change?.['logKey'], keys.log.vkey);
  const restored = await start();
  const note = await write(restored);
  signedBy(note, keys.log);
  assert.equal(openCheckpoint(note, restored.keys.log.verifiers()).size, keep + 2);
});

test('a folder whose statements do not begin at its key is refused', async () => {
  anotherFolder('mixed');
  await keysIn('foreign');
  cpSync(join(home, 'foreign', 'log.pem'), join(home, 'mixed', 'log.pem'));
  await assert.rejects(keysIn('mixed'), isProblem('keys_malformed'));
  assert.ok(existsSync(join(home, 'mixed', 'log.pem')));
  assert.ok(
    readFileSync(join(home, 'mixed', files('.rotation')[0] ?? ''), 'utf8').startsWith('datong log key'),
  );
});
