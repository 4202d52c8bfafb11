/**
 * Attacks on the log by a superuser of the database, past every guard, with a running hub: each is noticed by those that the table names, and
 * reported as the table states (logAttacks.ts, which tests/attacks/README.md is made from). One hub and one log; every attack has separate entries.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { entry, type Entry } from '../../hub/log/entry.ts';
import { readBackDelay } from '../../hub/log/writer/follower.ts';
import { minute, portionOf } from '../../hub/features/log/jobs/reverifyLog.ts';
import { entriesAt } from '../../hub/log/store/entries.ts';
import { clockLooksEvery } from '../../hub/platform/database/clock.ts';
import { asLogin } from '../../hub/platform/database/database.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { testDatabase } from '../database.ts';
import { runDatong } from '../datong.ts';
import { editedLeaf } from '../leafTexts.ts';
import { writeDemoState } from '../demoState.ts';
import { testHub, type TestHub } from '../hub.ts';
import { readBackIsOver, takenOut } from '../takenOut.ts';
import { logAttacks, runHere, type RunHere } from './logAttacks.ts';
import type { Noticer } from './noticers.ts';

const database = await testDatabase({ connections: 8 });
const home = mkdtempSync(join(tmpdir(), 'datong-attacks-'));
let hub: TestHub;
/** index of the first entry that attacks may take */
let base = 0;
const taken = new Map<RunHere, number>();
/** what each noticer reported, `code@index`, since the last reset */
const reported = new Map<Noticer, readonly string[]>();

const asAdministrator = (sql: string): Promise<unknown> =>
  asLogin(database.address, (login) => login.query(`SET session_replication_role = replica; ${sql}`));

const look = (n: number): Entry<undefined> =>
  entry({
    exchange: uuid7(database.now()),
    now: database.now(),
    operation: 'queryDataset',
    kind: 'release',
    actor: { proven: { department: 'education' } },
    facts: { consumer: 'education', provider: 'pub-security', dataset: 'pub-security.household' },
    ...(n % 10 === 0 ? { subjects: [randomBytes(16)] } : {}),
    carried: undefined,
  });

before(async () => {
  hub = await testHub({ database, jobsByTime: false });
  const token = await hub.token('auditor', ['auditor']);
  writeDemoState(
    join(home, 'demo.json'),
    { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } },
    { auditor: token },
  );
  const first = await hub.hub.audit.append(look(1));
  base = first.index + 1;
  // entries about persons have indexes that are multiples of ten
  for (const one of [base, base + 1_100])
    await Promise.all(Array.from({ length: 1_100 }, (_, n) => hub.hub.audit.append(look(one + n))));
  const behind = [Math.floor(hub.hub.audit.size() / 256) * 256, 2_048, undefined];
  assert.deepEqual(await lag(), behind, 'no follower has read yet');
  for (const job of ['deriveTiles', 'readEntries', 'reverifyLog'])
    assert.equal(await hub.hub.runner.run(job), 'ok');
  assert.deepEqual(await lag(), [0, 0, 0]);
  assert.deepEqual(await findings(), [], 'an untouched log');
});

test('a search index with a false position is reported as lagging, and continues', async () => {
  await database.app.query('INSERT INTO audit_posted VALUES (2147483647, now(), now()), (9, now(), now())');
  await database.app.query(
    'INSERT INTO audit_tile SELECT 0, 1000000, hashes FROM audit_tile WHERE level = 0 LIMIT 1',
  );
  assert.deepEqual(await lag(), [0, 0, 0]);
  await asAdministrator('DELETE FROM audit_posted WHERE chunk = 0; DELETE FROM audit_tile WHERE n = 1');
  assert.deepEqual(await lag(), [256, 1_024, 0]);
  for (const job of ['deriveTiles', 'readEntries']) assert.equal(await hub.hub.runner.run(job), 'ok');
  assert.deepEqual(await lag(), [0, 0, 0]);
  await asAdministrator('DELETE FROM audit_posted WHERE chunk > 1; DELETE FROM audit_tile WHERE n = 1000000');
});

/** How far tiles, search index and verification lag, as metrics report it. */
async function lag(): Promise<readonly (number | undefined)[]> {
  const text = await (await fetch(`${hub.hub.origins.admin}/metrics`)).text();
  return ['tiles', 'index', 'verification'].map((name) => {
    const [, value] = new RegExp(`^datong_log_${name}_behind (\\d+)$`, 'm').exec(text) ?? [];
    return value === undefined ? undefined : Number(value);
  });
}
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});

const findings = async (): Promise<string[]> => {
  const { rows } = await database.app.query<{ code: string; index: string | null }>(
    'SELECT code, index FROM log_finding',
  );
  return rows.map(({ code, index }) => (index === null ? code : `${code}@${index}`));
};

async function reverify(): Promise<void> {
  assert.equal(await hub.hub.runner.run('reverifyLog'), 'ok');
  reported.set('reverify', await findings());
}

async function verify(): Promise<void> {
  const ran = await runDatong(['audit', 'verify', '--demo', '--key', hub.hub.keys.log.vkey, '--json'], {
    cwd: home,
    env: { DATONG_STATE: join(home, 'demo.json') },
  });
  assert.equal(ran.code, 5, ran.stdout + ran.stderr);
  const list = (JSON.parse(ran.stdout) as { findings: { code: string; index?: number }[] }).findings;
  reported.set(
    'verify',
    list.map(({ code, index }) => (index === undefined ? code : `${code}@${index}`)),
  );
}

async function readyz(): Promise<void> {
  const reply = await fetch(`${hub.hub.origins.admin}/readyz`);
  const { checks } = (await reply.json()) as { checks: Readonly<Record<string, string>> };
  reported.set('readyz', Object.values(checks));
}

/** An entry that no other attack has touched. @param about whether it is about a person */
let next = 50;
async function own(id: RunHere, about = false): Promise<number> {
  const { rows } = await database.app.query<{ idx: string }>(
    `SELECT idx FROM audit_entry e WHERE idx >= $1
        AND EXISTS (SELECT 1 FROM audit_subject s WHERE s.idx = e.idx) = $2 ORDER BY idx LIMIT 1`,
    [base + next, about],
  );
  const index = Number(rows[0]?.idx);
  next = index - base + 2;
  taken.set(id, index);
  return index;
}

/** Every cell of the row is what was reported; where the attack has an entry, of that entry. */
function hold(...ids: readonly RunHere[]): void {
  for (const id of ids) {
    const row = runHere.find((one) => one.id === id) ?? assert.fail(id);
    const index = taken.get(id);
    for (const { by, reported: code } of row.noticed) {
      const expected = index === undefined ? code : `${code}@${index}`;
      assert.ok(
        reported.get(by)?.some((one) => (by === 'readyz' ? one.includes(code) : one === expected)),
        `${id}: ${by} did not tell ${expected}, but ${String(reported.get(by))}`,
      );
    }
    held.add(id);
  }
}
const held = new Set<RunHere>();

test('postpones-job, seizes-job: a re-verification that never comes is reported', async () => {
  const job = "UPDATE job SET %s WHERE name = 'reverifyLog'";
  const set = (what: string): Promise<unknown> => asAdministrator(job.replace('%s', what));
  await readyz();
  assert.ok(
    nonEmpty(reported.get('readyz') ?? []).every((one) => one === 'ok'),
    String(reported.get('readyz')),
  );
  await set("due = now() + interval '7 years'");
  await readyz();
  hold('postpones-job');
  await set(
    `due = now(), owner = '00000000-0000-4000-8000-000000000000', lease_until = now() + interval '7 years'`,
  );
  await readyz();
  hold('seizes-job');
  await set('owner = NULL');
  await reverify();
  await readyz();
  assert.ok(
    nonEmpty(reported.get('readyz') ?? []).every((one) => one === 'ok'),
    String(reported.get('readyz')),
  );
});

test('edits-columns, takes-nonce, edits-tokens, deletes-tokens, edits-index, edits-tile: what the tree does not cover', async () => {
  const columns = await own('edits-columns');
  await asAdministrator(`UPDATE audit_entry SET consumer = 'transport' WHERE idx = ${columns}`);
  const nonce = await own('takes-nonce');
  await asAdministrator(`UPDATE audit_entry SET keyid = 'k', nonce = NULL WHERE idx = ${nonce}`);
  const edited = await own('edits-tokens', true);
  await asAdministrator(
    `UPDATE audit_subject SET tokens[1] = '\\x00112233445566778899aabbccddeeff' WHERE idx = ${edited}`,
  );
  const deleted = await own('deletes-tokens', true);
  await asAdministrator(`DELETE FROM audit_subject WHERE idx = ${deleted}`);
  await asAdministrator('UPDATE audit_posting SET places = substr(places, 3) WHERE chunk = 1');
  taken.set('edits-index', 1_024);
  await asAdministrator(
    'UPDATE audit_tile SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) WHERE level = 0 AND n = 2',
  );
  taken.set('edits-tile', 512);
  await reverify();
  await verify();
  hold('edits-columns', 'takes-nonce', 'edits-tokens', 'deletes-tokens', 'edits-index', 'edits-tile');
  await readyz();
  assert.ok(reported.get('readyz')?.some((one) => /^degraded: 6 findings/.test(one)));
  assert.equal(hub.hub.audit.broken(), undefined, 'the hub serves on');
});

test('hides-finding: what was deleted is found again at the next reading', async () => {
  taken.set('hides-finding', taken.get('edits-columns') ?? 0);
  await asAdministrator('DELETE FROM log_finding');
  await reverify();
  hold('hides-finding');
});

test('edits-entry-time: a time that no clock shows ends no reading of the log', async () => {
  const times = ['2026-13-30T20:00:00.000Z', '2026-10-30T99:00:00.000Z', '0000-10-30T20:00:00.000Z'];
  const retained: { index: number; leaf: Uint8Array }[] = [];
  const write = (index: number, leaf: Uint8Array): Promise<unknown> =>
    asAdministrator(
      `UPDATE audit_entry SET leaf = '\\x${Buffer.from(leaf).toString('hex')}' WHERE idx = ${index}`,
    );
  for (const time of times) {
    const index = await own('edits-entry-time');
    const [stored] = await entriesAt(database.app, [index]);
    assert.ok(stored);
    retained.push(stored);
    const text = Buffer.from(stored.leaf).toString('utf8');
    const altered = text.replace(/"at":"[^"]*"/, `"at":"${time}"`);
    assert.notEqual(altered, text);
    await write(index, Buffer.from(altered, 'utf8'));
  }
  await reverify();
  await verify();
  hold('edits-entry-time');
  for (const { index } of retained)
    for (const by of ['reverify', 'verify'] as const)
      assert.ok(reported.get(by)?.includes(`entry_altered@${index}`), `${by}: ${index}`);
  // a follower of the log reads over such entries, from its beginning
  await asAdministrator('DELETE FROM audit_posted; UPDATE board_progress SET next = 0');
  // a sealed row, so it is changed by the hub's own connections
  await database.owner.query('UPDATE duty_progress SET next = 0');
  for (const job of ['readEntries', 'watchLog']) assert.equal(await hub.hub.runner.run(job), 'ok', job);
  const { rows } = await database.app.query<{ board: string; duties: string; posted: string }>(
    `SELECT (SELECT next FROM board_progress) AS board, (SELECT next FROM duty_progress) AS duties,
            (SELECT count(*) FROM audit_posted) AS posted`,
  );
  const [at] = rows;
  assert.ok(Number(at?.board) >= base + 2_200 && at?.duties === at?.board, JSON.stringify(rows));
  assert.equal(Number(at?.posted), Math.floor(Number(at?.board) / 1_024));
  for (const { index, leaf } of retained) await write(index, leaf);
  await reverify();
  assert.ok(
    !reported.get('reverify')?.some((one) => one.startsWith('entry_')),
    String(reported.get('reverify')),
  );
});

test('a search index that cannot be compared hides nothing that was found, and is reported', async () => {
  const index = await own('edits-columns');
  const set = (consumer: string): Promise<unknown> =>
    asAdministrator(`UPDATE audit_entry SET consumer = '${consumer}' WHERE idx = ${index}`);
  await set('transport');
  await database.owner.query('ALTER TABLE audit_posting RENAME TO audit_posting_away');
  try {
    assert.equal(await hub.hub.runner.run('reverifyLog'), 'internal_error');
  } finally {
    await database.owner.query('ALTER TABLE audit_posting_away RENAME TO audit_posting');
  }
  assert.ok((await findings()).includes(`columns_altered@${index}`));
  const passOf = async (): Promise<number> => {
    const { rows } = await database.app.query<{ number: number }>(
      `SELECT ((state ->> 'pass')::jsonb ->> 'number')::int AS number FROM job WHERE name = 'reverifyLog'`,
    );
    return rows[0]?.number ?? 0;
  };
  const pass = await passOf();
  await set('education');
  await reverify();
  assert.equal(await passOf(), pass + 1, 'it had read on to the end');
  assert.ok(!reported.get('reverify')?.includes(`columns_altered@${index}`));
});

test('edits-entry, breaks-bytes, deletes-entry: what the tree covers, each by its index', async () => {
  const edited = await own('edits-entry');
  const swapped = async (from: string, to: string): Promise<string> =>
    `UPDATE audit_entry SET leaf = ${await editedLeaf(database, edited, from, to)} WHERE idx = ${edited}`;
  await asAdministrator(await swapped('"allow"', '"deny"'));
  const broken = await own('breaks-bytes');
  await asAdministrator(`CREATE TABLE before_attack AS SELECT * FROM audit_entry WHERE idx = ${broken}`);
  await asAdministrator(
    `UPDATE audit_entry SET leaf = '\\xfffe00', hash = sha256('\\x00fffe00') WHERE idx = ${broken}`,
  );
  next = 2_000;
  const deleted = await own('deletes-entry');
  await asAdministrator(`INSERT INTO before_attack SELECT * FROM audit_entry WHERE idx = ${deleted}`);
  await asAdministrator(`DELETE FROM audit_entry WHERE idx = ${deleted}`);
  await reverify();
  await verify();
  hold('edits-entry', 'breaks-bytes', 'deletes-entry');
  assert.equal(hub.hub.audit.broken(), undefined, 'the hub serves on');
  await asAdministrator(`DELETE FROM audit_entry WHERE idx = ${broken}`);
  await asAdministrator('INSERT INTO audit_entry SELECT * FROM before_attack');
  await asAdministrator(await swapped('"deny"', '"allow"'));
  await reverify();
  assert.ok(
    !reported.get('reverify')?.some((one) => /^(entry|leaf|root)_/.test(one)),
    String(reported.get('reverify')),
  );
});

test('deletes-tail: the head promises what is not there', async () => {
  const size = hub.hub.audit.size();
  const tail = [size - 3, size - 2, size - 1];
  taken.set('deletes-tail', size - 3);
  // before it is read back, its writer notices, and nothing more is signed
  await readBackIsOver();
  await takenOut(database, tail, async () => {
    await verify();
    await reverify();
    hold('deletes-tail');
    assert.equal(hub.hub.audit.broken(), undefined, 'the hub serves on');
  });
  await reverify();
  assert.ok(!reported.get('reverify')?.some((one) => one.startsWith('entry_missing')));
});

test('swaps-entries: entries that are all there in another order stop the hub', async () => {
  const index = await own('swaps-entries');
  taken.delete('swaps-entries');
  await asAdministrator(
    `UPDATE audit_entry SET idx = 1000000 WHERE idx = ${index};
     UPDATE audit_entry SET idx = ${index} WHERE idx = ${index} + 1;
     UPDATE audit_entry SET idx = ${index} + 1 WHERE idx = 1000000`,
  );
  await verify();
  await reverify();
  hold('swaps-entries');
  assert.equal(hub.hub.audit.broken()?.code, 'log_inconsistent');
  await readyz();
  assert.ok(reported.get('readyz')?.some((one) => one.includes('root_mismatch')));
});

test('the times of the table are those of the jobs', () => {
  assert.equal(minute, 60_000);
  assert.equal(portionOf(20_000), 20_000);
  // with the runner's jitter of a tenth, and a tenth for the reading itself
  for (const size of [20_001, 3_000_000, 50_000_001])
    assert.ok((size / portionOf(size)) * minute * 1.2 < 24 * 60 * minute);
  assert.equal(clockLooksEvery, 5_000);
  assert.equal(readBackDelay, 250); // and one more reading where the database was slow
});

test('each row of the table was run above, or names tests that exist and report what it states', () => {
  assert.deepEqual([...held].sort(), runHere.map(({ id }) => id).sort());
  const root = resolve(import.meta.dirname, '../..');
  for (const { id, noticed, proof = [] } of logAttacks) {
    const texts = proof.map(({ file, names }) => {
      assert.ok(existsSync(join(root, file)), `${id}: ${file}`);
      const text = readFileSync(join(root, file), 'utf8');
      for (const name of names) assert.ok(text.includes(name), `${id}: ${file} has no «${name}»`);
      return text;
    });
    for (const { reported: code } of proof.length === 0 ? [] : noticed)
      assert.ok(
        texts.some((text) => text.includes(code)),
        `${id}: no test tells ${code}`,
      );
  }
});
