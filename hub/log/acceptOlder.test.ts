/** After entries were lost, the processes of a hub continue under one decision of the operator, or under one each. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { rewriteLog } from '../../tests/attacks/rewriteLog.ts';
import { testDatabase } from '../../tests/database.ts';
import { oneLogKey } from '../../tests/oneLogKey.ts';
import { sealingOf } from '../platform/database/authenticated/rowSealing.ts';
import { acceptedLoss } from './acceptedLoss.ts';
import { acceptOlder } from './acceptOlder.ts';
import { newestHighWater, readHighWater } from './highWater.ts';
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
  const newest = await serve('ahead', 2);
  assert.ok(newest > known);
  await rewriteLog(database, keys, { keep: 3 });
  await sleep(1_100); // records have a time in seconds
  for (const name of ['early', 'first', 'ahead'])
    await assert.rejects(openAuditLog(of(name)), { code: 'log_behind' });

  assert.deepEqual(await acceptOlder(of('first')), { accepted: 3 });
  assert.ok(existsSync(join(home, 'first', `log-high-water.${known}.json`)));
  await serve('first', 1);
  // its record has 5 entries: more than the log has now, and a different fifth entry than the log gets later
  await serve('early', 1);
  assert.ok(existsSync(join(home, 'early', 'log-high-water.5.json')));
  const size = await serve('first', 12);
  assert.ok(size > newest);

  // it had signed entries that the first one did not know
  await assert.rejects(openAuditLog(of('ahead')), (error: { code: string; facts: object }) => {
    assert.deepEqual([error.code, error.facts], ['log_behind', { size: 3, known: newest }]);
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

test('a machine with workers: the newest record of all decides, and every worker joins', async () => {
  const own = await testDatabase({ connections: 8 });
  const folders = ['machine', 'machine/workers/2', 'machine/workers/3'].map((name) => ({
    database: own,
    keys,
    stateDir: join(home, name),
  }));
  for (const [nth, options] of folders.entries()) {
    const log = await openAuditLog(options);
    for (let n = 0; n < 2 + nth; n += 1) await log.append(hubDraft('test', own.now(), { n }));
    await log.close();
  }
  const [machine, ...workers] = folders;
  assert.ok(machine);
  const verifiers = keys.log.verifiers();
  const known = (await newestHighWater(machine.stateDir, verifiers))?.size ?? 0;
  assert.ok(known > ((await readHighWater(machine.stateDir, verifiers))?.size ?? 0));
  // the first process had recorded no more than this: only its workers had
  await rewriteLog(own, keys, { keep: 3 });
  await sleep(1_100);
  await assert.rejects(openAuditLog(workers[0] ?? machine), { code: 'log_behind' });
  assert.deepEqual(await acceptOlder(machine), { accepted: 3 });
  for (const options of folders) await (await openAuditLog(options)).close();
  for (const { stateDir } of workers)
    assert.ok(
      readdirSync(stateDir).some((name) => /^log-high-water\.\d+\.json$/.test(name)),
      stateDir,
    );
  await assert.rejects(acceptOlder(machine), { code: 'restore_refused' });
});

test('a process that recorded no lost entry forgets the rows that it saw: they are older than that', async () => {
  const own = await testDatabase({ connections: 8 });
  const folders = ['restored', 'restored/workers/2', 'elsewhere'].map((name): AuditLogOptions => ({
    database: own,
    keys,
    stateDir: join(home, name),
  }));
  const [machine = assert.fail(), ...others] = folders;
  const saw = (): number => sealingOf(own.app)?.digests?.known('purpose').version ?? assert.fail();
  for (const options of others) {
    const log = await openAuditLog(options);
    // it compares rows that another process has changed, and appends nothing
    sealingOf(own.app)?.digests?.seen('purpose', { version: 90, sum: 1n });
    assert.equal(saw(), 90);
    await log.close();
  }
  const first = await openAuditLog(machine);
  for (let n = 0; n < 6; n += 1) await first.append(hubDraft('test', own.now(), { n }));
  await first.close();
  const [early = assert.fail()] = others;
  const storedSize = (await readHighWater(early.stateDir, keys.log.verifiers()))?.size ?? assert.fail();
  await rewriteLog(own, keys, { keep: storedSize + 2 });
  await assert.rejects(acceptOlder({ ...machine, queue: 0 }), { code: 'log_busy' });
  await (await openAuditLog(early)).close();
  assert.equal(saw(), 90, 'nothing was decided');

  await acceptOlder(machine);
  for (const options of others) {
    await (await openAuditLog(options)).close();
    assert.ok(saw() < 90, options.stateDir);
    assert.equal(
      readdirSync(options.stateDir).filter((name) => /^row-versions\.\d+\.json$/.test(name)).length,
      1,
    );
    const again = await openAuditLog(options);
    sealingOf(own.app)?.digests?.seen('purpose', { version: 91, sum: 1n });
    await again.close();
    await (await openAuditLog(options)).close();
    assert.equal(saw(), 91, 'one decision makes it forget once');
  }
});

test('an acceptance that the tree does not include does not count', async () => {
  const log = await openAuditLog(of('first'));
  const tree = await log.storedTree();
  await log.close();
  assert.deepEqual((await acceptedLoss(database.app, tree, 5))?.accepted, 3);
  assert.equal(await acceptedLoss(database.app, { ...tree, root: randomBytes(32) }, 5), undefined);
  assert.equal(await acceptedLoss(database.app, tree, 3), undefined, 'it concerns entries after the third');
});

for (const [name, pause] of [
  ['within the second of the decision', 0],
  ['later', 1_100],
] as const)
  test(`one accepted loss does not accept a second rollback, ${name}`, async () => {
    const folder = `twice-${pause}`;
    const again = await testDatabase({ connections: 8 });
    const options: AuditLogOptions = { ...of(folder), database: again };
    const grow = async (to: number): Promise<number> => {
      const log = await openAuditLog(options);
      for (let n = log.size(); n < to; n += 1) await log.append(hubDraft('test', again.now(), { n }));
      await log.close();
      return log.size();
    };
    assert.equal(await grow(21), 21);
    await rewriteLog(again, keys, { keep: 3 });
    assert.deepEqual(await acceptOlder(options), { accepted: 3 });
    await sleep(pause);
    assert.equal(await grow(14), 14);
    await rewriteLog(again, keys, { keep: 8 });
    const file = join(home, folder, 'log-high-water.json');
    const recorded = readFileSync(file, 'utf8');
    for (let start = 0; start < 2; start += 1) await assert.rejects(grow(8), { code: 'log_behind' });
    assert.equal(readFileSync(file, 'utf8'), recorded, 'a refused start leaves the record');
    assert.ok((await acceptOlder(options)).accepted <= 8);
    assert.equal(await grow(12), 12);
  });

test('a failure after the files were copied leaves the recorded tree in force', async () => {
  const own = await testDatabase({ connections: 8 });
  const options: AuditLogOptions = { ...of('failing'), database: own };
  const log = await openAuditLog(options);
  for (let n = 0; n < 6; n += 1) await log.append(hubDraft('test', own.now(), { n }));
  await log.close();
  const known = log.size();
  await rewriteLog(own, keys, { keep: 3 });
  const read = (): string => readFileSync(join(home, 'failing', 'log-high-water.json'), 'utf8');
  const recorded = read();
  await assert.rejects(acceptOlder({ ...options, queue: 0 }), { code: 'log_busy' });
  assert.equal(read(), recorded);
  await assert.rejects(openAuditLog(options), { code: 'log_behind' });

  // a start that joins the decision of another process, and fails before it records the tree
  cpSync(join(home, 'failing'), join(home, 'joining'), { recursive: true });
  await sleep(1_100);
  assert.deepEqual(await acceptOlder(options), { accepted: 3 });
  const joining: AuditLogOptions = { ...of('joining'), database: own };
  const notBefore = (): void => {
    throw new Error('interrupted');
  };
  const clock = Object.create(own.clock, { notBefore: { value: notBefore } }) as typeof own.clock;
  await assert.rejects(openAuditLog({ ...joining, database: { ...own, clock } }), (error: Error) => {
    assert.match((error.cause as Error | undefined)?.message ?? error.message, /interrupted/);
    return true;
  });
  const file = join(home, 'joining', 'log-high-water.json');
  assert.equal(readFileSync(file, 'utf8'), recorded);
  assert.equal(readFileSync(join(home, 'joining', `log-high-water.${known}.json`), 'utf8'), recorded);
  await (await openAuditLog(joining)).close();
  assert.notEqual(readFileSync(file, 'utf8'), recorded);
});
