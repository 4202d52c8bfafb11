/** Two processes that append at the same time take turns at the head of the log. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { logDraft, type LogDraft } from '../../../tests/logDraft.ts';
import { testDatabase } from '../../../tests/database.ts';
import { eventually } from '../../../tests/eventually.ts';
import { oneLogKey } from '../../../tests/oneLogKey.ts';
import { withConnection } from '../../platform/database/transaction.ts';
import { openAuditLog, type OpenedAuditLog } from '../openAuditLog.ts';

const database = await testDatabase({ connections: 8 });
const home = mkdtempSync(join(tmpdir(), 'datong-turns-'));
after(() => rmSync(home, { recursive: true, force: true }));
const keys = { log: oneLogKey('datong/test'), headMac: createSecretKey(randomBytes(32)) };
const logs = await Promise.all(
  ['a', 'b'].map((name) => openAuditLog({ database, keys, stateDir: join(home, name) })),
);
after(() => Promise.all(logs.map((log) => log.close())));

/** Twelve callers of each process append one entry after another. */
async function appendByBoth(times: number): Promise<void> {
  const callers = logs.flatMap((log) => Array.from({ length: 12 }, () => log));
  await Promise.all(
    callers.map(async (log) => {
      for (let n = 0; n < times; n += 1) await log.append(logDraft());
    }),
  );
}

/** @throws AssertionError where their indexes have a gap */
async function entries(): Promise<number> {
  const { rows } = await database.app.query<{ count: number; last: number }>(
    'SELECT count(*)::int AS count, max(idx)::int AS last FROM audit_entry',
  );
  const { count = 0, last } = rows[0] ?? {};
  assert.equal(last, count - 1);
  return count;
}

/** Transactions of this database that the server has rolled back: flushes that were planned on an old head. */
async function rolledBack(): Promise<number> {
  const { rows } = await database.owner.query<{ n: number }>(
    'SELECT xact_rollback::int AS n FROM pg_stat_database WHERE datname = current_database()',
  );
  return rows[0]?.n ?? 0;
}

test('of hundreds of flushes by two processes a few fail, and every entry is in the log once', async () => {
  const before = await entries();
  await appendByBoth(100);
  // sessions report what they did a second later, with their next statement
  await new Promise((go) => setTimeout(go, 1_100));
  await appendByBoth(1);
  await eventually(
    async () => (await rolledBack()) > 0,
    () => 'the conflict before the first turn is not counted',
  );
  const failed = await rolledBack();
  assert.ok(failed < 20, `${failed} flushes failed`);
  assert.equal(await entries(), before + 2_424);
});

/** A draft that the database refuses: jsonb holds every character but this one. */
function unstorable(): LogDraft {
  const made = logDraft();
  return {
    ...made,
    privatePart: { exchange: made.leaf.id, salt: randomBytes(32), value: { text: '\u0000' } },
  };
}

const codeOf = (error: unknown): unknown => (error instanceof Problem ? error.code : error);

test('of a flush that lost the head and then fails, a draft that lost its claim is logged as such, the others fail', async () => {
  const [first, second] = logs as [OpenedAuditLog, OpenedAuditLog];
  // alone for so long, it takes no turns
  for (let n = 0; n < 40; n += 1) await second.append(logDraft());
  const epoch = second.epoch();
  const bump: LogDraft = { ...logDraft(), bumpsEpoch: true };
  await first.append(bump);
  const outcomes = await Promise.allSettled([
    second.append(logDraft({ epoch })),
    second.append(unstorable()),
  ]);
  assert.deepEqual(
    outcomes.map((one) => (one.status === 'fulfilled' ? one.value.draft.leaf.code : codeOf(one.reason))),
    ['epoch', 'log_unavailable'],
  );
  assert.equal((await second.append(logDraft())).draft.leaf.code, undefined);
});

test('a turn that someone holds and does not end delays one flush for a second, and none after it', async () => {
  await withConnection(database.owner, async (holder) => {
    await holder.query("BEGIN; SELECT pg_advisory_xact_lock(hashtext('turn at the head of the log'))");
    const begun = performance.now();
    await appendByBoth(40);
    assert.ok(performance.now() - begun < 3_000);
    await holder.query('ROLLBACK');
  });
});
