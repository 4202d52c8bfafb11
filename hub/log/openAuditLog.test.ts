import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openCheckpoint } from '../../log/checkpoint.ts';
import { leafHash } from '../../log/hash.ts';
import type { Leaf } from '../../log/leaf.ts';
import { oneLogKey } from '../../tests/oneLogKey.ts';
import { parseLeaf } from '../../log/parseLeaf.ts';
import { isIncluded } from '../../log/tree/verifyProof.ts';
import { LeafTree } from '../../log/tree/leafTree.ts';
import { Problem } from '../../terms/problem.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { testDatabase } from '../../tests/database.ts';
import type { Appended, AtOnce, Claims, ConflictingClaim } from './draft.ts';
import { openAuditLog, type OpenedAuditLog } from './openAuditLog.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { privatePartsOf, type PrivatePart } from './store/privateParts.ts';
import { leafOf } from './store/storedLeaves.ts';

const database = await testDatabase({ connections: 8 });
const home = mkdtempSync(join(tmpdir(), 'datong-log-'));
after(() => rmSync(home, { recursive: true, force: true }));
const signer = oneLogKey('datong/test');
const keys = { log: signer, headMac: createSecretKey(randomBytes(32)) };
const open = (name = 'state'): Promise<OpenedAuditLog> =>
  openAuditLog({ database, keys, stateDir: join(home, name) });

interface Draft {
  readonly leaf: Leaf;
  readonly claims: Claims;
  readonly bumpsEpoch?: boolean;
  readonly work?: (transaction: { query(text: string): Promise<unknown> }) => Promise<void>;
  readonly atOnce?: AtOnce;
  readonly privatePart?: PrivatePart;
  readonly subjects?: { readonly tokens: Uint8Array; readonly salt: Uint8Array };
  readonly whenLost: (claim: ConflictingClaim) => Draft | Promise<Draft>;
}
function draft(claims: Claims = {}, more: Partial<Draft> = {}, facts: Partial<Leaf> = {}): Draft {
  const now = database.now();
  const leaf: Leaf = {
    v: 1,
    id: uuid7(now),
    at: new Date(now).toISOString(),
    kind: 'release',
    operation: 'queryDataset',
    decision: 'allow',
    actor: { department: 'education' },
    ...facts,
  };
  return {
    leaf,
    claims,
    whenLost: (claim) => draft({}, {}, { ...facts, id: leaf.id, decision: 'deny', code: claim }),
    ...more,
  };
}
const nonce = (): NonNullable<Claims['nonce']> => ({
  keyid: 'k'.repeat(43),
  nonce: randomBytes(12).toString('base64url'),
  expires: 0,
});
const problem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

/** Every promise to a caller: the entry is where its proof states, under a signed checkpoint. */
function check(appended: Appended<Draft>): void {
  const { size, root } = openCheckpoint(appended.checkpoint, [signer]);
  assert.ok(isIncluded(appended.index, size, leafHash(appended.leaf), appended.proof, root));
  assert.deepEqual(parseLeaf(appended.leaf), JSON.parse(JSON.stringify(appended.draft.leaf)));
}

/** The database as an auditor would recompute it. */
async function checkStored(log: OpenedAuditLog): Promise<void> {
  const { rows } = await database.app.query<{ idx: string; leaf: Buffer; hash: Buffer }>(
    'SELECT idx, leaf, hash FROM audit_entry ORDER BY idx',
  );
  rows.forEach((row, at) => assert.equal(Number(row.idx), at));
  assert.ok(nonEmpty(rows).every((row) => row.hash.equals(leafHash(leafOf(row.leaf)))));
  const tree = new LeafTree(rows.map((row) => leafHash(leafOf(row.leaf))));
  const checkpoint = openCheckpoint(log.checkpoint(), [signer]);
  assert.equal(checkpoint.size, rows.length);
  assert.deepEqual(Buffer.from(checkpoint.root), Buffer.from(tree.root()));
}

describe('one process', () => {
  test('a new log begins with its genesis, goes on after a restart, and proves every entry', async () => {
    let log = await open();
    assert.equal(log.size(), 1);
    const some = await Promise.all(Array.from({ length: 300 }, () => log.append(draft({ nonce: nonce() }))));
    some.forEach(check);
    assert.equal(new Set(some.map((one) => one.index)).size, 300);
    await checkStored(log);
    await log.close();
    log = await open();
    assert.equal(log.size(), 301);
    check(await log.append(draft()));
    await checkStored(log);
    await log.close();
    await assert.rejects(log.append(draft()), problem('log_unavailable'));
  });

  test('a nonce is used once: in flight, when durable, after a restart', async () => {
    let log = await open();
    const once = nonce();
    const [first, second] = await Promise.all([
      log.append(draft({ nonce: once })),
      log.append(draft({ nonce: once })),
    ]);
    assert.deepEqual([first, second].map((one) => one.draft.leaf.code).sort(), ['nonce', undefined]);
    [first, second].forEach((one) => check(one));
    assert.ok(log.hasNonce(once.keyid, once.nonce));
    await log.close();
    log = await open();
    assert.ok(log.hasNonce(once.keyid, once.nonce));
    assert.equal((await log.append(draft({ nonce: once }))).draft.leaf.code, 'nonce');
    await log.close();
  });

  test('a replayed exchange is logged as denied although its denial names the nonce again', async () => {
    const log = await open();
    const once = nonce();
    const stubborn = (): Draft =>
      draft({ nonce: once }, { whenLost: (claim) => ({ ...stubborn(), leaf: denied(claim) }) });
    const denied = (claim: ConflictingClaim): Leaf => draft({}, {}, { decision: 'deny', code: claim }).leaf;
    const pair = await Promise.all([log.append(stubborn()), log.append(stubborn())]);
    pair.forEach(check);
    assert.deepEqual(pair.map((one) => one.draft.leaf.decision).sort(), ['allow', 'deny']);
    // an allowance is never written without the nonce it claims
    const wilful = (): Draft => draft({ nonce: once }, { whenLost: wilful });
    await assert.rejects(log.append(wilful()), problem('log_unavailable'));
    await log.close();
  });

  test('a quota is never overdrawn, and the others of the flush are written', async () => {
    const log = await open();
    const quota = { of: 'calls' as const, counter: 'agr-1', day: '2026-09-01', calls: 1, max: 5 };
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        log.append(draft(i % 2 === 0 ? { quotas: [quota], nonce: nonce() } : {})),
      ),
    );
    all.forEach(check);
    assert.equal(all.filter((one) => one.draft.leaf.code === 'quotas').length, 5);
    const { rows } = await database.app.query<{ calls: string }>(
      "SELECT calls FROM agreement_quota WHERE agreement = 'agr-1'",
    );
    assert.equal(rows[0]?.calls, '5');
    assert.equal((await log.append(draft({ quotas: [quota] }))).draft.leaf.code, 'quotas');
    await checkStored(log);
    await log.close();
  });

  test('an epoch that has moved is decided again', async () => {
    const log = await open();
    const epoch = log.epoch();
    const [before, bump, behind] = await Promise.all([
      log.append(draft({ epoch })),
      log.append(draft({ epoch }, { bumpsEpoch: true })),
      log.append(draft({ epoch })),
    ]);
    assert.equal(before.draft.leaf.code, undefined);
    assert.equal(bump.draft.leaf.code, undefined);
    assert.equal(behind.draft.leaf.code, 'epoch');
    assert.equal(log.epoch(), epoch + 1);
    await checkStored(log);
    await log.close();
  });

  test('work is committed or rolled back with its entry', async () => {
    await database.owner.query(
      'CREATE TABLE IF NOT EXISTS worked (n int); GRANT ALL ON worked TO datong_app',
    );
    const log = await open();
    const work: Draft['work'] = async (transaction) => {
      await transaction.query('INSERT INTO worked VALUES (1)');
    };
    const [done] = await Promise.all([
      log.append(draft({}, { work })),
      ...Array.from({ length: 40 }, () => log.append(draft())),
    ]);
    check(done);
    const boom: Draft['work'] = async (transaction) => {
      await transaction.query('INSERT INTO worked VALUES (2)');
      throw new RangeError('boom');
    };
    await assert.rejects(log.append(draft({}, { work: boom })), RangeError);
    const late = await log.append(draft({ epoch: log.epoch() - 1 }, { work }));
    assert.equal(late.draft.leaf.code, 'epoch');
    const { rows } = await database.app.query<{ n: number }>('SELECT n FROM worked');
    assert.deepEqual(
      rows.map((row) => row.n),
      [1],
    );
    await checkStored(log);
    await log.close();
  });

  test('an answer on consents goes with its flush where none is newer than it was read, else step by step', async () => {
    const scope = { recipient: 'education', dataset: 'police.household', purpose: 'school-meals' };
    await database.owner.query(
      `INSERT INTO consent_notice (digest, reference, owner, language, text, purposes, registered_by)
       VALUES ('d', 'n', 'o', 'zh', 't', '{}', gen_random_uuid())`,
    );
    await database.owner.query(
      `INSERT INTO consent (id, jws, subject, recipient, provider, dataset, collected_by, notice, exchange)
       VALUES ('c', 'e30.e30.e30', '', 'education', 'police', 'police.household', 'police', 'd', gen_random_uuid())`,
    );
    const { rows } = await database.owner.query<{ version: string }>(
      `INSERT INTO consent_standing (subject, recipient, dataset, purpose, consent, state, fields, not_before, until, collected_by)
       SELECT decode(s, 'hex'), $1, 'police.household', $2, 'c', 'given', '{}', now(), now(), 'police' FROM unnest('{01,02}'::text[]) AS s
       RETURNING version::text`,
      [scope.recipient, scope.purpose],
    );
    const newest = BigInt(rows.at(-1)?.version ?? 0);
    const log = await open();
    let worked = 0;
    const work = (): Promise<void> => Promise.resolve(void (worked += 1));
    const resting = (asOf: bigint, claims: Claims = {}, insteadOf = work): Draft => {
      const made = draft(claims, { work });
      const retained = { exchange: made.leaf.id, salt: randomBytes(32), value: { consents: ['c'] } };
      return { ...made, atOnce: { basis: { scope, asOf, private: retained }, insteadOf } };
    };
    /** whether what the entry commits to was written with it, and how often the work was done */
    const written = async (one: Draft): Promise<readonly [string | undefined, boolean, number]> => {
      worked = 0;
      const appended = await log.append(one);
      check(appended);
      const retained = await database.app.query('SELECT 1 FROM audit_private WHERE exchange = $1', [
        one.leaf.id,
      ]);
      return [appended.draft.leaf.code, retained.rows.length === 1, worked];
    };
    assert.deepEqual(await written(resting(newest)), [undefined, true, 0]);
    assert.deepEqual(await written(resting(newest - 1n)), [undefined, false, 1], 'one of the scope is newer');
    const other = resting(newest, {}, () => Promise.resolve());
    assert.deepEqual(await written(other), [undefined, false, 1], 'its work does more than that');
    assert.deepEqual(await written(resting(newest, { epoch: log.epoch() - 1 })), ['epoch', false, 0]);
    const spent = { of: 'calls' as const, counter: 'agr-2', day: '2026-09-01', calls: 2, max: 1 };
    assert.deepEqual(await written(resting(newest, { quotas: [spent] })), ['quotas', false, 0]);
    const rival = await open('rival');
    await rival.append(draft());
    const [code, retained, works] = await written(resting(newest));
    assert.equal(code, undefined);
    assert.equal(Number(retained) + works, 1, 'behind another process either way, once');
    await rival.close();
    await checkStored(log);
    await log.close();
  });

  test('what entries commit to apart is stored with the flush that they share, and with none that was not written', async () => {
    const log = await open();
    const committing = (value: PrivatePart['value'], claims: Claims = {}): Draft => {
      const made = draft(claims);
      return { ...made, privatePart: { exchange: made.leaf.id, salt: randomBytes(32), value } };
    };
    const spent = { of: 'calls' as const, counter: 'agr-3', day: '2026-09-01', calls: 2, max: 1 };
    const drafts = [
      committing({ given: ['line\nfeed\tand tab', '\\N'] }),
      draft(),
      committing({ given: [] }),
      committing({ given: ['lost'] }, { quotas: [spent] }),
    ];
    const appended = await Promise.all(drafts.map((one) => log.append(one)));
    for (const one of appended) check(one);
    const retained = await privatePartsOf(
      database.app,
      drafts.map(({ leaf }) => leaf.id),
    );
    for (const { leaf, privatePart } of [drafts[0], drafts[2]] as readonly Draft[]) {
      assert.deepEqual(retained.get(leaf.id)?.value, privatePart?.value);
      assert.deepEqual(retained.get(leaf.id)?.salt, Buffer.from(privatePart?.salt ?? []));
    }
    assert.equal(
      retained.size,
      2,
      'neither of an entry that commits to nothing, nor of one that became a refusal',
    );
    assert.equal(appended[3]?.draft.leaf.code, 'quotas');
    await checkStored(log);
    await log.close();
  });
});

test('a process that appends nothing signs what another one has appended', async (context) => {
  const idle = await open('idle');
  const busy = await open('busy');
  let now = database.now();
  context.mock.method(database, 'now', () => now);
  try {
    const grown = async (): Promise<number> => (await busy.append(draft())).index + 1;
    const shown = async (): Promise<number> => openCheckpoint(await idle.freshCheckpoint(), [signer]).size;
    const first = await grown();
    assert.ok(openCheckpoint(idle.checkpoint(), [signer]).size < first);
    assert.equal(await shown(), first);
    assert.equal(idle.signedTree().size, first, 'later proofs refer to it');
    await checkStored(idle);
    // the head is read once a second
    const second = await grown();
    assert.equal(await shown(), first);
    now += 1_000;
    assert.equal(await shown(), second);
    check(await idle.append(draft()));
    await checkStored(idle);
  } finally {
    await idle.close();
    await busy.close();
  }
});

test('the checkpoint of an idle log gets a recent time while the database has its tree, and none otherwise', async (context) => {
  const log = await open();
  await log.append(draft());
  const first = openCheckpoint(log.checkpoint(), [signer]);
  assert.ok(Math.abs((first.time ?? 0) - database.now() / 1000) < 5, 'signed with the time of the hub');
  assert.equal(await log.freshCheckpoint(), log.checkpoint(), 'a recent one is not signed again');
  let late = 0;
  const clock = context.mock.method(database, 'now', () => Date.now() + late);
  late = 60_000;
  const renewed = openCheckpoint(await log.freshCheckpoint(), [signer]);
  assert.deepEqual([renewed.size, renewed.root], [first.size, first.root]);
  assert.ok((renewed.time ?? 0) >= (first.time ?? 0) + 55, `${renewed.time ?? 0}`);
  // another tree in the database: nothing is signed
  late = 120_000;
  await database.owner.query('UPDATE audit_head SET size = size + 1');
  assert.equal(openCheckpoint(await log.freshCheckpoint(), [signer]).time, renewed.time);
  await database.owner.query('UPDATE audit_head SET size = size - 1');
  clock.mock.restore();
  await log.close();
});
