/** After entries were lost, the processes of a hub continue under one decision of the operator, or under one each. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { rewriteLog } from '../../tests/attacks/rewriteLog.ts';
import { testDatabase } from '../../tests/database.ts';
import { oneLogKey } from '../../tests/oneLogKey.ts';
import { acceptedLoss } from './acceptedLoss.ts';
import { acceptOlder } from './acceptOlder.ts';
import { hubDraft } from './hubDraft.ts';
import { openAuditLog, type AuditLogOptions, type OpenedAuditLog } from './openAuditLog.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-accept-older-'));
after(() => rmSync(home, { recursive: true, force: true }));
const database = await testDatabase({ connections: 8 });
const keys = { log: oneLogKey('datong/test'), headMac: createSecretKey(randomBytes(32)) };
const of = (name: string): AuditLogOptions => ({ database, keys, stateDir: join(home, name) });

/** A process of the hub that writes entries and ends. @returns the entries of the log then */
async function serve(name: string, entries: number): Promise<number> {
  const log = await openAuditLog(of(name));
  for (let n = 0; n < entries; n += 1) await log.append(hubDraft('test', database.now(), { n }));
  await log.close();
  return log.size();
}

test('a process that recorded no more than was accepted joins; another one decides for itself; then all serve', async () => {
  await serve('early', 4);
  const known = await serve('first', 3);
  const most = await serve('ahead', 2);
  assert.ok(most > known);
  await rewriteLog(database, keys, { keep: 3 });
  for (const name of ['early', 'first', 'ahead'])
    await assert.rejects(openAuditLog(of(name)), { code: 'log_behind' });

  assert.deepEqual(await acceptOlder(of('first')), { accepted: 3 });
  assert.ok(existsSync(join(home, 'first', `log-high-water.${known}.json`)));
  await serve('first', 1);
  // its record of 5 entries is longer than the log at first, and another branch later
  await serve('early', 1);
  assert.ok(existsSync(join(home, 'early', 'log-high-water.5.json')));
  const size = await serve('first', 12);
  assert.ok(size > most);

  // it had signed entries that the first one did not know
  await assert.rejects(openAuditLog(of('ahead')), (error: { code: string; facts: object }) => {
    assert.deepEqual([error.code, error.facts], ['log_behind', { size: 3, known: most }]);
    return true;
  });
  assert.deepEqual(await acceptOlder(of('ahead')), { accepted: 3 });
  await assert.rejects(acceptOlder(of('ahead')), { code: 'restore_refused' });

  const logs: OpenedAuditLog[] = [];
  for (const name of ['early', 'first', 'ahead']) logs.push(await openAuditLog(of(name)));
  const written = await Promise.all(
    logs.map((log) => log.append(hubDraft('together', database.now(), { n: 0 }))),
  );
  assert.equal(new Set(written.map(({ index }) => index)).size, 3);
  for (const log of logs) await log.close();
});

test('an acceptance that the tree does not include does not count', async () => {
  const log = await openAuditLog(of('first'));
  const tree = await log.storedTree();
  await log.close();
  assert.deepEqual((await acceptedLoss(database.app, tree, 5))?.accepted, 3);
  assert.equal(await acceptedLoss(database.app, { ...tree, root: randomBytes(32) }, 5), undefined);
  assert.equal(await acceptedLoss(database.app, tree, 3), undefined, 'it concerns entries after the third');
});
