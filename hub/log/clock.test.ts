/** The log and the time: a clock that was set neither backdates entries nor makes an answered request new. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Leaf } from '../../log/leaf.ts';
import { logDraft, type LogDraft } from '../../tests/logDraft.ts';
import { oneLogKey } from '../../tests/oneLogKey.ts';
import { Problem } from '../../terms/problem.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { testDatabase } from '../../tests/database.ts';
import type { ExplainedJump } from '../platform/database/clock.ts';
import type { Database } from '../platform/database/database.ts';
import { acceptClock } from './acceptOlder.ts';
import type { Claims } from './draft.ts';
import { openAuditLog } from './openAuditLog.ts';
import { leavesWhere } from '../../tests/leafTexts.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'datong-clock-'));
after(() => rmSync(stateDir, { recursive: true, force: true }));
const keys = {
  log: oneLogKey('datong/test'),
  headMac: createSecretKey(randomBytes(32)),
};
const database = await testDatabase();
const open = (from: Database = database): ReturnType<typeof openAuditLog> =>
  openAuditLog({ database: from, keys, stateDir });
const problem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

/** @param ahead ms that its time is ahead of the clock */
function draft(claims: Claims = {}, ahead = 0, facts: Partial<Leaf> = {}): LogDraft {
  const now = database.now();
  const moments = { id: uuid7(now), at: new Date(now + ahead).toISOString() };
  return logDraft(
    claims,
    { ...moments, ...facts },
    { whenLost: (code) => draft({}, 0, { decision: 'deny', code }) },
  );
}

test('while a jump of the clock has no explanation nothing is logged, so nothing is answered; then it goes on', async () => {
  const jumped: { trouble: Problem | undefined } = { trouble: undefined };
  const log = await open({
    ...database,
    clock: { notBefore: () => undefined, trouble: () => jumped.trouble },
  });
  await log.append(draft());
  const size = log.size();
  jumped.trouble = new Problem('clock_jumped', { seconds: -1_728_000 });
  await assert.rejects(log.append(draft()), problem('clock_jumped'));
  assert.equal(log.size(), size);
  jumped.trouble = undefined;
  await log.append(draft());
  await log.close();
});

test('a jump that was followed is an entry', async () => {
  const listeners: ((jump: ExplainedJump) => void)[] = [];
  const log = await open({ ...database, onClockJump: (listener) => void listeners.push(listener) });
  const before = log.size();
  for (const one of listeners) one({ reason: 'failover', milliseconds: -2_100 });
  await log.close();
  const [leaf] = await leavesWhere(database, 'idx = $1', before);
  assert.equal(leaf?.operation, 'followClock');
  assert.deepEqual(leaf.change, { reason: 'failover', milliseconds: -2_100 });
});

test('an answered request is not new again after entries 700 s in the future', async () => {
  const log = await open();
  const nonce = { keyid: 'k', nonce: 'once', expires: 0 };
  assert.equal((await log.append(draft({ nonce }))).draft.leaf.code, undefined);
  const another = { keyid: 'k', nonce: 'another', expires: 0 };
  await log.append(draft({ nonce: another }, 700_000));
  assert.equal(log.hasNonce('k', 'once'), true);
  assert.equal((await log.append(draft({ nonce }))).draft.leaf.code, 'nonce');
  await log.close();
});

test('a clock earlier than the newest entries does not serve, until the operator decides, which is an entry', async () => {
  await assert.rejects(open(), problem('clock_behind_log'));
  const { ahead } = await acceptClock({ database, keys, stateDir });
  assert.ok(ahead > 600 && ahead <= 700, String(ahead));
  const log = await open();
  assert.equal((await log.append(draft())).draft.leaf.code, undefined);
  await log.close();
  assert.deepEqual(await acceptClock({ database, keys, stateDir }), { ahead: 0 });
});
