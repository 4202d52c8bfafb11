/** Several processes on one log, rollbacks, and a database that goes away. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openCheckpoint } from '../../log/checkpoint.ts';
import { leafHash } from '../../log/hash.ts';
import { logDraft, type LogDraft } from '../../tests/logDraft.ts';
import { oneLogKey } from '../../tests/oneLogKey.ts';
import { isIncluded } from '../../log/tree/verifyProof.ts';
import { foldFrontier, frontierLength } from '../../log/tree/growTree.ts';
import { LeafTree } from '../../log/tree/leafTree.ts';
import { Problem } from '../../terms/problem.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { testDatabase, type TestDatabase } from '../../tests/database.ts';
import { asLogin } from '../platform/database/database.ts';
import type { Appended, Claims } from './draft.ts';
import { headRow } from './head.ts';
import { highWaterFile } from './highWater.ts';
import { openAuditLog, type OpenedAuditLog } from './openAuditLog.ts';
import { rewriteLog } from '../../tests/attacks/rewriteLog.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { leafOf } from './store/storedLeaves.ts';

const home = mkdtempSync(join(tmpdir(), 'datong-faults-'));
after(() => rmSync(home, { recursive: true, force: true }));
const signer = oneLogKey('datong/test');
const keys = { log: signer, headMac: createSecretKey(randomBytes(32)) };
const problem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;
const nonce = (): NonNullable<Claims['nonce']> => ({
  keyid: 'k',
  nonce: randomBytes(12).toString('base64url'),
  expires: 0,
});

async function checkLog(database: TestDatabase, appended: readonly Appended<LogDraft>[]): Promise<void> {
  const { rows } = await database.app.query<{ idx: string; leaf: Buffer }>(
    'SELECT idx, leaf FROM audit_entry ORDER BY idx',
  );
  assert.deepEqual(
    rows.map((row) => Number(row.idx)),
    [...rows.keys()],
  );
  const tree = new LeafTree(rows.map((row) => leafHash(leafOf(row.leaf))));
  for (const { index, leaf, proof, checkpoint } of appended) {
    const { size, root } = openCheckpoint(checkpoint, [signer]);
    assert.deepEqual(
      Buffer.from(tree.root(size)),
      Buffer.from(root),
      'every signed root is a prefix of the log',
    );
    assert.ok(isIncluded(index, size, leafHash(leaf), proof, root));
  }
}

describe('two processes on one log', async () => {
  const database = await testDatabase({ connections: 8 });
  const both = await Promise.all(
    ['a', 'b'].map((name) => openAuditLog({ database, keys, stateDir: join(home, name) })),
  );
  const [first, second] = both as [OpenedAuditLog, OpenedAuditLog];
  const each = <T>(count: number, make: (log: OpenedAuditLog, i: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, (_, i) => make(i % 2 === 0 ? first : second, i)));
  after(() => Promise.all(both.map((log) => log.close())));

  test('only one genesis, indexes without gaps, every proof right', async () => {
    const rounds: Appended<LogDraft>[] = [];
    for (let round = 0; round < 15; round += 1) {
      rounds.push(...(await each(24, (log) => log.append(logDraft({ nonce: nonce() })))));
    }
    assert.equal(new Set(rounds.map((one) => one.index)).size, 360);
    await checkLog(database, rounds);
  });

  test('one nonce, used at both at once or one after the other, is taken once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const same = nonce();
      const pair = await each(2, (log) => log.append(logDraft({ nonce: same })));
      assert.deepEqual(pair.map((one) => one.draft.leaf.code ?? 'taken').sort(), ['nonce', 'taken']);
      const later = await each(2, (log) => log.append(logDraft({ nonce: same })));
      assert.deepEqual(
        later.map((one) => one.draft.leaf.code),
        ['nonce', 'nonce'],
      );
      await checkLog(database, [...pair, ...later]);
    }
  });

  test('one quota is never overdrawn by both', async () => {
    const quota = { of: 'calls' as const, counter: 'agr-2', day: '2026-09-01', calls: 2, max: 15 };
    const all = await each(40, (log) => log.append(logDraft({ quotas: [quota], nonce: nonce() })));
    assert.equal(all.filter((one) => one.draft.leaf.code === undefined).length, 7);
    const { rows } = await database.app.query<{ calls: string }>(
      "SELECT calls FROM agreement_quota WHERE agreement = 'agr-2'",
    );
    assert.equal(rows[0]?.calls, '14');
    await checkLog(database, all);
  });

  test('an epoch bumped by one fences what the other has decided', async () => {
    await each(2, (log) => log.append(logDraft()));
    const epoch = second.epoch();
    await first.append(logDraft({}, {}, { bumpsEpoch: true }));
    const late = await second.append(logDraft({ epoch }));
    assert.equal(late.draft.leaf.code, 'epoch');
    assert.equal(second.epoch(), epoch + 1);
    assert.equal((await second.append(logDraft({ epoch: epoch + 1 }))).draft.leaf.code, undefined);
  });

  test('work is retained and done once where another process moves the head at the same time', async () => {
    await database.owner.query('CREATE TABLE worked (n int); GRANT ALL ON worked TO datong_app');
    let runs = 0;
    const done = await each(12, (log, n) =>
      log.append(
        logDraft(
          n === 5 ? { epoch: log.epoch() - 1 } : {},
          {},
          {
            work: async (transaction) => {
              runs += 1;
              await transaction.query(`INSERT INTO worked VALUES (${n})`);
              await (n % 2 === 0 ? second : first).append(logDraft());
            },
          },
        ),
      ),
    );
    const { rows } = await database.app.query<{ n: number }>('SELECT n FROM worked ORDER BY n');
    assert.deepEqual(
      rows.map((row) => row.n),
      [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11],
    );
    assert.equal(runs, 12);
    await checkLog(database, done);
  });

  test('a pointer moves from the batch it was read at, or not at all', async () => {
    await database.owner
      .query(`INSERT INTO schema_version (urn, name, major, minor, document, digest, registered_by) VALUES ('urn:x', 'x', 1, 0, '{}', '', '${uuid7(0)}');
      INSERT INTO dataset (id, department, title_zh, title_en, schema, mode, sharing, digest, registered_by)
      VALUES ('a-b.c', 'a-b', '', '', 'urn:x', 'snapshot', 'none', '', '${uuid7(0)}')`);
    const next = Array.from({ length: 6 }, (_, i) => uuid7(i));
    const moved = await each(6, (log, i) =>
      log.append(logDraft({ publish: { dataset: 'a-b.c', from: null, to: next[i] ?? '' } })),
    );
    const winners = moved.filter((one) => one.draft.leaf.code === undefined);
    assert.equal(winners.length, 1);
    const { rows } = await database.app.query<{ batch: string }>(
      'SELECT current_batch AS batch FROM dataset',
    );
    assert.equal(rows[0]?.batch, winners[0]?.draft.claims.publish?.to);
    await checkLog(database, moved);
  });
});

describe('a database that is not the one that was signed', async () => {
  const database = await testDatabase();
  const stateDir = join(home, 'rollback');
  const open = (): Promise<OpenedAuditLog> => openAuditLog({ database, keys, stateDir });
  const asRoot = (sql: string): Promise<unknown> =>
    asLogin(database.address, (login) => login.query(`SET session_replication_role = replica; ${sql}`));
  const file = highWaterFile(stateDir);

  test('rolled back to an older state, it does not serve', async () => {
    const log = await open();
    await log.append(logDraft());
    await asRoot('CREATE TABLE old_head AS SELECT * FROM audit_head');
    await log.append(logDraft());
    await log.append(logDraft());
    await asRoot(
      'CREATE TABLE new_head AS SELECT * FROM audit_head; UPDATE audit_head h SET size = o.size, root = o.root, frontier = o.frontier, mac = o.mac FROM old_head o',
    );
    // the process that saw more notices at its next flush, and stays refused
    await assert.rejects(log.append(logDraft()), problem('log_behind'));
    await assert.rejects(log.append(logDraft()), problem('log_behind'));
    assert.equal(log.broken()?.code, 'log_behind');
    await log.close();
    await assert.rejects(open(), problem('log_behind'));
    await asRoot(
      'UPDATE audit_head h SET size = o.size, root = o.root, frontier = o.frontier, mac = o.mac FROM new_head o',
    );
    await (await open()).close();
  });

  test('a head without the MAC of this hub is not built upon', async () => {
    await asRoot('UPDATE audit_head SET state_epoch = state_epoch + 1');
    await assert.rejects(open(), problem('log_inconsistent'));
    await asRoot('UPDATE audit_head SET state_epoch = state_epoch - 1');
    const stranger = { ...keys, headMac: createSecretKey(randomBytes(32)) };
    await assert.rejects(openAuditLog({ database, keys: stranger, stateDir }), problem('keys_differ'));
    // a database of an earlier release has no digest of the key
    await asRoot("DELETE FROM key_digest WHERE name = 'head-mac'");
    await assert.rejects(openAuditLog({ database, keys: stranger, stateDir }), problem('log_inconsistent'));
  });

  test('entries put in place of others are noticed at start', async () => {
    const log = await open();
    const before = readFileSync(file);
    await log.append(logDraft());
    await log.close();
    writeFileSync(file, before);
    await asRoot('UPDATE audit_entry SET hash = sha256(hash) WHERE idx = (SELECT max(idx) FROM audit_entry)');
    await assert.rejects(open(), problem('log_inconsistent'));
  });

  test('a state folder of another hub is named as such, not as an altered log', async () => {
    const other = { ...keys, log: oneLogKey('datong/other-city') };
    await assert.rejects(openAuditLog({ database, keys: other, stateDir }), (error) => {
      assert.ok(error instanceof Problem);
      assert.equal(error.code, 'state_of_other_hub');
      assert.match(error.text.en, /belongs to the hub test, not to other-city/);
      return true;
    });
  });

  test('a damaged file outside is not taken for a new log', async () => {
    writeFileSync(file, '{}');
    await assert.rejects(open(), problem('log_inconsistent'));
    rmSync(file);
    await (await open()).close();
    assert.ok(existsSync(file));
  });

  test('rewritten without the keys, it is neither continued nor opened', async () => {
    const log = await open();
    const { index } = await log.append(logDraft());
    await log.append(logDraft());
    const own = { log: keys.log, headMac: createSecretKey(randomBytes(32)) };
    const replace = (leaf: string): string => leaf.replace('"allow"', '"deny"');
    await rewriteLog(database, own, { index, replace });
    await assert.rejects(log.append(logDraft()), problem('log_inconsistent'));
    assert.equal(log.broken()?.code, 'log_inconsistent');
    await log.close();
    // nor where the file outside is gone as well
    rmSync(file);
    await assert.rejects(open(), problem('log_inconsistent'));
  });
});

describe('partitions', async () => {
  const database = await testDatabase();
  const edge = 2 ** 20;
  /** A log of this many entries that are not at hand: enough for the head, which needs only a frontier. */
  const pretend = async (size: number): Promise<void> => {
    const frontier = Array.from({ length: frontierLength(size) }, () => randomBytes(32));
    const tree = { size, root: foldFrontier(frontier), frontier };
    const row = headRow({ tree, epoch: 1 }, { key: keys.headMac, origin: signer.name });
    await database.owner.query(
      'UPDATE audit_head SET size = $1, root = $2, frontier = $3, mac = $4, state_epoch = 1',
      [row.size, row.root, row.frontier, row.mac],
    );
  };
  const partitions = async (): Promise<string[]> => {
    const { rows } = await database.app.query<{ name: string }>(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass ORDER BY 1",
    );
    return rows.map((row) => row.name);
  };

  test('the next one is made at half, and entries cross over without a stop', async () => {
    await pretend(edge - 50);
    const log = await openAuditLog({ database, keys, stateDir: join(home, 'edge') });
    assert.deepEqual(await partitions(), ['audit_entry_0', 'audit_entry_1']);
    const all = await Promise.all(Array.from({ length: 120 }, () => log.append(logDraft())));
    for (const { index, leaf, proof, checkpoint } of all) {
      const { size, root } = openCheckpoint(checkpoint, [signer]);
      assert.ok(isIncluded(index, size, leafHash(leaf), proof, root));
    }
    const { rows } = await database.owner.query('SELECT count(*) FROM audit_entry_1');
    // the opening sealed rows of the database with an entry of its own, so 71 or 70 of 120 are behind the edge
    const behind = all.filter(({ index }) => index >= edge).length;
    assert.ok(behind >= 70, `${behind}`);
    assert.deepEqual(rows, [{ count: `${behind}` }]);
    await log.close();
  });

  test('one that is missing all the same is made by the append that misses it', async () => {
    await pretend(edge * 5 - 3);
    const log = await openAuditLog({ database, keys, stateDir: join(home, 'missing') });
    await database.owner.query(
      'ALTER TABLE audit_entry DETACH PARTITION audit_entry_5; DROP TABLE audit_entry_5',
    );
    await Promise.all(Array.from({ length: 9 }, () => log.append(logDraft())));
    assert.equal(log.size(), edge * 5 + 6);
    await log.close();
  });
});

describe('a disk without space for another entry', async () => {
  const database = await testDatabase();
  const log = await openAuditLog({ database, keys, stateDir: join(home, 'full') });
  after(() => log.close());
  const asRoot = (sql: string): Promise<unknown> => asLogin(database.address, (login) => login.query(sql));

  test('nothing is acknowledged that is not in the log, the index has no gap, and all continues when there is space', async () => {
    const mine = nonce();
    const before = await Promise.all(
      Array.from({ length: 5 }, () => log.append(logDraft({ nonce: nonce() }))),
    );
    // what the server answers then for each row; a trigger would be noticed as one
    await asRoot(`CREATE FUNCTION no_room() RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE disk_full; END';
      ALTER TABLE audit_entry ADD CONSTRAINT no_room CHECK (no_room()) NOT VALID`);
    await assert.rejects(log.append(logDraft({ nonce: mine })), problem('storage_full'));
    await Promise.all(
      Array.from({ length: 20 }, () => assert.rejects(log.append(logDraft()), problem('storage_full'))),
    );
    assert.deepEqual([log.size(), log.broken()], [6, undefined], 'the genesis and five');
    await asRoot('ALTER TABLE audit_entry DROP CONSTRAINT no_room');
    // nothing of what was refused was taken
    const after = await log.append(logDraft({ nonce: mine }));
    assert.equal(after.draft.leaf.code, undefined);
    await checkLog(database, [...before, after]);
  });
});

describe('a database that goes away', async () => {
  const database = await testDatabase();
  const log = await openAuditLog({ database, keys, stateDir: join(home, 'away'), queue: 50 });
  const name = (database.address as { database: string }).database;
  const elsewhere = {
    ...(database.address as { host: string; port: number; user: string }),
    database: 'postgres',
  };
  const cut = (): Promise<unknown> =>
    asLogin(elsewhere, (login) =>
      login.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`),
    );

  test('cut connections: every entry that was acknowledged is there once, and nothing is lost', async () => {
    const acknowledged: Appended<LogDraft>[] = [];
    const refused: unknown[] = [];
    for (let round = 0; round < 12; round += 1) {
      const going = Array.from({ length: 20 }, () =>
        log.append(logDraft({ nonce: nonce() })).then(
          (one) => acknowledged.push(one),
          (error: unknown) => refused.push(error),
        ),
      );
      if (round % 3 === 1) await cut();
      await Promise.all(going);
    }
    // whether a cut refuses any is a matter of its moment
    assert.deepEqual(
      refused.filter((one) => !problem('log_unavailable')(one)),
      [],
    );
    assert.ok(acknowledged.length > 100);
    assert.equal(new Set(acknowledged.map((one) => one.draft.leaf.id)).size, acknowledged.length);
    await checkLog(database, acknowledged);
    const { rows } = await database.app.query<{ n: string }>(
      'SELECT count(DISTINCT id) = count(*) AS n FROM audit_entry',
    );
    assert.deepEqual(rows, [{ n: true }]);
  });

  test('gone: 503 at once, no entry, and back by itself; the nonce may be used again', async () => {
    const close = (allowed: boolean): Promise<unknown> =>
      asLogin(elsewhere, (login) => login.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${allowed}`));
    await close(false);
    await cut();
    const mine = nonce();
    await assert.rejects(log.append(logDraft({ nonce: mine })), problem('log_unavailable'));
    await Promise.all(
      Array.from({ length: 5 }, () => assert.rejects(log.append(logDraft()), problem('log_unavailable'))),
    );
    const work = log.append(
      logDraft(
        {},
        {},
        {
          work: async (transaction) => {
            await transaction.query('SELECT 1');
          },
        },
      ),
    );
    await assert.rejects(work, problem('log_unavailable'));
    await close(true);
    await new Promise((go) => setTimeout(go, 300));
    const back = await log.append(logDraft({ nonce: mine }));
    assert.equal(back.draft.leaf.code, undefined);
    await checkLog(database, [back]);
  });

  test('a full queue is reported, and drains', async () => {
    const all = await Promise.allSettled(Array.from({ length: 80 }, () => log.append(logDraft())));
    const refused = all.filter((one) => one.status === 'rejected');
    assert.equal(refused.length, 30);
    assert.ok(nonEmpty(refused).every((one) => problem('log_busy')(one.reason)));
    const closing = log.append(logDraft());
    await log.close();
    await checkLog(database, [await closing]);
  });
});
