/** The index against the plainest search there is: every leaf, read and compared. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import pg from 'pg';
import type { Leaf } from '../../../log/leaf.ts';
import { readWholeLog } from '../../../tests/readWholeLog.ts';
import {
  access,
  child,
  database,
  found,
  leaves,
  reverified,
  start,
  tamper,
  total,
} from '../../../tests/rhythmicLog.ts';
import { countUnposted, insertChunks, nextChunk } from '../store/postings.ts';
import { withTransaction } from '../../platform/database/transaction.ts';
import { beginPass, reverifyPortion } from '../evidence/reverifyPortion.ts';
import { searchEntries, type EntrySearch } from '../evidence/searchEntries.ts';
import { callsOfConsumers } from './callsOfConsumers.ts';
import { postingsIn } from './indexEntries.ts';
import { leavesOfOperation } from './leavesOfOperation.ts';
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
import { termOf } from './slotValues.ts';
import { dayOf } from '../../../log/entryQuestion.ts';

test('the leaves of an operation are those that a read of every leaf finds: from any entry on, also where the index has no entry of it', async () => {
  for (const operation of ['checkFact', 'urgeItem'])
    for (const [from, to, since] of [
      [0, leaves.length, 0],
      [700, 1_500, 0],
      [1_500, leaves.length, 0],
      [leaves.length - 1, leaves.length, 0],
      [0, 1_024, start + 400 * 86_400_000],
    ] as const) {
      const read = await leavesOfOperation(database.app, operation, { from, to, since });
      const expected = leaves.flatMap((leaf, index) =>
        leaf.operation === operation && index >= from && index < to && Date.parse(leaf.at) >= since
          ? [index]
          : [],
      );
      const found = [...read.keys()].sort((one, other) => one - other);
      assert.deepEqual(found, expected, `${operation} ${from}–${to}`);
    }
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
    const reported = await callsOfConsumers(database.app, pairs, size, now);
    assert.deepEqual(
      reported?.map(({ consumer, dataset, calls, last }) => ({ consumer, dataset, calls, last })),
      expected,
      `${size} entries`,
    );
  }
});

test('before these days only what was never answered is searched, and what the index does not cover yet is not reported', async (t) => {
  const pairs = [
    { consumer: 'education', dataset: 'ecology.air' },
    { consumer: 'nobody', dataset: 'nothing.there' },
  ];
  const query = t.mock.method(pg.Client.prototype, 'query');
  const reported = await callsOfConsumers(database.app, pairs, total, start + 400 * 86_400_000);
  assert.deepEqual(
    reported?.map(({ calls, last }) => [calls, last !== null]),
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
function plainly(requested: EntrySearch): number[] {
  const consumerOf = (leaf: Leaf): string | undefined => leaf.consumer ?? leaf.actor.department;
  const found = leaves.flatMap((leaf, index) => {
    const at = Date.parse(leaf.at);
    const either = (wanted: string | undefined): boolean =>
      wanted === undefined || consumerOf(leaf) === wanted || leaf.provider === wanted;
    const members = [
      [leaf.operation, requested.operation],
      [leaf.kind, requested.kind],
      [leaf.decision, requested.decision],
      [leaf.code, requested.code],
      [consumerOf(leaf), requested.consumer],
      [leaf.provider, requested.provider],
      [leaf.dataset, requested.dataset],
      [leaf.schema, requested.schema],
      [leaf.purpose, requested.purpose],
      [leaf.agreement, requested.agreement],
      [leaf.onBehalfOf, requested.official],
      [leaf.matter, requested.matter],
      [leaf.actor.person, requested.person],
    ];
    return members.every(([own, wanted]) => wanted === undefined || own === wanted) &&
      (requested.field === undefined || Object.hasOwn(leaf.fields ?? {}, requested.field)) &&
      either(requested.department) &&
      either(requested.scope) &&
      (requested.from === undefined || at >= Date.parse(requested.from)) &&
      (requested.until === undefined || at < Date.parse(requested.until)) &&
      (requested.subject === undefined || leaf.subjects !== undefined)
      ? [index]
      : [];
  });
  return found.reverse();
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

  test('until a moment that is in the year 10000 in UTC finds every entry', async () => {
    const operation = 'queryDataset';
    assert.deepEqual(await found({ operation, until: '9999-12-31T23:59:59-08:00' }), plainly({ operation }));
  });

  test('of any combination finds what reading every leaf finds, in its order, and counts it', async () => {
    await fc.assert(
      fc.asyncProperty(question, async (requested) => {
        const expected = plainly(requested);
        assert.deepEqual(await found(requested), expected);
        const { counts } = await searchEntries(
          access(),
          { ...requested, counts: true, limit: 1 },
          Date.now(),
        );
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

test('the last use of something equals that of reading every leaf, from the index and after it', async () => {
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
      const reported = await lastUsesBefore(database.app, uses, end, since);
      assert.deepEqual([...(reported ?? [])].sort(), expected.sort(), `${end} ${since}`);
    }
});

describe('an index that was altered', () => {
  test('shows nothing that the leaves do not say, and is found and mended by re-verification', async (t) => {
    const requested: EntrySearch = { matter: 'RX-2026-1030' };
    assert.deepEqual(await found(requested), [1030]);
    const everywhere = `'\\x${Buffer.from(allPlaces()).toString('hex')}'`;
    await tamper(`UPDATE audit_posting SET places = ${everywhere} WHERE length(places) = 2 AND chunk = 1`);
    assert.deepEqual(await found(requested), [1030]);
    await tamper('DELETE FROM audit_posting WHERE chunk = 1');
    assert.deepEqual(await found(requested), []);
    const { findings } = await reverifyPortion(access(), beginPass(access(), 1), 100_000);
    assert.deepEqual(
      findings.map(({ code, index }) => [code, index]),
      [['index_altered', 1024]],
    );
    assert.deepEqual(await found(requested), [1030]);
    // times of a chunk that hide it from a span, and a chunk that is said not to be indexed
    const spanned: EntrySearch = { ...requested, from: leaves[1030]?.at ?? '' };
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

  test('makes no agreement and no case used that was not: of postings that were added, the entries are read', async () => {
    const [term, caseTerm] = [termOf('agreement', 'agr-unused@1'), termOf('matter', 'RX-2026-31')];
    const everywhere = Buffer.from(allPlaces());
    const recent = Date.parse(leaves[1_024]?.at ?? '') - 600_000;
    const uses = new Map<string, Used>([
      ['never', { agreement: 'agr-unused@1' }],
      ['once', { consumer: 'education', matter: 'RX-2026-31' }],
      ['lately', { agreement: 'agr-4' }],
    ]);
    const rests = async () => [...((await lastUsesBefore(database.app, uses, 2_048, recent)) ?? [])];
    const expected = [
      ['never', undefined],
      ['once', Date.parse(leaves[31]?.at ?? '')],
    ];
    assert.deepEqual(await rests(), expected);
    // what the runtime's own role may write
    await database.app.query(
      'INSERT INTO audit_posting SELECT term, 1, $2 FROM unnest($1::bigint[]) AS term',
      [[term, caseTerm, termOf('consumer', 'idle')], everywhere],
    );
    assert.deepEqual(await rests(), expected);
    // nor was a consumer answered that has no entry
    const pair = { consumer: 'idle', dataset: 'ecology.air' };
    const reported = await callsOfConsumers(database.app, [pair], total, start + 400 * 86_400_000);
    assert.deepEqual(
      reported?.map(({ calls, last }) => [calls, last]),
      [[0, null]],
    );
    assert.deepEqual(await reverified(), [], 're-verification does not find them');
    const added = [term, caseTerm, termOf('consumer', 'idle')].join(',');
    await tamper(`DELETE FROM audit_posting WHERE chunk = 1 AND term IN (${added})`);
    // an old chunk whose times were raised
    const times = 'UPDATE audit_posted SET first_at = first_at';
    await tamper(`${times} + interval '1 year', last_at = last_at + interval '1 year' WHERE chunk = 0`);
    assert.deepEqual((await rests()).sort(), [...expected].sort());
    assert.deepEqual(await reverified(), ['index_altered 0']);
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

test('places return what was put into them, few or many', () => {
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
