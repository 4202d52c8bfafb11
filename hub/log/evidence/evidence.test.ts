import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, mock, test } from 'node:test';
import { openCheckpoint, signCheckpoint } from '../../../log/checkpoint.ts';
import type { LogFinding } from '../../../log/finding.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { logDraft, type LogDraft } from '../../../tests/logDraft.ts';
import { oneLogKey } from '../../../tests/oneLogKey.ts';
import { verifyPack } from '../../../log/pack/verifyPack.ts';
import { isConsistent } from '../../../log/tree/verifyProof.ts';
import { Problem } from '../../../terms/problem.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { testDatabase } from '../../../tests/database.ts';
import { storeCheckpoint } from '../store/checkpoints.ts';
import { asLogin } from '../../platform/database/database.ts';
import { openAuditLog, type OpenedAuditLog } from '../openAuditLog.ts';
import { deriveTiles } from '../deriveTiles.ts';
import { StoredTree } from '../prover.ts';
import { subjectsOf, subjectToken } from '../subjects.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { alteredSubjects } from './alteredSubjects.ts';
import { consistency } from './consistency.ts';
import { exportPack } from './exportPack.ts';
import { listEntries } from './entryBundle.ts';
import { beginPass, reverifyPortion } from './reverifyPortion.ts';
import { searchEntries } from './searchEntries.ts';
import { editedLeaf } from '../../../tests/leafTexts.ts';
import { defined } from '../../../terms/defined.ts';

const database = await testDatabase();
const stateDir = mkdtempSync(join(tmpdir(), 'datong-evidence-'));
const signer = oneLogKey('datong/test');
const yearKey = createSecretKey(randomBytes(32));
const keys = { log: signer, headMac: createSecretKey(randomBytes(32)), logToken: () => yearKey };
const child = Buffer.from('the child');

function draft(facts: Partial<Leaf>, subjects: readonly Uint8Array[] = []): LogDraft {
  const now = database.now();
  const concerned = subjectsOf(subjects.map((subject) => subjectToken(yearKey, subject)));
  return logDraft(
    {},
    {
      id: uuid7(now),
      at: new Date(now).toISOString(),
      consumer: 'education',
      provider: 'pub-security',
      dataset: 'pub-security.household',
      ...defined({ subjects: concerned?.leaf }),
      ...facts,
    },
    defined({ subjects: concerned?.stored }),
  );
}

let log: OpenedAuditLog;
const access = () => ({ database, keys, audit: log });
const total = 700;
/** What one whole pass of re-verification finds, as the job reads it. */
const reverified = async (): Promise<readonly LogFinding[]> =>
  (await reverifyPortion(access(), beginPass(access(), 1), total)).findings;
/** A change by an administrator: as superuser, without the triggers. */
const tamper = (sql: string): Promise<unknown> =>
  asLogin(database.address, async (login) => {
    await login.query('SET session_replication_role = replica');
    await login.query(sql);
  });

before(async () => {
  log = await openAuditLog({ database, keys, stateDir });
  await Promise.all(
    Array.from({ length: total - 1 }, (_, i) =>
      log.append(
        draft(
          i % 50 === 0 ? { decision: 'deny', code: 'purpose_not_agreed', provider: 'pub-security' } : {},
          i === 77 || i === 500 ? [child, Buffer.from('a parent')] : [],
        ),
      ),
    ),
  );
});
after(async () => {
  await log.close();
  rmSync(stateDir, { recursive: true, force: true });
});

describe('reading the log', () => {
  test('pages hold every entry once, in order', async () => {
    const indexes: number[] = [];
    for (let from: number | undefined = 0; from !== undefined;) {
      const page: Awaited<ReturnType<typeof listEntries>> = await listEntries(access(), { from, limit: 300 });
      indexes.push(...page.entries.map((entry) => entry.index));
      from = page.next;
    }
    assert.deepEqual(indexes, [...Array(total).keys()]);
  });

  test('who saw this person, what was denied, by exchange, page by page', async () => {
    const now = database.now();
    const seen = await searchEntries(access(), { subject: child }, now);
    assert.equal(seen.entries.length, 2);
    assert.deepEqual((await searchEntries(access(), { subject: Buffer.from('nobody') }, now)).entries, []);
    const denied = await searchEntries(access(), { decision: 'deny', consumer: 'education', limit: 10 }, now);
    assert.equal(denied.entries.length, 10);
    const rest = await searchEntries(
      access(),
      { decision: 'deny', department: 'education', before: denied.next ?? 0 },
      now,
    );
    assert.equal(rest.entries.length, 4);
    assert.equal(rest.next, undefined);
    const kinds = await searchEntries(
      access(),
      { kind: 'genesis', until: new Date(now + 1000).toISOString() },
      now,
    );
    assert.deepEqual(
      kinds.entries.map((entry) => entry.index),
      [0],
    );
    const { id } = JSON.parse(Buffer.from(seen.entries[0]?.leaf ?? '', 'base64').toString()) as Leaf;
    const ofExchange = (more: object) => searchEntries(access(), { exchange: id, ...more }, now);
    for (const more of [{}, { decision: 'deny', subject: child }, { scope: 'pub-security', counts: true }])
      assert.deepEqual((await ofExchange(more)).entries, [seen.entries[0]]);
    // the other conditions apply too
    const others = [{ decision: 'allow' }, { subject: Buffer.from('nobody') }, { scope: 'transport' }];
    for (const more of others) {
      const { entries, counts } = await ofExchange({ ...more, counts: true });
      assert.deepEqual([entries, counts?.total], [[], 0], JSON.stringify(more));
    }
    const { entries, counts } = await ofExchange({ before: 1, counts: true });
    assert.deepEqual([entries, counts?.total], [[], 1], 'counts are of all pages');
  });

  test('tiles lead to the same root and proofs as the leaves', async () => {
    const bare = new StoredTree(database.app, total);
    const [root, path, consistency] = [
      await bare.root(),
      await bare.inclusionProof(300),
      await bare.consistencyProof(513),
    ];
    await deriveTiles(database.app, total);
    const tiled = new StoredTree(database.app, total);
    assert.deepEqual(
      [await tiled.root(), await tiled.inclusionProof(300), await tiled.consistencyProof(513)],
      [root, path, consistency],
    );
    const { rows } = await database.app.query('SELECT level, n FROM audit_tile');
    assert.deepEqual(rows, [
      { level: 0, n: '0' },
      { level: 0, n: '1' },
    ]);
    await assert.rejects(new StoredTree(database.app, total + 1).root(), { code: 'log_entry_missing' });
  });

  test('a pack verifies with the key alone: the whole log, a range, single exchanges, history', async () => {
    const whole = verifyPack(await exportPack(access(), { history: [1, 300, 699] }), { keys: [signer] });
    assert.deepEqual(whole.findings, []);
    assert.ok(whole.whole);
    const part = await exportPack(access(), { from: 10, to: 19, indexes: [3, 10, 650] });
    assert.deepEqual(
      part.entries.map((entry) => entry.index),
      [3, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 650],
    );
    assert.deepEqual(
      verifyPack(part, { keys: [signer], checkpoints: [{ name: 'kept', text: log.checkpoint() }] }).findings,
      [],
    );
    assert.deepEqual((await exportPack(access(), { exchanges: [uuid7(0)] })).entries, []);
  });

  test('a range that exceeds a pack goes on in the next one; chosen entries that exceed it are refused', async () => {
    const few = { entries: 300, leafBytes: 1e9 };
    const first = await exportPack(access(), {}, few);
    assert.deepEqual([first.entries.length, first.next], [300, 300]);
    const last = await exportPack(access(), { from: 650 }, few);
    assert.deepEqual([last.entries.at(-1)?.index, last.next], [total - 1, undefined]);
    for (const pack of [first, last]) assert.deepEqual(verifyPack(pack, { keys: [signer] }).findings, []);
    const ranges = await exportPack(access(), { to: 400, compact: true }, few);
    assert.deepEqual([ranges.ranges?.[0]?.leaves.length, ranges.next], [300, 300]);
    const indexes = Array.from({ length: 301 }, (_, index) => index);
    await assert.rejects(exportPack(access(), { indexes }, few), { code: 'evidence_too_large' });
    const short = { entries: 1e6, leafBytes: 1 };
    await assert.rejects(exportPack(access(), { indexes: [1] }, short), { code: 'evidence_too_large' });
    const one = await exportPack(access(), { from: 650 }, short);
    assert.deepEqual(
      [one.entries.map(({ index }) => index), one.next],
      [[650], 651],
      'the bytes of one entry fill it',
    );
    const named = await exportPack(access(), { indexes: indexes.slice(0, 299), from: 650 }, few);
    assert.deepEqual([named.entries.length, named.next], [300, 651], 'named entries leave less room');
  });

  test('any two of its sizes are proven consistent; a size it never had is refused', async () => {
    const requested = { database, audit: log, keys };
    const stored = new StoredTree(database.app, total);
    const { proofs, size, checkpoint } = await consistency(requested, {
      from: [1, 256, 699, 700],
      size: undefined,
    });
    assert.equal(size, openCheckpoint(checkpoint, [signer]).size);
    for (const { from, proof } of proofs) {
      const [older, newer] = [await stored.root(from), await stored.root(size)];
      const hashes = proof.map((hash) => Buffer.from(hash, 'base64'));
      assert.ok(isConsistent({ size: from, root: older }, { size, root: newer }, hashes), String(from));
    }
    for (const beyond of [
      { from: [total + 1], size: undefined },
      { from: [1], size: total + 1 },
      { from: [9], size: 8 },
    ])
      await assert.rejects(consistency(requested, beyond), { code: 'log_shorter' });
  });

  test('an untouched log is found untouched', async () => {
    assert.deepEqual(await reverified(), []);
  });
});

describe('a database that was altered', () => {
  const restored = async (sql: string, undo: string, check: () => Promise<void>): Promise<void> => {
    await tamper(sql);
    try {
      await check();
    } finally {
      await tamper(undo);
    }
  };
  const deny = (index: number) => editedLeaf(database, index, '"allow"', '"deny"');
  const asItWas = (index: number) => editedLeaf(database, index, '"allow"', '"allow"');

  test('cannot be altered through the hub’s own roles', async () => {
    for (const sql of [
      'UPDATE audit_entry SET leaf = leaf',
      'DELETE FROM audit_entry',
      'TRUNCATE audit_entry',
      'DELETE FROM audit_head',
      'DELETE FROM audit_subject',
    ]) {
      await assert.rejects(database.app.query(sql), /permission denied/);
    }
    await assert.rejects(database.owner.query('DELETE FROM audit_entry'), /never changed or removed/);
    await assert.rejects(database.owner.query('TRUNCATE audit_entry_0'), /never changed or removed/);
  });

  test('a leaf edited by an administrator is named by index and exchange, inside and in the pack', async () => {
    const { rows } = await database.app.query<{ id: string }>('SELECT id FROM audit_entry WHERE idx = 5');
    const exchange = rows[0]?.id;
    await restored(
      `UPDATE audit_entry SET leaf = ${await deny(5)} WHERE idx = 5`,
      `UPDATE audit_entry SET leaf = ${await asItWas(5)} WHERE idx = 5`,
      async () => {
        assert.deepEqual(
          (await reverified()).map(({ code, index, exchange: id }) => [code, index, id]),
          [['entry_altered', 5, exchange]],
        );
        const { findings } = verifyPack(await exportPack(access(), {}), { keys: [signer] });
        assert.deepEqual(
          findings.map(({ code, index, exchange: id }) => [code, index, id]),
          [['leaf_not_included', 5, exchange]],
        );
      },
    );
  });

  test('an edited search column is found by comparison with the leaf', async () => {
    await restored(
      "UPDATE audit_entry SET consumer = 'transport' WHERE idx = 6",
      "UPDATE audit_entry SET consumer = 'education' WHERE idx = 6",
      async () => {
        assert.deepEqual(
          (await reverified()).map(({ code, index }) => [code, index]),
          [['columns_altered', 6]],
        );
        const page = await listEntries(access(), { from: 6, limit: 1 });
        assert.equal(page.entries[0]?.columns, 'altered');
      },
    );
  });

  test('a nonce taken away or given to another key, so that its request could be answered again, is found', async () => {
    for (const edited of [
      "keyid = NULL, nonce = 'n'",
      "keyid = 'k', nonce = NULL",
      "keyid = 'somebody', nonce = 'n'",
    ])
      await restored(
        `UPDATE audit_entry SET ${edited} WHERE idx = 6`,
        'UPDATE audit_entry SET keyid = NULL, nonce = NULL WHERE idx = 6',
        async () => {
          assert.deepEqual(
            (await reverified()).map(({ code, index }) => [code, index]),
            [['columns_altered', 6]],
            edited,
          );
        },
      );
  });

  test('a leaf edited together with its stored hash no longer leads to the signed root', async () => {
    const alter = (leaf: string): string =>
      `UPDATE audit_entry SET leaf = ${leaf}, hash = sha256('\\x00'::bytea || ${leaf}), decision = CASE decision WHEN 'deny' THEN 'allow' ELSE 'deny' END WHERE idx = 600`;
    const stored = new StoredTree(database.app, total);
    for (const size of [590, 610]) {
      await storeCheckpoint(database.app, size, signCheckpoint(size, await stored.root(size), signer));
    }
    await storeCheckpoint(database.app, 595, 'made up');
    await restored(alter(await deny(600)), alter(await asItWas(600)), async () => {
      const [finding, ...others] = await reverified();
      assert.equal(finding?.code, 'root_mismatch');
      assert.match(finding.message.en, /between 0 and \d+$/);
      assert.deepEqual(others, []);
      const { ok, findings } = verifyPack(await exportPack(access(), {}), { keys: [signer] });
      assert.ok(!ok);
      // proofs are made of stored hashes: with one of them false, neither entries nor earlier checkpoints are proven any more
      assert.deepEqual(
        [...new Set(findings.map(({ code }) => code))],
        ['leaf_not_included', 'history_inconsistent'],
      );
      assert.ok(findings.some((finding) => finding.index === 600));
    });
  });

  test('subject tokens that point at another person no longer open the commitment; deleted ones are missed', async () => {
    const other = Buffer.from(subjectToken(yearKey, Buffer.from('somebody'))).toString('hex');
    const { rows } = await database.app.query<{ idx: string }>('SELECT idx FROM audit_subject ORDER BY idx');
    const index = Number(rows[0]?.idx);
    const [entry] = (await listEntries(access(), { from: index, limit: 1 })).entries;
    const named = new Map([[index, parseLeaf(Buffer.from(entry?.leaf ?? '', 'base64'))]]);
    assert.deepEqual(await alteredSubjects(database.app, named), []);
    await tamper(`CREATE TABLE true_subject AS SELECT * FROM audit_subject WHERE idx = ${index}`);
    for (const pointed of [`'\\x${other}'`, "'\\x00'", 'NULL']) {
      await tamper(`UPDATE audit_subject SET tokens[1] = ${pointed} WHERE idx = ${index}`);
      assert.deepEqual(await alteredSubjects(database.app, named), [index]);
      assert.deepEqual(
        (await reverified()).map((finding) => [finding.code, finding.index]),
        [['subjects_altered', index]],
      );
    }
    await tamper('ALTER TABLE audit_subject ALTER salt DROP NOT NULL');
    await tamper(`UPDATE audit_subject SET salt = NULL WHERE idx = ${index}`);
    assert.deepEqual(
      (await reverified()).map((finding) => [finding.code, finding.index]),
      [['subjects_altered', index]],
    );
    assert.equal((await listEntries(access(), { from: index, limit: 1 })).entries[0]?.columns, 'altered');
    // another row next to the true one is one that searches find, with a salt or without
    for (const row of ["''", "'\\x00'", 'NULL']) {
      await tamper(`DELETE FROM audit_subject WHERE idx = ${index}`);
      await tamper('INSERT INTO audit_subject SELECT * FROM true_subject');
      await tamper(
        `INSERT INTO audit_subject (idx, salt, tokens) VALUES (${index}, ${row}, ARRAY['\\x${other}'::bytea])`,
      );
      assert.deepEqual(
        (await reverified()).map((finding) => [finding.code, finding.index]),
        [['subjects_altered', index]],
      );
    }
    await restored(
      `DELETE FROM audit_subject WHERE idx = ${index}`,
      'INSERT INTO audit_subject SELECT * FROM true_subject',
      async () => {
        assert.deepEqual(
          (await reverified()).map((finding) => [finding.code, finding.index]),
          [['subjects_missing', index]],
        );
      },
    );
  });

  test('a missing entry is named; everything that does not need it is still proven', async () => {
    const keys_ = [signer];
    // the checkpoint of 590 entries was stored above, and an invented one at 595 is ignored
    await tamper('CREATE TABLE kept_tail AS SELECT * FROM audit_entry WHERE idx = 600');
    await restored(
      'DELETE FROM audit_entry WHERE idx = 600',
      'INSERT INTO audit_entry SELECT * FROM kept_tail',
      async () => {
        // no tile holds it: entries that share a complete subtree with it lead past it, all others do not
        for (const index of [3, 511, 650, 699])
          assert.deepEqual(
            verifyPack(await exportPack(access(), { indexes: [index] }), { keys: keys_ }).findings,
            [],
          );
        // before it, an earlier checkpoint serves
        const earlier = verifyPack(await exportPack(access(), { indexes: [520] }), { keys: keys_ });
        assert.deepEqual([earlier.findings, earlier.checkpoint?.size, earlier.entries.length], [[], 590, 1]);
        const few = { entries: 20, leafBytes: 1e9 };
        const part = await exportPack(access(), { from: 520, to: 580 }, few);
        assert.deepEqual([part.entries.length, part.next], [20, 540], 'and the export goes on after it');
        const wider = { entries: 150, leafBytes: 1e9 };
        const gap = await exportPack(access(), { from: 500, compact: true }, wider);
        assert.deepEqual([gap.ranges, gap.next], [undefined, 650], 'no single proof where one is missing');
        const query = mock.method(database.app, 'query');
        await exportPack(access(), { from: 500, compact: true }, wider);
        const ranges = query.mock.calls.filter(({ arguments: [text] }) =>
          /\bleaf\b.* FROM audit_entry WHERE idx >= \$1 AND idx < \$2 ORDER BY idx$/.test(text),
        );
        query.mock.restore();
        assert.deepEqual(
          ranges.map(({ arguments: [, values] }) => values),
          [[500, 650]],
          'the range is read once',
        );
        await assert.rejects(exportPack(access(), { indexes: [601] }), (error) => {
          assert.ok(error instanceof Problem && error.code === 'log_entry_missing');
          assert.match(error.message, /entry 600 /);
          return error.status === 503;
        });
        const whole = verifyPack(await exportPack(access(), { history: [300, 650] }), { keys: keys_ });
        assert.deepEqual(whole.findings, []);
        assert.deepEqual(whole.leftOut, [{ first: 512, end: 640 }]);
        // a process that does not have the log open knows no frontier, and says so instead of dying
        const bare = { database, keys, audit: { checkpoint: () => log.checkpoint() } };
        await assert.rejects(exportPack(bare, { indexes: [650] }), { code: 'log_entry_missing' });
        await deriveTiles(database.app, total);
      },
    );
    assert.equal(verifyPack(await exportPack(access(), {}), { keys: keys_ }).whole, true);
  });

  test('a missing entry whose hash a tile holds makes no other entry unprovable', async () => {
    await tamper('CREATE TABLE kept_early AS SELECT * FROM audit_entry WHERE idx = 9');
    await restored(
      'DELETE FROM audit_entry WHERE idx = 9',
      'INSERT INTO audit_entry SELECT * FROM kept_early',
      async () => {
        const check = verifyPack(await exportPack(access(), {}), { keys: [signer] });
        assert.deepEqual([check.findings, check.leftOut], [[], [{ first: 9, end: 10 }]]);
      },
    );
  });

  test('hashes of another length make no tile, however they add up, and no end of the others', async () => {
    const tiles = async (): Promise<number[]> =>
      (
        await database.app.query<{ n: number }>(
          'SELECT n::int AS n FROM audit_tile WHERE level = 0 ORDER BY n',
        )
      ).rows.map(({ n }) => n);
    assert.deepEqual(await tiles(), [0, 1]);
    await tamper('CREATE TABLE kept_hashes AS SELECT idx, hash FROM audit_entry WHERE idx IN (300, 301)');
    const undo = 'UPDATE audit_entry e SET hash = k.hash FROM kept_hashes k WHERE k.idx = e.idx';
    for (const longer of ["'\\x00'::bytea", "''::bytea"])
      await restored(
        `UPDATE audit_entry SET hash = CASE idx WHEN 300 THEN substr(hash, 1, 31) ELSE hash || ${longer} END WHERE idx IN (300, 301);
         DELETE FROM audit_tile WHERE level = 0`,
        undo,
        async () => {
          await deriveTiles(database.app, total);
          assert.deepEqual(await tiles(), [0]);
          const reported = (await reverified()).map(({ code, index }) => `${code}@${index}`);
          assert.ok(reported.includes('entry_altered@300'), String(reported));
        },
      );
    await deriveTiles(database.app, total);
    assert.deepEqual(await tiles(), [0, 1]);
    assert.deepEqual(await reverified(), []);
  });

  test('an altered tile is named, and proofs are made without it', async () => {
    const flip = `UPDATE audit_tile SET hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) WHERE level = 0 AND n = 1`;
    await restored(flip, flip, async () => {
      assert.deepEqual(
        (await reverified()).map(({ code, index }) => [code, index]),
        [['tile_altered', 256]],
      );
      const check = verifyPack(await exportPack(access(), { from: 250, to: 300 }), { keys: [signer] });
      assert.deepEqual([check.findings, check.entries.length], [[], 51]);
    });
    assert.deepEqual(await reverified(), []);
  });

  test('bytes that are no text, or that no column could hold, are named: the rest is read on', async () => {
    const asBefore = await editedLeaf(database, 8, '"consumer":"education"', '"consumer":"education"');
    const set = (leaf: string): string =>
      `UPDATE audit_entry SET leaf = ${leaf}, hash = sha256('\\x00'::bytea || ${leaf}) WHERE idx = 8`;
    for (const [leaf, code] of [
      [`'\\xfffe00'::bytea`, 'leaf_malformed'],
      [await editedLeaf(database, 8, '"consumer":"education"', '"consumer":""'), 'columns_altered'],
    ] as const) {
      await restored(set(leaf), set(asBefore), async () => {
        const findings = await reverified();
        assert.ok(
          findings.some((one) => one.code === code && one.index === 8),
          JSON.stringify(findings),
        );
        assert.equal((await listEntries(access(), { from: 0, limit: 20 })).entries.length, 20);
      });
    }
    assert.deepEqual(await reverified(), []);
  });

  test('a removed entry is missing by its index', async () => {
    await tamper('CREATE TABLE kept_row AS SELECT * FROM audit_entry WHERE idx = 7');
    await restored(
      'DELETE FROM audit_entry WHERE idx = 7',
      'INSERT INTO audit_entry SELECT * FROM kept_row',
      async () => {
        const findings = await reverified();
        assert.deepEqual(
          findings.map(({ code, index }) => [code, index]),
          [['entry_missing', 7]],
        );
      },
    );
    assert.deepEqual(await reverified(), []);
  });
});
