/** A log whose leaves are packed is read, verified, handed out and gone on with as any other; bytes that were altered cost their own entry alone. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { leafHash } from '../../log/hash.ts';
import { leafText } from '../../log/leafBytes.ts';
import { LeafPacker } from '../../log/packing/packLeaf.ts';
import { isPacked } from '../../log/packing/unpackLeaf.ts';
import type { Leaf } from '../../log/leaf.ts';
import { verifyPack } from '../../log/pack/verifyPack.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { testDatabase } from '../../tests/database.ts';
import { leafOfThreeYears } from '../../tests/leafOfThreeYears.ts';
import { editedLeaf } from '../../tests/leafTexts.ts';
import { oneLogKey } from '../../tests/oneLogKey.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { deputisedFor, entryAbout } from './store/firstApproval.ts';
import { leavesBetween } from './store/entries.ts';
import { leafOf, leafContent } from './store/storedLeaves.ts';
import { newestMoment } from './store/head.ts';
import { readConfig } from '../platform/config/readConfig.ts';
import type { JobRun } from '../platform/jobs/job.ts';
import { watchLog } from '../features/log/jobs/watchLog.ts';
import { asLogin } from '../platform/database/database.ts';
import { stopReasons } from '../registry/store/policy/stops.ts';
import type { EntryDraft } from './draft.ts';
import { deriveTiles } from './deriveTiles.ts';
import { entryBundle, listEntries } from './evidence/entryBundle.ts';
import { exportPack } from './evidence/exportPack.ts';
import { beginPass, reverifyPortion } from './evidence/reverifyPortion.ts';
import { searchEntries } from './evidence/searchEntries.ts';
import { openAuditLog, type OpenedAuditLog } from './openAuditLog.ts';
import { readWholeLog } from '../../tests/readWholeLog.ts';
import { subjectsOf, subjectToken } from './subjects.ts';
import { defined } from '../../terms/defined.ts';

const database = await testDatabase();
const home = mkdtempSync(join(tmpdir(), 'datong-packed-'));
const yearKey = createSecretKey(randomBytes(32));
const keys = {
  log: oneLogKey('datong/test'),
  headMac: createSecretKey(randomBytes(32)),
  logToken: () => yearKey,
};
const child = Buffer.from('the child');
const open = (name: string): Promise<OpenedAuditLog> =>
  openAuditLog({ database, keys, stateDir: join(home, name) });
let log: OpenedAuditLog;
const access = () => ({ database, keys, audit: log });

interface Draft extends EntryDraft<Draft> {
  readonly claims: {
    readonly nonce?: { readonly keyid: string; readonly nonce: string; readonly expires: number };
  };
}
function draft(
  nth: number,
  facts: Partial<Leaf> = {},
  subjects: readonly Uint8Array[] = [],
  nonce?: string,
): Draft {
  const now = database.now();
  const { subjects: _, ...common } = leafOfThreeYears(nth);
  const concerned = subjectsOf(subjects.map((subject) => subjectToken(yearKey, subject)));
  const made: Draft = {
    leaf: {
      ...common,
      id: uuid7(now),
      at: new Date(now).toISOString(),
      epoch: 1,
      ...facts,
      ...defined({ subjects: concerned?.leaf }),
    },
    claims: nonce === undefined ? {} : { nonce: { keyid: common.actor.keyid ?? '', nonce, expires: 0 } },
    whenLost: () => made,
    ...defined({ subjects: concerned?.stored }),
  };
  return made;
}
const appendMany = async (into: OpenedAuditLog, from: number, count: number): Promise<void> => {
  await Promise.all(Array.from({ length: count }, (_, nth) => into.append(draft(from + nth))));
};
const tamper = (sql: string): Promise<unknown> =>
  asLogin(database.address, (login) => login.query(`SET session_replication_role = replica; ${sql}`));
const reverified = async (): Promise<string[]> =>
  (await reverifyPortion(access(), beginPass(access(), 1), 100_000)).findings.map(
    ({ code, index }) => `${code}@${index}`,
  );
const stored = async (): Promise<Buffer[]> =>
  (await database.app.query<{ leaf: Buffer }>('SELECT leaf FROM audit_entry ORDER BY idx')).rows.map(
    ({ leaf }) => leaf,
  );
const storedAt = async (index: number): Promise<string> =>
  `'\\x${(await stored())[index]?.toString('hex') ?? ''}'::bytea`;
const setLeaf = (index: number, leaf: string): string =>
  `UPDATE audit_entry SET leaf = ${leaf} WHERE idx = ${index};`;

/** What was written is read back by its writer: from here on it may be altered, and only its readers notice. */
const readBack = async (): Promise<void> => {
  await log.close();
  log = await openAuditLog({ database, keys, stateDir: join(home, 'one'), acceptsClock: true });
};

before(async () => {
  log = await open('one');
});
after(async () => {
  await log.close();
  rmSync(home, { recursive: true, force: true });
});

test('every entry is packed from the first on, and read as it was hashed', async () => {
  await appendMany(log, 0, 300);
  const reported = await log.append(draft(300, {}, [child], 'once'));
  const rows = await stored();
  assert.ok(nonEmpty(rows).every((leaf) => isPacked(leaf)));
  assert.ok((rows[reported.index]?.length ?? 0) * 2 < reported.leaf.length, 'less than half');
  const [read] = await leavesBetween(database.app, reported.index, reported.index + 1);
  assert.deepEqual(Buffer.from(read?.leaf ?? []), Buffer.from(reported.leaf));
});

test('pages, searches, proofs, bundles and acts are read as of any log, and the whole verifies; rows of before stay as they are', async () => {
  await appendMany(log, 0, 60);
  const other = await open('other');
  await appendMany(other, 0, 1_100 - log.size() - 60);
  await other.close();
  await appendMany(log, 0, 20);
  // as they were before there was a codec: the leaf itself, and all of its key's id
  const rows = await stored();
  for (let index = 100; index < 140; index += 1)
    await tamper(
      setLeaf(index, `'\\x${Buffer.from(leafOf(rows[index] ?? Buffer.of())).toString('hex')}'::bytea`),
    );
  const mark = draft(300).leaf.actor.keyid ?? '';
  await tamper(`UPDATE audit_entry SET keyid = '${mark}' WHERE idx = 301`);
  await deriveTiles(database.app, log.size());
  await readWholeLog(database.app, log.size());
  const { entries } = await listEntries(access(), { from: 96, limit: 50 });
  for (const { leaf, hash } of nonEmpty(entries))
    assert.deepEqual(leafHash(Buffer.from(leaf, 'base64')), Buffer.from(hash, 'base64'));
  const seen = await searchEntries(access(), { subject: child }, database.now());
  assert.deepEqual(
    seen.entries.map(({ index }) => index),
    [301],
  );
  const pack = await exportPack(access(), { from: 50, to: 160 });
  assert.deepEqual(verifyPack(pack, { keys: [keys.log] }).findings, []);
  const { bundle, entries: bundled } = await entryBundle(access(), { from: 95, limit: 20 });
  assert.equal(bundled, 20);
  assert.equal(bundle.toString().split('"kind":"release"').length - 1, 20);
  const limited = await entryBundle(access(), { from: 95, limit: 20 }, 1);
  assert.equal(limited.entries, 1, 'the leaf that reaches the limit of bytes is the last one');
  assert.deepEqual(await reverified(), []);
});

test('a nonce is known to other processes by the mark of its key, and of a row of before by all of it', async () => {
  const keyid = draft(300).leaf.actor.keyid ?? '';
  await log.append(draft(301, {}, [], 'twice'));
  const { rows } = await database.app.query<{ keyid: string }>(
    'SELECT keyid FROM audit_entry WHERE nonce IS NOT NULL ORDER BY idx',
  );
  assert.deepEqual(
    rows.map((row) => row.keyid.length),
    [43, 11],
  );
  const other = await open('other');
  assert.ok(other.hasNonce(keyid, 'once'));
  assert.ok(other.hasNonce(draft(301).leaf.actor.keyid ?? '', 'twice'));
  assert.ok(!other.hasNonce(keyid, 'never'));
  await other.close();
  const index = log.size() - 1;
  for (const altered of ["keyid = 'another'", 'keyid = left(keyid, 10)', "keyid = ''", 'nonce = NULL']) {
    await tamper(`CREATE TABLE kept AS SELECT keyid, nonce FROM audit_entry WHERE idx = ${index};
      UPDATE audit_entry SET ${altered} WHERE idx = ${index}`);
    assert.deepEqual(await reverified(), [`columns_altered@${index}`], altered);
    await tamper(
      `UPDATE audit_entry SET (keyid, nonce) = (SELECT keyid, nonce FROM kept) WHERE idx = ${index}; DROP TABLE kept`,
    );
  }
  assert.deepEqual(await reverified(), []);
});

test('acts are read of packed leaves: on whose behalf, why stopped, about whom, and when', async () => {
  const of = uuid7(database.now());
  const stop = await log.append(
    draft(1, {
      id: of,
      operation: 'suspendAgreement',
      decision: 'allow',
      change: { kind: 'Dataset', id: 'd', changed: true, proposal: of, reason: 'a stolen key' },
      actor: { person: 'x', insteadOf: 'a b' },
    }),
  );
  const { id, at } = stop.draft.leaf;
  assert.equal(await newestMoment(database.app), Date.parse(at));
  const row = {
    id,
    operation: 'suspendAgreement',
    kind: 'Dataset',
    name: 'd',
    owner: null,
    digest: 'a',
    author: 'x',
    needsOfficer: false,
  } as const;
  const made = { proposal: row };
  const elsewhere = { ...row, operation: 'resumeAgreement' } as const;
  for (const other of [
    { author: 'y' },
    { name: 'e' },
    { kind: 'Schema' },
    { owner: 'e' },
    elsewhere,
  ] as const)
    await assert.rejects(deputisedFor(database.app, { proposal: { ...row, ...other } }), {
      code: 'made_by_unread',
    });
  const reported = { proposalDigest: 'a', officer: false };
  for (const [facts, change, refused] of [
    [{}, reported, false],
    [{}, { ...reported, proposalDigest: 'b' }, true],
    [{}, { ...reported, officer: true }, true],
    [{}, { changed: false }, true],
    [{}, { proposal: id }, true],
    [{ decision: 'deny', code: 'four_eyes' }, {}, true],
    [{ operation: 'resumeAgreement' }, {}, true],
  ] as const) {
    const again = uuid7(database.now());
    const { operation, decision, actor, change: formerChange } = stop.draft.leaf;
    const word = { operation, decision, actor, change: { ...formerChange, proposal: again, ...change } };
    await log.append(draft(1, { id: again, ...word, ...facts }));
    const requested = deputisedFor(database.app, { proposal: { ...row, id: again } });
    if (refused) await assert.rejects(requested, { code: 'made_by_unread' });
    else assert.deepEqual(await requested, ['a', 'b']);
  }
  assert.deepEqual(await deputisedFor(database.app, made), ['a', 'b']);
  assert.deepEqual([...(await stopReasons(database.app, [{ office: id }]))], [[id, 'a stolen key']]);
  const about = await log.append(draft(1, {}, [child]));
  const leaf = await entryAbout(database.app, about.draft.leaf.id, [subjectToken(yearKey, child)]);
  assert.deepEqual(Buffer.from(leaf ?? []), Buffer.from(about.leaf));
  // an altered one has no reason, and all others theirs; the principal of its deputy is not guessed
  const other = await log.append(draft(1, { operation: 'suspendAgreement', change: { reason: 'a fault' } }));
  await readBack();
  await tamper(`CREATE TABLE kept AS SELECT leaf FROM audit_entry WHERE id = '${id}'`);
  for (const altered of ['\\xfffe00', '\\x', '\\x6e756c6c', '\\x7b7d']) {
    await tamper(`UPDATE audit_entry SET leaf = '${altered}' WHERE id = '${id}'`);
    const stops = [{ office: id }, { office: other.draft.leaf.id }];
    assert.deepEqual(
      [...(await stopReasons(database.app, stops))],
      [[other.draft.leaf.id, 'a fault']],
      altered,
    );
    await assert.rejects(deputisedFor(database.app, made), { code: 'made_by_unread' }, altered);
  }
  await tamper(`UPDATE audit_entry SET leaf = (SELECT leaf FROM kept) WHERE id = '${id}'; DROP TABLE kept`);
  // nor where it is gone altogether, is there twice, or reports others with the hash of its own report
  for (const [away, back] of [
    [
      `CREATE TABLE kept AS SELECT * FROM audit_entry WHERE id = '${id}'; DELETE FROM audit_entry WHERE id = '${id}'`,
      'INSERT INTO audit_entry SELECT * FROM kept; DROP TABLE kept',
    ],
    // a row beyond the head is no entry of the log, whatever it says
    [
      `UPDATE audit_entry SET idx = idx + 1000000 WHERE id = '${id}'`,
      `UPDATE audit_entry SET idx = idx - 1000000 WHERE id = '${id}'`,
    ],
    [
      `UPDATE audit_entry SET id = '${id}' WHERE idx = ${other.index}`,
      `UPDATE audit_entry SET id = '${other.draft.leaf.id}' WHERE idx = ${other.index}`,
    ],
    [
      `CREATE TABLE kept AS SELECT leaf FROM audit_entry WHERE id = '${id}';
       UPDATE audit_entry SET leaf = (SELECT leaf FROM audit_entry WHERE idx = ${other.index}) WHERE id = '${id}'`,
      `UPDATE audit_entry SET leaf = (SELECT leaf FROM kept) WHERE id = '${id}'; DROP TABLE kept`,
    ],
  ] as const) {
    await tamper(away);
    await assert.rejects(deputisedFor(database.app, made), { code: 'made_by_unread' }, away);
    await tamper(back);
    assert.deepEqual(await deputisedFor(database.app, made), ['a', 'b']);
  }
});

test('a process that starts anew goes on where it was, and reads back what it wrote', async () => {
  await log.close();
  log = await open('one');
  await appendMany(log, 0, 20);
  await log.close();
  assert.equal(log.broken(), undefined);
  log = await open('one');
});

/** Of an entry what an administrator may make of its bytes. */
const edits: readonly (readonly [what: string, sql: (index: number) => string | Promise<string>])[] = [
  ['one byte in the middle', (index) => setLeaf(index, 'set_byte(leaf, 90, get_byte(leaf, 90) # 1)')],
  ['the byte of the codec', (index) => setLeaf(index, 'set_byte(leaf, 0, 2)')],
  ['its length', (index) => setLeaf(index, 'set_byte(leaf, 1, 255)')],
  ['cut in two', (index) => setLeaf(index, 'substr(leaf, 1, length(leaf) / 2)')],
  ['nothing of it left', (index) => setLeaf(index, "''")],
  ['seven bytes in its place', (index) => setLeaf(index, "'\\x01ffff6fff0000'")],
  ['something that no leaf was', (index) => setLeaf(index, "'no leaf'")],
  [
    'another leaf, packed well',
    (index) => setLeaf(index, `(SELECT leaf FROM audit_entry WHERE idx = ${index + 1})`),
  ],
  [
    'another text, as it is',
    async (index) => setLeaf(index, await editedLeaf(database, index, '"allow"', '"deny"')),
  ],
  [
    'another text, packed well',
    async (index) => {
      const text = Buffer.from(leafOf((await stored())[index] ?? Buffer.of())).toString();
      const packed = new LeafPacker().pack(Buffer.from(text.replace('"delivered":1', '"delivered":2')));
      assert.ok(isPacked(packed));
      return setLeaf(index, `'\\x${Buffer.from(packed).toString('hex')}'`);
    },
  ],
];

test('altered bytes are reported for their own entry, and for no other; the rest of the range is checked as ever', async () => {
  const index = 303;
  for (const [what, sql] of edits) {
    const before = await storedAt(index);
    await tamper(await sql(index));
    const found = await reverified();
    assert.deepEqual(
      found.filter((one) => !one.startsWith('index_altered')),
      [`entry_altered@${index}`],
      what,
    );
    const page = await listEntries(access(), { from: 300, limit: 10 });
    assert.equal(page.entries.length, 10, what);
    const others = await searchEntries(
      access(),
      { purpose: 'school-enrolment', limit: 1000 },
      database.now(),
    );
    assert.ok(others.entries.length > 990, what);
    await tamper(setLeaf(index, before));
    await reverified();
    assert.deepEqual(await reverified(), [], what);
  }
  // two rows that change places, each with the other's leaf
  const [one, other] = [await storedAt(310), await storedAt(312)];
  await tamper(setLeaf(310, other) + setLeaf(312, one));
  assert.deepEqual(
    (await reverified()).filter((code) => code.startsWith('entry_')),
    ['entry_altered@310', 'entry_altered@312'],
  );
  await tamper(setLeaf(310, one) + setLeaf(312, other));
  // together with entries that cannot be read, with other alterations in the same range
  const unreadable = await Promise.all([5, 303, 900].map(async (at) => setLeaf(at, await storedAt(at))));
  const token = `SELECT tokens FROM audit_subject WHERE idx = 301`;
  const tokens = (await database.app.query<{ tokens: Buffer[] }>(token)).rows[0]?.tokens[0]?.toString('hex');
  for (const at of [5, 303, 900]) await tamper(setLeaf(at, "'\\x010020'"));
  await tamper(`UPDATE audit_entry SET consumer = 'nobody' WHERE idx = 6;
    UPDATE audit_subject SET tokens = ARRAY['\\x00'::bytea] WHERE idx = 301`);
  assert.deepEqual(
    (await reverified()).filter((code) => !code.startsWith('index_')),
    [
      'entry_altered@5',
      'columns_altered@6',
      'subjects_altered@301',
      'entry_altered@303',
      'entry_altered@900',
    ],
  );
  await tamper(`DELETE FROM audit_posting WHERE chunk = 0`);
  assert.ok(
    (await reverified()).includes('index_altered@0'),
    'of those that can be read, the index is compared',
  );
  await tamper(`${unreadable.join('')} UPDATE audit_subject SET tokens = ARRAY['\\x${tokens ?? ''}'::bytea] WHERE idx = 301;
    UPDATE audit_entry SET consumer = (SELECT consumer FROM audit_entry WHERE idx = 26) WHERE idx = 6`);
  await reverified();
  assert.deepEqual(await reverified(), []);
});

const { findings } = readConfig({ name: 'yunxi', publicOrigin: 'https://localhost' }, {});
/** Has the log watched by a process that starts. @returns where it goes on */
async function watched(state: unknown): Promise<unknown> {
  const run: JobRun = {
    state,
    signal: new AbortController().signal,
    now: () => database.now(),
    act: () => Promise.resolve({ exchange: uuid7(0) }),
  };
  return (await watchLog(database.app, log, { ...findings, officialRepeats: 1 }).run(run)).state;
}

test('what a department got on a day counts once, around midnight and where its first entry is lost', async () => {
  const midnight = Date.parse('2031-11-11T00:00:00+08:00');
  const got = async (): Promise<readonly string[]> => {
    const { rows } = await database.app.query<{ of: string }>(
      "SELECT day || ' ' || sum(rows) AS of FROM risk_volume WHERE day > '2031-11-01' GROUP BY day ORDER BY day",
    );
    return rows.map(({ of }) => of);
  };
  const call = (ms: number): Promise<{ readonly index: number }> =>
    log.append(
      draft(1, {
        at: new Date(midnight + ms).toISOString(),
        kind: 'release',
        decision: 'allow',
        consumer: 'education',
        rows: { delivered: 1_000, withheld: 0 },
      }),
    );
  const first = log.size();
  await call(-60_000);
  const { index } = await call(100);
  await call(-50);
  let state = await watched({ from: first, seen: first });
  assert.deepEqual(await got(), ['2031-11-10 2000', '2031-11-11 1000']);
  for (const [ms, before, after] of [
    [200, 2_000, 2_000],
    [-40, 3_000, 2_000],
    [300, 3_000, 3_000],
  ] as const) {
    await call(ms);
    state = await watched(state);
    assert.deepEqual(await got(), [`2031-11-10 ${before}`, `2031-11-11 ${after}`]);
    assert.deepEqual(state, { from: index, seen: log.size() });
  }
  const lost = await storedAt(index);
  await readBack();
  await tamper(setLeaf(index, "'no leaf'"));
  await call(400);
  await call(500);
  state = await watched(state);
  assert.deepEqual(await got(), ['2031-11-10 3000', '2031-11-11 4000'], 'but for what is lost');
  await call(600);
  await watched(state);
  assert.deepEqual(await got(), ['2031-11-10 3000', '2031-11-11 5000']);
  await tamper(setLeaf(index, lost));
});

test('a follower of the log passes an entry that cannot be read, packed or not, and skips nothing else', async () => {
  const size = Math.floor(log.size() / 1024) * 1024;
  const index = 400;
  const before = await storedAt(index);
  const indexOf = async (): Promise<string> => {
    await tamper(`TRUNCATE audit_posting, audit_posted, audit_word, board_day, board_case, duty CASCADE;
      UPDATE board_progress SET next = 0`);
    // a sealed row, so it is changed by the hub's own connections
    await database.owner.query('UPDATE duty_progress SET next = 0');
    await readWholeLog(database.app, size);
    const { rows } = await database.app.query('SELECT * FROM audit_posting ORDER BY term, chunk');
    return JSON.stringify(rows);
  };
  const whole = await indexOf();
  await tamper(setLeaf(index, "'no leaf'"));
  const asEver = await indexOf();
  await tamper(setLeaf(index, "'\\x010020'"));
  assert.equal(await indexOf(), asEver);
  assert.notEqual(asEver, whole);
  // texts too long for any row, and more bytes than a leaf may have
  const leaf = leafContent(leafOf((await stored())[index + 1] ?? Buffer.of()));
  assert.equal(leaf.decision, 'allow');
  for (const text of ['a\0b', randomBytes(4_000).toString('hex')]) {
    const altered: Leaf[] = [
      ...(['consumer', 'dataset', 'agreement', 'matterCode', 'code'] as const).map((member) => ({
        ...leaf,
        matterCode: 'm',
        [member]: text,
      })),
      { ...leaf, matterCode: 'm', fields: { [text]: 'clear' } },
      { ...leaf, obligations: ['no-onward-sharing', `delete-after ${text}`] },
    ];
    for (const [nth, one] of altered.entries()) {
      const bytes = Buffer.from(leafText(one), 'utf8');
      await tamper(setLeaf(index, `'\\x${bytes.toString('hex')}'::bytea`));
      assert.equal(await indexOf(), asEver, `${nth} ${text.length}`);
    }
  }
  // few characters, and many bytes: a key holds the bytes of all its members
  const signs = (): string =>
    Array.from({ length: 500 }, () => String.fromCharCode(0x4e00 + randomInt(20_000))).join('');
  const named: Leaf = {
    ...leaf,
    consumer: signs(),
    dataset: signs(),
    onBehalfOf: signs(),
    obligations: ['no-onward-sharing'],
  };
  for (const one of [named, { ...leaf, onBehalfOf: signs() }]) {
    await tamper(setLeaf(index, `'\\x${Buffer.from(leafText(one), 'utf8').toString('hex')}'::bytea`));
    assert.equal(await indexOf(), asEver);
  }
  await watched({ from: 0, seen: 0 });
  await tamper(setLeaf(index, "convert_to(repeat('{', 50000000), 'UTF8')"));
  assert.equal(await indexOf(), asEver);
  await tamper(setLeaf(index, before));
  assert.equal(await indexOf(), whole);
});

test('a flush whose leaves, hashes, ids or tokens do not fit each other is refused by the database', async () => {
  const before = log.size();
  const flush = (
    leaves: string,
    ends: string,
    hashes: string,
    ids: number,
    [subjects, persons]: readonly [string, number] = ['', 0],
  ): Promise<unknown> =>
    database.app.query(
      `SELECT append_flush(size, root, state_epoch, root, frontier, mac, state_epoch, $1::bytea, $2, $3::bytea, $4, $5, '', '', '', $6, '', '', '', $7, $8::bytea[], '', '')
         FROM audit_head`,
      [
        ...[Buffer.from(leaves), ends, Buffer.from(hashes)],
        Array.from({ length: ids }, () => uuid7(database.now())).join('\n'),
        ...['2026-01-01T00:00:00Z', 'allow'].map((text) =>
          Array.from({ length: ids }, () => text).join('\n'),
        ),
        ...[subjects, Array.from({ length: persons }, () => randomBytes(16))],
      ],
    );
  const two = 'h'.repeat(64);
  for (const [leaves, ends, hashes, ids] of [
    ['{}{}', '2\n3', two, 2],
    ['{}{}', '2\n5', two, 2],
    ['{}{}', '4\n4', two, 2],
    ['{}{}', '0\n4', two, 2],
    ['{}{}', '5\n4', two, 2],
    ['{}{}', '2\n4', two.slice(1), 2],
    ['{}{}', '2\n4', two, 3],
    ['{}{}', '4', two, 2],
    ['', '', '', 1],
  ] as const)
    await assert.rejects(
      flush(leaves, ends, hashes, ids),
      /do not fit each other|NULL|null/,
      JSON.stringify([leaves, ends, ids]),
    );
  for (const tokens of [
    ['', 1],
    ['0\tab\t1\t2', 1],
    ['0\tab\t1\t1', 0],
    ['0\tab\t1\t1\n1\tab\t2\t2', 3],
  ] as const)
    await assert.rejects(
      flush('{}{}', '2\n4', two, 2, tokens),
      /tokens and entries of a flush do not fit each other/,
      JSON.stringify(tokens),
    );
  const { rows } = await database.app.query<{ size: string }>('SELECT size FROM audit_head');
  assert.equal(Number(rows[0]?.size), before);
});
