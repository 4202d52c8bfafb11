/** The index against the plainest search there is: every leaf, read and compared. */
import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import pg from 'pg';
import type { Leaf } from '../../../log/leaf.ts';
import { oneLogKey } from '../../../tests/oneLogKey.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { testDatabase } from '../../../tests/database.ts';
import { readWholeLog } from '../../../tests/readWholeLog.ts';
import { countUnposted, insertChunks, nextChunk } from '../../store/audit/postings.ts';
import { asLogin } from '../../store/database/database.ts';
import { withTransaction } from '../../store/database/transaction.ts';
import type { Claims, EntryDraft } from '../draft.ts';
import { beginPass, reverifyPortion } from '../evidence/reverifyPortion.ts';
import { ownEntries } from '../evidence/ownEntries.ts';
import { searchEntries, type EntrySearch } from '../evidence/searchEntries.ts';
import { openAuditLog, type OpenedAuditLog } from '../openAuditLog.ts';
import { subjectsOf, subjectToken } from '../subjects.ts';
import { callsOfConsumers } from './callsOfConsumers.ts';
import { postingsIn } from './indexEntries.ts';
import { lastUsesBefore, type Used } from './restsBefore.ts';
import {
  addPlace,
  allPlaces,
  countPlaces,
  listPlaces,
  noPlaces,
  packPlaces,
  unpackPlaces,
} from './places.ts';
import { termOf } from './terms.ts';
import { dayOf } from '../../../log/entryQuestion.ts';
import { leafOf } from '../../store/audit/storedLeaves.ts';

const database = await testDatabase();
const stateDir = mkdtempSync(join(tmpdir(), 'datong-search-'));
const signer = oneLogKey('datong/test');
const yearKey = createSecretKey(randomBytes(32));
const keys = { log: signer, headMac: createSecretKey(randomBytes(32)), logToken: () => yearKey };
const child = Buffer.from('the child');
const total = 2_700;
const start = Date.parse('2026-10-01T00:00:00Z');

interface Draft extends EntryDraft<Draft> {
  readonly claims: Claims;
}

/** Entries whose words repeat in different rhythms, a minute apart or so, not quite in the order of their times. */
function draft(n: number): Draft {
  const at = start + n * 55_000 + (n % 7) * 20_000;
  const concerned = n % 500 === 77 ? subjectsOf([subjectToken(yearKey, child)]) : undefined;
  const made: Draft = {
    leaf: {
      v: 1,
      id: uuid7(at),
      at: new Date(at).toISOString(),
      kind: n % 11 === 0 ? 'inspect' : 'release',
      operation: n % 3 === 0 ? 'checkFact' : 'queryDataset',
      decision: n % 5 === 0 ? 'deny' : 'allow',
      ...(n % 5 === 0 ? { code: n % 2 === 0 ? 'purpose_not_agreed' : 'field_not_granted' } : {}),
      actor: { department: 'education', ...(n % 13 === 0 ? { person: `person-${n % 26}` } : {}) },
      ...(n % 11 === 0
        ? {}
        : { consumer: n % 4 === 0 ? 'transport' : 'education', provider: 'pub-security' }),
      dataset: n % 2 === 0 ? 'pub-security.household' : 'ecology.air',
      schema: `urn:datong:schema:x:${n % 3}`,
      purpose: n % 6 === 0 ? 'school-enrolment' : 'pension',
      agreement: `agr-${n % 9}`,
      onBehalfOf: `clerk-${n % 40}`,
      matter: `RX-2026-${n}`,
      fields: n % 2 === 0 ? { name: 'clear', birth_date: 'year' } : { level: 'clear' },
      ...(concerned === undefined ? {} : { subjects: concerned.leaf }),
    },
    claims: {},
    whenLost: () => made,
    ...(concerned === undefined ? {} : { subjects: concerned.stored }),
  };
  return made;
}

let log: OpenedAuditLog;
let leaves: readonly Leaf[] = [];
const access = () => ({ database, keys, audit: log });
const tamper = (sql: string): Promise<unknown> =>
  asLogin(database.address, async (login) => {
    await login.query('SET session_replication_role = replica');
    await login.query(sql);
  });

let passes = 0;
/** What re-verification of the whole log tells: `code index`. */
async function reverified(): Promise<string[]> {
  passes += 1;
  const { findings, failures } = await reverifyPortion(access(), beginPass(access(), passes), 100_000);
  assert.deepEqual(failures, []);
  return findings.map(({ code, index }) => `${code} ${index}`).sort();
}

before(async () => {
  log = await openAuditLog({ database, keys, stateDir, acceptsClock: true });
  for (let from = 1; from < total; from += 300)
    await Promise.all(
      Array.from({ length: Math.min(300, total - from) }, (_, i) => log.append(draft(from + i))),
    );
  const { rows } = await database.app.query<{ leaf: Buffer }>('SELECT leaf FROM audit_entry ORDER BY idx');
  leaves = rows.map(({ leaf }) => parseLeaf(leafOf(leaf)));
  assert.equal(await readWholeLog(database.app, log.size()), 1);
});
after(async () => {
  await log.close();
  rmSync(stateDir, { recursive: true, force: true });
});

test('how often consumers got answers, and when last, is what every leaf says: of whole chunks, of the youngest entries, and of none', async () => {
  const pairs = ['education', 'transport', 'nobody'].flatMap((consumer) =>
    ['pub-security.household', 'ecology.air', 'nothing.there'].map((dataset) => ({ consumer, dataset })),
  );
  const day = 86_400_000;
  for (const [size, now] of [
    [leaves.length, start + day],
    [leaves.length, start + 30.5 * day],
    [leaves.length, start + 31 * day],
    [leaves.length, start + 400 * day],
    [2_048, start + 30.5 * day],
    [1_500, start + 30.5 * day],
  ] as const) {
    const expected = pairs.map(({ consumer, dataset }) => {
      const answered = leaves
        .slice(0, size)
        .filter(
          (leaf) =>
            leaf.decision === 'allow' &&
            leaf.dataset === dataset &&
            (leaf.consumer ?? (leaf.provider === undefined ? leaf.actor.department : undefined)) === consumer,
        )
        .map(({ at }) => Date.parse(at));
      const calls = answered.filter((at) => at > now - 30 * day).length;
      return { consumer, dataset, calls, last: answered.length === 0 ? null : Math.max(...answered) };
    });
    const told = await callsOfConsumers(database.app, pairs, size, now);
    assert.deepEqual(
      told?.map(({ consumer, dataset, calls, last }) => ({ consumer, dataset, calls, last })),
      expected,
      `${size} entries`,
    );
  }
});

test('before these days only what was never answered is looked for, and what the index is too far behind for is not told', async (t) => {
  const pairs = [
    { consumer: 'education', dataset: 'ecology.air' },
    { consumer: 'nobody', dataset: 'nothing.there' },
  ];
  const query = t.mock.method(pg.Client.prototype, 'query');
  const told = await callsOfConsumers(database.app, pairs, total, start + 400 * 86_400_000);
  assert.deepEqual(
    told?.map(({ calls, last }) => [calls, last !== null]),
    [
      [0, true],
      [0, false],
    ],
  );
  const terms = query.mock.calls.flatMap(({ arguments: [statement] }) => {
    const { text = '' } = statement as unknown as { readonly text?: string };
    return text.includes('FROM audit_posting') ? [/\{(.*)\}/.exec(text)?.[1]?.split(',')] : [];
  });
  assert.deepEqual(terms, [
    [termOf('decision', 'allow'), termOf('consumer', 'nobody'), termOf('dataset', 'nothing.there')],
  ]);
  const connect = t.mock.method(database.app, 'connect');
  assert.equal(await callsOfConsumers(database.app, pairs, total + 200_000, start), undefined);
  assert.equal(connect.mock.callCount(), 1, 'no entry is read for it');
});

/** Indexes, the newest first, by reading every leaf. */
function plainly(asked: EntrySearch): number[] {
  const consumerOf = (leaf: Leaf): string | undefined => leaf.consumer ?? leaf.actor.department;
  const found = leaves.flatMap((leaf, index) => {
    const at = Date.parse(leaf.at);
    const same = (own: string | undefined, wanted: string | undefined): boolean =>
      wanted === undefined || own === wanted;
    const either = (wanted: string | undefined): boolean =>
      wanted === undefined || consumerOf(leaf) === wanted || leaf.provider === wanted;
    return same(leaf.operation, asked.operation) &&
      same(leaf.kind, asked.kind) &&
      same(leaf.decision, asked.decision) &&
      same(leaf.code, asked.code) &&
      same(consumerOf(leaf), asked.consumer) &&
      same(leaf.provider, asked.provider) &&
      same(leaf.dataset, asked.dataset) &&
      same(leaf.schema, asked.schema) &&
      same(leaf.purpose, asked.purpose) &&
      same(leaf.agreement, asked.agreement) &&
      same(leaf.onBehalfOf, asked.official) &&
      same(leaf.matter, asked.matter) &&
      same(leaf.actor.person, asked.person) &&
      (asked.field === undefined || Object.hasOwn(leaf.fields ?? {}, asked.field)) &&
      either(asked.department) &&
      either(asked.scope) &&
      (asked.from === undefined || at >= Date.parse(asked.from)) &&
      (asked.until === undefined || at < Date.parse(asked.until)) &&
      (asked.subject === undefined || leaf.subjects !== undefined)
      ? [index]
      : [];
  });
  return found.reverse();
}

async function found(asked: EntrySearch): Promise<number[]> {
  const indexes: number[] = [];
  for (let before: number | undefined = undefined; ;) {
    const page: Awaited<ReturnType<typeof searchEntries>> = await searchEntries(
      access(),
      { ...asked, limit: 1_000, ...(before === undefined ? {} : { before }) },
      Date.now(),
    );
    indexes.push(...page.entries.map(({ index }) => index));
    if (page.next === undefined) return indexes;
    before = page.next;
  }
}

const tally = (values: readonly (string | undefined)[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const value of values) if (value !== undefined) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};

describe('a search', () => {
  const word = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 2 });
  const time = fc.option(
    fc.integer({ min: -10, max: total * 60 }).map((s) => new Date(start + s * 1000).toISOString()),
    { nil: undefined, freq: 1 },
  );
  const question = fc
    .record({
      operation: word('queryDataset', 'checkFact', 'nothing'),
      kind: word('release', 'inspect', 'genesis'),
      decision: word('allow', 'deny'),
      code: word('purpose_not_agreed', 'field_not_granted'),
      consumer: word('education', 'transport'),
      provider: word('pub-security', 'ecology'),
      department: word('education', 'transport', 'pub-security'),
      scope: word('transport'),
      dataset: word('pub-security.household', 'ecology.air'),
      schema: word('urn:datong:schema:x:1'),
      field: word('name', 'level', 'birth_date'),
      purpose: word('school-enrolment', 'pension'),
      agreement: word('agr-3', 'agr-7'),
      official: word('clerk-7', 'clerk-20'),
      matter: word('RX-2026-1030', 'RX-2026-2690'),
      person: word('person-13', 'person-0'),
      from: time,
      until: time,
      subject: fc.option(fc.constant(child), { nil: undefined, freq: 1 }),
    })
    .map(
      (all) =>
        Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as EntrySearch,
    );

  test('of any combination finds what reading every leaf finds, in its order, and counts it', async () => {
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        const expected = plainly(asked);
        assert.deepEqual(await found(asked), expected);
        const { counts } = await searchEntries(access(), { ...asked, counts: true, limit: 1 }, Date.now());
        const these = expected.flatMap((index) => leaves[index] ?? []);
        assert.deepEqual(counts, {
          total: expected.length,
          byDay: tally(these.map(({ at }) => dayOf(at))),
          byDepartment: tally(these.map((leaf) => leaf.consumer ?? leaf.actor.department)),
          byCode: tally(these.map(({ code }) => code)),
        });
      }),
      // nothing asked: chunks of which every entry answers
      { numRuns: 30, examples: [[{}], [{ consumer: 'education' }]] },
    );
  });

  test('pages join without a gap or a doubled entry, whatever their size', async () => {
    const expected = plainly({ decision: 'deny' });
    const indexes: number[] = [];
    for (let before = total; ;) {
      const page = await searchEntries(access(), { decision: 'deny', limit: 37, before }, Date.now());
      indexes.push(...page.entries.map(({ index }) => index));
      if (page.next === undefined) break;
      before = page.next;
    }
    assert.deepEqual(indexes, expected);
  });
});

test('when something was last used is told as reading every leaf tells it, from the index and behind it', async () => {
  const uses = new Map<string, Used>(
    [
      ...Array.from({ length: 10 }, (_, n): Used => ({ agreement: `agr-${n}` })),
      ...[7, 30, 1_023, 1_030, 1_031, 2_100, 2_690].map((n): Used => ({
        consumer: n % 4 === 0 ? 'transport' : 'education',
        matter: `RX-2026-${n}`,
      })),
      { consumer: 'transport', matter: 'RX-2026-1031' },
    ].map((use) => [JSON.stringify(use), use]),
  );
  const plain = (use: Used, end: number): number | undefined => {
    const at = leaves
      .slice(0, end)
      .findLast(
        (leaf) =>
          leaf.kind === 'release' &&
          leaf.decision === 'allow' &&
          (use.agreement === undefined || leaf.agreement === use.agreement) &&
          (use.matter === undefined || (leaf.matter === use.matter && leaf.consumer === use.consumer)),
      )?.at;
    return at === undefined ? undefined : Date.parse(at);
  };
  for (const end of [0, 500, 1_024, 1_025, 2_060, total])
    for (const since of [start, start + 1_030 * 55_000, start + 3_000 * 55_000]) {
      const expected = [...uses].flatMap(([name, use]): [string, number | undefined][] => {
        const at = plain(use, end);
        return at === undefined || at < since ? [[name, at]] : [];
      });
      const told = await lastUsesBefore(database.app, uses, end, since);
      assert.deepEqual([...(told ?? [])].sort(), expected.sort(), `${end} ${since}`);
    }
});

describe('an index that somebody altered', () => {
  test('shows nothing that the leaves do not say, and is found and mended by re-verification', async (t) => {
    const asked: EntrySearch = { matter: 'RX-2026-1030' };
    assert.deepEqual(await found(asked), [1030]);
    const everywhere = `'\\x${Buffer.from(allPlaces()).toString('hex')}'`;
    await tamper(`UPDATE audit_posting SET places = ${everywhere} WHERE length(places) = 2 AND chunk = 1`);
    assert.deepEqual(await found(asked), [1030]);
    await tamper('DELETE FROM audit_posting WHERE chunk = 1');
    assert.deepEqual(await found(asked), []);
    const { findings } = await reverifyPortion(access(), beginPass(access(), 1), 100_000);
    assert.deepEqual(
      findings.map(({ code, index }) => [code, index]),
      [['index_altered', 1024]],
    );
    assert.deepEqual(await found(asked), [1030]);
    // times of a chunk that hide it from a span, and a chunk that is said not to be indexed
    const spanned: EntrySearch = { ...asked, from: leaves[1030]?.at ?? '' };
    await tamper('UPDATE audit_posted SET last_at = first_at WHERE chunk = 1');
    assert.deepEqual(await found(spanned), []);
    assert.equal((await reverifyPortion(access(), beginPass(access(), 2), 100_000)).findings.length, 1);
    assert.deepEqual(await found(spanned), [1030]);
    // nor is what it counts lost, nor read at once however much is gone
    const pairs = ['pub-security.household', 'ecology.air'].map((dataset) => ({
      consumer: 'education',
      dataset,
    }));
    const counted = async () =>
      (await callsOfConsumers(database.app, pairs, total, start + 30.5 * 86_400_000))?.map((one) => [
        one.calls,
        one.last,
      ]);
    const whole = await counted();
    await tamper('DELETE FROM audit_posted WHERE chunk = 0');
    assert.deepEqual(await found({ matter: 'RX-2026-30' }), [30]);
    assert.deepEqual(await counted(), whole);
    await tamper('DELETE FROM audit_posted');
    const connect = t.mock.method(database.app, 'connect');
    assert.deepEqual(await counted(), whole);
    assert.equal(connect.mock.callCount(), 4, 'what is indexed, and a chunk at a time');
    connect.mock.restore();
    await readWholeLog(database.app, total);
    assert.deepEqual(await reverified(), []);
  });

  test('is made whole where chunks were taken out of its list, and no other chunk is written for it; rows beyond the log are none', async () => {
    const listed = async () =>
      (
        await database.owner.query<{ chunk: number; xmin: string }>(
          'SELECT chunk, xmin::text FROM audit_posted WHERE chunk BETWEEN 0 AND 1023 ORDER BY chunk',
        )
      ).rows;
    const before = await listed();
    assert.deepEqual(
      before.map(({ chunk }) => chunk),
      [0, 1],
    );
    // what the runtime's own role may write
    await database.app.query(
      'INSERT INTO audit_posted SELECT n, now(), now() FROM unnest(ARRAY[-1, 2, 1000000, 2147483647]) AS n',
    );
    assert.deepEqual([await nextChunk(database.app), await countUnposted(database.app)], [2, 0]);
    assert.deepEqual(await found({ matter: 'RX-2026-2690' }), [2690], 'youngest entries are read');
    await tamper('DELETE FROM audit_posted WHERE chunk = 0');
    assert.deepEqual([await nextChunk(database.app), await countUnposted(database.app)], [0, 1]);
    await readWholeLog(database.app, total);
    assert.deepEqual([await nextChunk(database.app), await countUnposted(database.app)], [2, 0]);
    const after = await listed();
    assert.deepEqual(after.slice(1, 2), before.slice(1));
    assert.deepEqual(await reverified(), []);
    await tamper('DELETE FROM audit_posted WHERE chunk = 0');
    assert.deepEqual(await reverified(), ['index_altered 0']);
    assert.deepEqual([await nextChunk(database.app), await countUnposted(database.app)], [2, 0]);
    assert.deepEqual(await reverified(), []);
    // one that is listed before the index has reached it
    await tamper('DELETE FROM audit_posted WHERE chunk = 1; DELETE FROM audit_posting WHERE chunk = 1');
    await database.app.query('INSERT INTO audit_posted VALUES (1, now(), now())');
    await readWholeLog(database.app, total);
    assert.deepEqual(await found({ matter: 'RX-2026-1030' }), []);
    assert.deepEqual(await reverified(), ['index_altered 1024']);
    assert.deepEqual(await found({ matter: 'RX-2026-1030' }), [1030]);
    await tamper('DELETE FROM audit_posted WHERE chunk NOT IN (0, 1)');
  });

  test('has places of two values together whose terms are one, and says so of neither that the other has it', async () => {
    const entries = leaves.slice(1_024, 1_034).map((leaf, nth) => ({ index: 1_024 + nth, leaf }));
    const { postings, words } = postingsIn(1, entries, (dimension, value) =>
      dimension === 'matter' ? '7' : termOf(dimension, value),
    );
    const merged = postings.filter(({ term }) => term === '7');
    assert.deepEqual(
      merged.map(({ places }) => listPlaces(unpackPlaces(places))),
      [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    );
    await withTransaction(database.app, async (transaction) => {
      const chunks = [{ chunk: 1, firstAt: '2026-10-01T00:00:00.000Z', lastAt: '2026-10-02T00:00:00.000Z' }];
      await insertChunks(transaction, { chunks, postings, words });
      throw new Error('enough');
    }).catch((error: unknown) => assert.equal((error as Error).message, 'enough'));
  });
});

test('an entry that was taken out is missed where it belongs: by the index, and by whom it concerned', async () => {
  const searched = async (search: EntrySearch) => {
    const { entries, missing, next } = await searchEntries(access(), search, Date.now());
    return { found: entries.map(({ index }) => index), missing, next };
  };
  // of a whole chunk, and of the youngest entries, which the index has not reached
  const [old, young] = [1_077, 2_577];
  const all = await searched({ subject: child });
  assert.deepEqual([all.found, all.missing], [[2_577, 2_077, 1_577, 1_077, 577, 77], undefined]);
  await tamper(`CREATE TABLE taken_out AS SELECT * FROM audit_entry WHERE idx IN (${old}, ${young});
    DELETE FROM audit_entry WHERE idx IN (${old}, ${young})`);
  const left = [2_077, 1_577, 577, 77];
  assert.deepEqual(await searched({ subject: child }), {
    found: left,
    missing: [young, old],
    next: undefined,
  });
  assert.deepEqual((await searched({ subject: child, before: 2_577 })).missing, [old]);
  assert.deepEqual(await searched({ matter: `RX-2026-${old}` }), {
    found: [],
    missing: [old],
    next: undefined,
  });
  assert.equal((await searched({ matter: 'RX-2026-1078' })).missing, undefined);
  // each page tells its own; a department's auditor what the index says was of the department
  assert.deepEqual(await searched({ subject: child, limit: 2 }), {
    found: [2_077, 1_577],
    missing: [young],
    next: 1_577,
  });
  assert.deepEqual((await searched({ subject: child, limit: 2, before: 1_577 })).missing, [old]);
  assert.deepEqual((await searched({ subject: child, scope: 'pub-security' })).missing, [old]);
  assert.equal((await searched({ subject: child, scope: 'ecology' })).missing, undefined);
  // a span counts what is gone by the times of its neighbours
  const time = (index: number, hours: number): string =>
    new Date(Date.parse(leaves[index]?.at ?? '') + hours * 3_600_000).toISOString();
  const missed = async (search: EntrySearch) => (await searched(search)).missing;
  for (const [index, about] of [
    [old, { matter: `RX-2026-${old}` }],
    [old, { subject: child }],
    [young, { subject: child }],
  ] as const) {
    assert.deepEqual(await missed({ ...about, from: time(index, -1), until: time(index, 1) }), [index]);
    assert.equal(await missed({ ...about, from: time(index, -2), until: time(index, -1) }), undefined);
    assert.equal(await missed({ ...about, from: time(index, 1), until: time(index, 2) }), undefined);
  }
  assert.deepEqual(await missed({ subject: child, until: time(young, -1) }), [old]);
  assert.equal(await missed({ subject: child, from: time(young, 1) }), undefined);
  assert.equal(await missed({ subject: child, from: time(77, -1), until: time(77, 1) }), undefined);
  // of what the index has not reached nothing says what else it said
  assert.equal(await missed({ subject: child, matter: 'RX-2026-77' }), undefined);
  assert.equal(await missed({ subject: child, matter: `RX-2026-${young}` }), undefined);
  assert.deepEqual(await missed({ subject: child, provider: 'pub-security' }), [old]);
  // a department's own list names what it asked for, and nothing of which it was the other side
  const own = async (department: string, more: object = {}) =>
    (await ownEntries(access(), department, { limit: 5_000, ...more })).missing;
  assert.deepEqual(await own('education'), [old]);
  assert.deepEqual(await own('education', { dataset: 'ecology.air', after: old - 1 }), [old]);
  for (const [department, more] of [
    ['pub-security', {}],
    ['transport', {}],
    ['education', { decision: 'deny' }],
    ['education', { before: old }],
    ['education', { after: old }],
  ] as const)
    assert.equal(await own(department, more), undefined, `${department} ${JSON.stringify(more)}`);
  // nor is it forgotten once somebody has looked: what the index held stays, its list too
  const gone = [`entry_missing ${old}`, `entry_missing ${young}`];
  const known = { matter: `RX-2026-${old}`, scope: 'pub-security', operation: 'checkFact' };
  assert.deepEqual(await missed(known), [old]);
  for (const unlist of ['', 'DELETE FROM audit_posted WHERE chunk = 1']) {
    await tamper(unlist);
    if (unlist !== '') await readWholeLog(database.app, total);
    assert.deepEqual(await reverified(), gone);
    assert.deepEqual(await missed(known), [old]);
    assert.deepEqual(await missed({ subject: child, scope: 'pub-security' }), [old]);
    assert.deepEqual(await own('education'), [old]);
  }
  // what is gone at the end of a chunk, when that ended; and what was overwritten, what stood there
  const edge = 2_047;
  const atEdge = { matter: `RX-2026-${edge}`, scope: 'pub-security', from: leaves[edge]?.at ?? '' };
  await tamper(`INSERT INTO taken_out SELECT * FROM audit_entry WHERE idx IN (1079, 1085, ${edge});
    DELETE FROM audit_entry WHERE idx = ${edge};
    UPDATE audit_entry SET leaf = (SELECT leaf FROM audit_entry WHERE idx = 1080) WHERE idx = 1079;
    UPDATE audit_entry SET leaf = 'no leaf' WHERE idx = 1085`);
  assert.deepEqual(await missed(atEdge), [edge]);
  assert.deepEqual(await reverified(), [
    ...['entry_altered 1079', 'entry_altered 1085', `entry_missing ${old}`, `entry_missing ${edge}`],
    `entry_missing ${young}`,
  ]);
  assert.deepEqual(await missed(atEdge), [edge]);
  await tamper('DELETE FROM audit_entry WHERE idx IN (1079, 1085)');
  for (const index of [1_079, 1_085])
    assert.deepEqual(await missed({ matter: `RX-2026-${index}`, scope: 'pub-security' }), [index]);
  // while what somebody took out of it beside them is found
  await tamper(
    `DELETE FROM audit_posting WHERE chunk = 1 AND term = ${termOf('matter', 'RX-2026-1090')};
     UPDATE audit_posted SET last_at = first_at WHERE chunk = 1`,
  );
  assert.equal((await reverified()).filter((one) => one === 'index_altered 1024').length, 1);
  assert.deepEqual(await found({ matter: 'RX-2026-1090', from: leaves[1_090]?.at ?? '' }), [1_090]);
  assert.deepEqual(await missed(known), [old]);
  await tamper(`INSERT INTO audit_entry SELECT * FROM taken_out WHERE idx IN (1079, 1085, ${edge});
    DELETE FROM taken_out WHERE idx IN (1079, 1085, ${edge})`);
  // the hour at which the chunk ended was overwritten while its last entry was gone
  assert.deepEqual(await reverified(), [...gone, 'index_altered 1024']);
  // a row that claims a destruction excuses nothing: no entry tells it
  await tamper(
    `INSERT INTO entry_destruction VALUES (gen_random_uuid(), gen_random_uuid(), 1024, '{}', gen_random_uuid())`,
  );
  assert.deepEqual(await missed({ subject: child }), [young, old]);
  await tamper('DELETE FROM entry_destruction');
  // of more than are named it is said that they are more
  await tamper(`INSERT INTO taken_out SELECT * FROM audit_entry WHERE idx BETWEEN 10 AND 1009;
    DELETE FROM audit_entry WHERE idx BETWEEN 10 AND 1009`);
  const many = await searchEntries(access(), { limit: 1_000, before: 1_020 }, Date.now());
  assert.deepEqual([many.missing?.length, many.moreMissing], [1_000, undefined]);
  const more = await searchEntries(access(), { limit: 1_000, before: 1_080 }, Date.now());
  assert.deepEqual(
    [more.missing?.length, more.missing?.[0], more.missing?.at(-1), more.moreMissing],
    [1_000, old, 11, true],
  );
  assert.equal(
    (await reverified()).some((one) => one.startsWith('index_')),
    false,
  );
  await tamper(`INSERT INTO taken_out SELECT * FROM audit_entry WHERE idx < 1024;
    DELETE FROM audit_entry WHERE idx < 1024`);
  const span = { from: time(600, -1), until: time(600, 1), before: 1_020 };
  await reverified();
  assert.equal(
    (await searchEntries(access(), span, Date.now())).missing?.length,
    1_000,
    'of a chunk all of which is gone',
  );
  await tamper('INSERT INTO audit_entry SELECT * FROM taken_out; DROP TABLE taken_out');
  assert.deepEqual(await reverified(), []);
  assert.deepEqual(await searched({ subject: child }), all);
});

test('places keep what they were given, few or many', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 1023 }), { maxLength: 200 }), (list) => {
      const places = noPlaces();
      for (const at of list) addPlace(places, at);
      assert.deepEqual(
        listPlaces(unpackPlaces(packPlaces(places))),
        list.sort((a, b) => a - b),
      );
      assert.equal(countPlaces(places), list.length);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (junk) => void countPlaces(unpackPlaces(junk))));
});
