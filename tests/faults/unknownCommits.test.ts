/**
 * A commit that the server may have made although the process got an error: the session broke, or the server failed while it wrote its log,
 * and replayed the commit. Its sums count. Only a refusal after which the session goes on shows that they are undone.
 */
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { RowVersions } from '../../hub/log/rowVersions.ts';
import { sealingOf } from '../../hub/platform/database/authenticated/rowSealing.ts';
import { readSums } from '../../hub/platform/database/authenticated/sealStore.ts';
import type { TableSum } from '../../hub/platform/database/authenticated/seals.ts';
import { openDatabase } from '../../hub/platform/database/database.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import { administratorSession } from '../administratorSession.ts';
import { testDatabase } from '../database.ts';

const key = createSecretKey(Buffer.alloc(32, 3));
const entry = '01890000-0000-7000-8000-000000000000';
const name = 'purpose';

const own = await testDatabase();
const folder = mkdtempSync(join(tmpdir(), 'datong-commits-'));
const address = own.address as Exclude<typeof own.address, string>;

/** What happens to the next commit. */
let fault: 'fails after it' | 'is refused' | undefined;

const message = (type: string, body: string): Buffer => {
  const bytes = Buffer.from(body, 'latin1');
  const head = Buffer.alloc(5, type, 'latin1');
  head.writeInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
};
const commits = message('Q', 'COMMIT\0');
const inserted = message('Q', 'ROLLBACK; SELECT 1/0\0');
const fatal = message('E', 'SFATAL\0VFATAL\0C53100\0Mcould not write to the log\0\0');

/** Forwards to the server. */
const server = createServer((socket) => {
  const upstream = connect(join(address.host, `.s.PGSQL.${address.port}`));
  let isSwallowed = false;
  socket.on('data', (bytes) => {
    const isCommit = bytes.equals(commits) && fault !== undefined;
    isSwallowed = isCommit && fault === 'fails after it';
    upstream.write(isCommit && fault === 'is refused' ? inserted : bytes);
    if (isCommit) fault = undefined;
  });
  upstream.on('data', (bytes) => {
    if (isSwallowed) socket.end(fatal);
    else socket.write(bytes);
  });
  for (const [one, other] of [
    [socket, upstream],
    [upstream, socket],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
});
await new Promise<void>((resolve) => server.listen(join(folder, `.s.PGSQL.${address.port}`), resolve));
const database = await openDatabase({ ...address, host: folder }, { connections: 2, durable: false });
after(async () => {
  await database.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const sealing = sealingOf(database.app) ?? assert.fail();
sealing.begin(key, await RowVersions.open(join(folder, 'state'), key, (error) => assert.fail(String(error))));
const administrator = await administratorSession(own, '-c session_replication_role=replica');
await administrator.query(
  `INSERT INTO purpose (code, title_zh, title_en, registered_by, registered_at, author, approver)
   VALUES ('p1', 'x', 'x', $1, now(), 'a', 'b')`,
  [entry],
);
await withTransaction(database.owner, (transaction) => sealing.sealTables(transaction, [name], entry));

let titles = 0;
/** @returns the sum that the transaction wrote, whether it was committed or not */
async function change(): Promise<{ readonly sum: TableSum; readonly error: unknown }> {
  let sum: TableSum | undefined;
  const error: unknown = await withTransaction(database.owner, async (transaction) => {
    await transaction.query(`UPDATE purpose SET title_en = $1`, [`t${(titles += 1)}`]);
    await sealing.seal(transaction, entry);
    sum = (await readSums(transaction, key, [name], false)).get(name);
  }).catch((failed: unknown) => failed);
  return { sum: sum ?? assert.fail(), error };
}
const isNewest = (sum: TableSum): boolean | undefined => sealing.digests?.isNewest(name, sum);

test('the server failed after a commit: it counts, and later changes do', async () => {
  fault = 'fails after it';
  const { sum, error } = await change();
  assert.ok(error instanceof Error);
  assert.equal(isNewest(sum), true);
  assert.deepEqual(await sealing.verifyAll(own.owner, [name]), []);
  assert.equal((await change()).error, undefined);
});

test('a commit that is refused is undone', async () => {
  fault = 'is refused';
  const { sum, error } = await change();
  assert.match(String(error), /division by zero/);
  assert.equal(isNewest(sum), false);
  assert.equal((await change()).error, undefined);
});
