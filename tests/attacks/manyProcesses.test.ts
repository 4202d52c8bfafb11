/**
 * Processes that change the same tables at once take nothing of each other for a fault; a table that one of them drops and another begins again counts
 * for all; and while an upgrade is under way, processes of the release before change rows without a vector.
 */
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, mock, test } from 'node:test';
import { literalName } from '../../hub/domain/rowTable/names.ts';
import { RandomComparisons } from '../../hub/flows/intake/jobs/randomComparisons.ts';
import { noteCurrentBatch } from '../../hub/flows/rows/store/currentBatches.ts';
import { faultOf } from '../../hub/flows/rows/store/digestedTables.ts';
import { beginDigest, endDigest, openDigest } from '../../hub/flows/rows/store/openDigest.ts';
import { RowVersions, rowVersionsFile } from '../../hub/log/rowVersions.ts';
import { RowsAtRandom } from '../../hub/features/log/jobs/rowsAtRandom.ts';
import { sealingOf } from '../../hub/platform/database/authenticated/rowSealing.ts';
import { sealedNames } from '../../hub/platform/database/authenticated/rules.ts';
import { hasSumsWithoutWriters } from '../../hub/platform/database/authenticated/sealStore.ts';
import { openDatabase, type Database } from '../../hub/platform/database/database.ts';
import { withTransaction, type Transaction } from '../../hub/platform/database/transaction.ts';
import { administratorSession } from '../administratorSession.ts';
import { testDatabase } from '../database.ts';
import { putBack, sealedParts, stateOf } from './putBack.ts';

const database = await testDatabase();
const administrator = await administratorSession(
  database,
  '-c session_replication_role=replica -c client_min_messages=warning',
);
const parent = mkdtempSync(join(tmpdir(), 'datong-processes-'));
after(() => rmSync(parent, { recursive: true, force: true }));
const key = createSecretKey(Buffer.alloc(32, 3));
const entry = '01890000-0000-7000-8000-000000000000';
let folders = 0;

interface Process extends Pick<Database, 'app' | 'owner' | 'now'> {
  readonly folder: string;
  readonly versions: RowVersions;
}

async function opens(): Promise<Database> {
  const opened = await openDatabase(database.address, { connections: 4, durable: false });
  after(() => opened.close());
  return opened;
}

/** What a process of the hub knows and does about rows, without its listeners. */
async function starts(folder = join(parent, String((folders += 1))), opened = opens()): Promise<Process> {
  const own = await opened;
  // the folder goes before the last write
  const versions = await RowVersions.open(folder, key, () => undefined);
  await versions.begin(() => hasSumsWithoutWriters(own.app));
  sealingOf(own.app)?.begin(key, versions);
  return { app: own.app, owner: own.owner, now: () => own.now(), folder, versions };
}

await administrator.query(
  `INSERT INTO purpose (code, title_zh, title_en, registered_by, registered_at, author, approver)
   SELECT 'p' || n, 'x', 'x', '${entry}', now(), 'a', 'b' FROM generate_series(1, 4) AS n`,
);
const first = await starts();
await withTransaction(
  first.owner,
  (transaction) => sealingOf(first.owner)?.sealTables(transaction, sealedNames, entry) ?? assert.fail(),
);

let titles = 0;
const change = ({ owner }: Process, purpose = 'p1'): Promise<unknown> =>
  withTransaction(owner, (transaction) =>
    transaction.query('UPDATE purpose SET title_en = $1 WHERE code = $2', [`t${(titles += 1)}`, purpose]),
  );
const found = async ({ owner }: Process): Promise<string[]> =>
  ((await sealingOf(owner)?.verifyAll(owner, ['purpose'])) ?? assert.fail()).map(
    ({ code, table }) => `${code} ${table}`,
  );
const rolledBack = ['rows_rolled_back purpose'];
const purposes = sealedParts('purpose');
const withoutVector = `UPDATE row_sum SET writers = NULL, writers_mac = NULL WHERE table_name = 'purpose'`;
const refused = { code: 'rows_unauthenticated' };

const lasting = literalName('rows', `u_${'0c'.repeat(12)}`);
const lastingName = lasting.replaceAll('"', '');
const makeTable = ({ owner }: Process): Promise<void> =>
  withTransaction(owner, async (transaction) => {
    await transaction.query(
      `CREATE TABLE ${lasting} (f_a text, _batch uuid NOT NULL, _row bigint GENERATED ALWAYS AS IDENTITY, _subject bytea)`,
    );
    await beginDigest(transaction, lasting);
  });
const dropTable = ({ owner }: Process): Promise<void> =>
  withTransaction(owner, async (transaction) => {
    await transaction.query(`DROP TABLE ${lasting}`);
    await endDigest(transaction, lasting);
  });
async function merges(transaction: Transaction): Promise<void> {
  const open = await openDigest(transaction, lasting);
  assert.ok(open !== undefined);
  await transaction.query(`DELETE FROM ${lasting}`);
  await open.writeEmpty(transaction);
}

test('4 processes make hundreds of changes at once, some of them undone: none is refused, and nothing is found', async () => {
  const others = [await starts(), await starts(), await starts()];
  await makeTable(first);
  const processes = [first, ...others];
  const undone = async (
    { owner }: Process,
    work: (transaction: Transaction) => Promise<unknown>,
  ): Promise<void> => {
    const undoing = withTransaction(owner, async (transaction) => {
      await work(transaction);
      await sealingOf(owner)?.seal(transaction, entry);
      throw new Error('undone');
    });
    await assert.rejects(undoing, /undone/);
  };
  let working = processes.length;
  let compared = 0;
  const works = async (one: Process, nth: number): Promise<void> => {
    try {
      for (let at = 0; at < 80; at += 1) {
        await change(one, `p${1 + (at % 4)}`);
        const publish = (transaction: Transaction): Promise<void> =>
          noteCurrentBatch(transaction, 'd', `batch ${nth} ${at}`);
        await withTransaction(one.owner, publish);
        await withTransaction(one.owner, merges);
        if (at % 5 > 0) continue;
        await undone(one, (transaction) =>
          transaction.query(`UPDATE purpose SET title_en = 'u' WHERE code = 'p2'`),
        );
        await undone(one, merges);
        await undone(one, publish);
      }
    } finally {
      working -= 1;
    }
  };
  const compares = async (one: Process): Promise<void> => {
    const [rows, tables] = [new RowsAtRandom(one.owner), new RandomComparisons(one)];
    while (working > 0) {
      await rows.compare();
      await tables.compare();
      assert.deepEqual(await found(one), []);
      assert.deepEqual(rows.findings, []);
      assert.deepEqual([...tables.faults], []);
      compared += 1;
    }
  };
  await Promise.all([...processes.map(works), ...processes.map(compares)]);
  assert.ok(compared > 10);
  for (const one of processes) {
    assert.deepEqual(await found(one), []);
    assert.equal(await faultOf(one, lasting), undefined);
  }
});

test('a lasting table is dropped by one process and begun again by another one, which knew none: it counts for all', async () => {
  const [second, third] = [await starts(), await starts()];
  for (const one of [second, first, second]) await withTransaction(one.owner, merges);
  const parts = [['row_sum', `table_name = '${lastingName}'`]] as const;
  const ended = await stateOf(administrator, parts);
  await dropTable(second);
  await makeTable(third);
  for (const one of [first, second, third, first]) await withTransaction(one.owner, merges);
  for (const one of [first, second, third]) assert.equal(await faultOf(one, lasting), undefined);

  const begun = await stateOf(administrator, parts);
  await putBack(administrator, parts, ended);
  for (const one of [first, second, third]) assert.equal(await faultOf(one, lasting), 'rows_altered');
  await putBack(administrator, parts, begun);

  await dropTable(first);
  await administrator.query(
    `CREATE TABLE ${lasting} (f_a text, _batch uuid NOT NULL, _row bigint GENERATED ALWAYS AS IDENTITY, _subject bytea);
     ALTER TABLE ${lasting} OWNER TO datong_owner`,
  );
  await putBack(administrator, parts, begun);
  assert.equal(await faultOf(second, lasting), undefined, 'it does not know that the table was dropped');
  await withTransaction(second.owner, merges);
  assert.equal(await faultOf(first, lasting), 'rows_altered');
  await assert.rejects(withTransaction(first.owner, merges), refused);
});

test('vectors that are removed while a process starts without a state folder: it accepts them, and the others notice what it went on from', async () => {
  const one = await starts();
  await change(one);
  const before = await stateOf(administrator, purposes);
  await change(one);
  const committed = await stateOf(administrator, purposes);
  await putBack(administrator, purposes, before);
  await administrator.query(withoutVector);
  const fresh = await starts();
  assert.deepEqual(
    [one, fresh].map(({ versions }) => versions.isOlderExpected()),
    [false, true],
  );
  for (let nth = 0; nth < 3; nth += 1) {
    await change(fresh);
    await administrator.query(withoutVector);
    assert.deepEqual(await found(fresh), []);
    await change(fresh);
    assert.deepEqual(await found(one), rolledBack);
  }
  await assert.rejects(change(one), refused);
  await putBack(administrator, purposes, committed);
  assert.deepEqual(await found(one), []);
});

test('while an upgrade is under way, a process of the release before writes sums without a vector; a day later it is a finding', async () => {
  const { now } = Date;
  const older = async (one: Process): Promise<void> => {
    const {
      rows: [left],
    } = await administrator.query<{ writers: string | null; mac: Buffer | null }>(
      `SELECT writers, writers_mac AS mac FROM row_sum WHERE table_name = 'purpose'`,
    );
    await change(one);
    // it changes the other columns only
    await administrator.query(
      `UPDATE row_sum SET writers = $1, writers_mac = $2 WHERE table_name = 'purpose'`,
      [left?.writers, left?.mac],
    );
  };
  await change(first);
  await first.versions.flush();
  // as the release before left them
  await administrator.query('UPDATE row_sum SET writers = NULL, writers_mac = NULL');
  const file = rowVersionsFile(first.folder);
  const {
    vectors: _,
    vectorsMac: _mac,
    ...content
  } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const folder = join(parent, 'older');
  await RowVersions.open(folder, key, () => undefined).then(async (made) => {
    made.note('x', { version: 1 });
    await made.flush();
  });
  writeFileSync(rowVersionsFile(folder), JSON.stringify(content));

  const [upgraded, fresh] = [await starts(folder), await starts()];
  for (const one of [upgraded, fresh]) assert.deepEqual(await found(one), []);
  for (let nth = 0; nth < 3; nth += 1) {
    for (const one of [upgraded, fresh]) await change(one);
    await older(await starts());
    for (const one of [upgraded, fresh]) assert.deepEqual(await found(one), []);
  }
  await older(await starts());
  for (const one of [upgraded, fresh]) {
    await change(one);
    await one.versions.flush();
  }

  const [databaseOfNext, last] = [opens(), await starts()];
  await databaseOfNext;
  mock.method(Date, 'now', () => now() + 25 * 3_600_000);
  const restarted = join(parent, 'restarted');
  cpSync(folder, restarted, { recursive: true });
  const again = await starts(restarted, databaseOfNext);
  for (const one of [again, upgraded, fresh]) assert.deepEqual(await found(one), []);
  await older(last);
  for (const one of [again, upgraded, fresh]) {
    assert.deepEqual(await found(one), rolledBack);
    await assert.rejects(change(one), refused);
  }
  mock.restoreAll();
});

test('a process of the release before compares what an upgraded one wrote, and is upgraded then: it finds nothing, and later rollbacks', async () => {
  await administrator.query(withoutVector);
  const [upgraded, folder] = [await starts(), join(parent, 'compared')];
  await change(upgraded);
  const older = await starts(folder);
  assert.deepEqual(await found(older), []);
  await older.versions.flush();
  const file = rowVersionsFile(folder);
  const { versions, sums, mac, sumsMac } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ v: 1, versions, sums, mac, sumsMac }));

  const next = await starts(folder);
  for (const one of [next, upgraded]) assert.deepEqual(await found(one), []);
  await change(next);
  await change(upgraded);
  const before = await stateOf(administrator, purposes);
  await change(next);
  await putBack(administrator, purposes, before);
  for (let nth = 0; nth < 2; nth += 1) await change(upgraded);
  assert.deepEqual(await found(next), rolledBack);
  assert.deepEqual(await found(upgraded), []);
});

test('a table that an earlier release changed last, put back to a state of that release: it needs no vector', async () => {
  await administrator.query(withoutVector);
  const one = await starts();
  await change(one);
  await administrator.query(withoutVector);
  const before = await stateOf(administrator, purposes);
  await change(one);
  await administrator.query(withoutVector);
  const [knowing, other] = [await starts(), await starts()];
  assert.deepEqual(await found(knowing), []);
  await putBack(administrator, purposes, before);
  for (let nth = 0; nth < 3; nth += 1) await change(other);
  assert.deepEqual(await found(knowing), rolledBack);
});
