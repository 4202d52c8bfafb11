/** Leaves read by what they have in common, compared with each read by itself: both results are equal, however hostile the bytes are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dayOf } from '../../../log/entryQuestion.ts';
import { leafText } from '../../../log/leafBytes.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { postingsIn } from './indexEntries.ts';
import { leafIn } from './leaves.ts';
import { leafReader } from './leafReader.ts';

const word = fc.oneof(
  fc.constantFrom(
    'YX-1',
    '云溪办〔2026〕12号',
    '"at":"',
    '\\',
    'a"b',
    '\n',
    '\ue000#1\ue000',
    '',
    '\u007f',
    '𐀀',
    '\ufeffx',
  ),
  fc.string({ unit: 'grapheme', maxLength: 6 }),
);
const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const count = fc.oneof(fc.nat({ max: 3 }), fc.constantFrom(10, 999_999_999_999_999, Number.MAX_SAFE_INTEGER));

const someLeaf: fc.Arbitrary<Leaf> = fc
  .record({
    id: fc.nat().map(uuid7),
    at: fc.integer({ min: 0, max: 4e12 }).map((ms) => new Date(ms).toISOString()),
    kind: fc.constantFrom('release' as const, 'release' as const, 'intake' as const),
    agreement: some(fc.constantFrom('agr@1', 'agr@2', '"at":"')),
    consumer: fc.constantFrom('education', 'transport'),
    matter: some(word),
    onBehalfOf: some(word),
    reply: some(word),
    rows: some(fc.record({ delivered: count, withheld: count })),
    subjects: some(fc.record({ count, commitment: word })),
    stream: some(
      fc.record({ id: word, state: fc.constantFrom('open' as const, 'part' as const), parts: count }),
    ),
    claimedKeyid: some(word),
    fields: some(fc.constantFrom<Record<string, string>>({ name: 'clear' }, { name: 'clear', at: 'year' })),
  })
  .map((all) => {
    const members = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const actor = { department: all.consumer };
    return { v: 1, operation: 'queryDataset', decision: 'allow', actor, ...members } as unknown as Leaf;
  });

/** Bytes of a leaf, mostly; some that were altered. */
const someBytes: fc.Arbitrary<Buffer> = fc
  .tuple(someLeaf, fc.option(fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 2 })), { freq: 2 }))
  .map(([leaf, change]) => {
    const bytes = Buffer.from(leafText(leaf), 'utf8');
    if (change === null) return bytes;
    const [place, byte, more] = change;
    const at = place % bytes.length;
    return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(more, byte), bytes.subarray(at + 1)]);
  });

test('one leaf after the other reads as it does by itself', () => {
  fc.assert(
    fc.property(fc.array(someBytes, { minLength: 2, maxLength: 60 }), (all) => {
      const read = leafReader();
      for (const bytes of all) assert.deepEqual(read(bytes).leaf, leafIn(bytes), bytes.toString());
    }),
    { numRuns: 300 },
  );
});

test('of calls that are alike each is read by itself where one is altered', () => {
  const leaf: Leaf = {
    v: 1,
    id: uuid7(7),
    at: '2026-10-01T00:00:00.000Z',
    kind: 'release',
    operation: 'queryDataset',
    decision: 'allow',
    actor: { department: 'education' },
    consumer: 'education',
    matter: 'YX-1',
    onBehalfOf: 'o-1',
    reply: 'abc',
    request: 'def',
    rows: { delivered: 1, withheld: 0 },
    subjects: { count: 1, commitment: 'ghi' },
    fields: { name: 'clear' },
  };
  const bytes = Buffer.from(leafText(leaf), 'utf8');
  const read = leafReader();
  assert.equal(read(bytes).like, read(bytes).like, 'they are alike');
  for (let at = 0; at < bytes.length; at += 1)
    for (const byte of [0x00, 0x22, 0x2c, 0x30, 0x31, 0x5c, 0x61, 0x7b, 0xc3, 0xff]) {
      const altered = Buffer.from(bytes);
      altered[at] = byte;
      assert.deepEqual(read(altered).leaf, leafIn(altered), altered.toString());
    }
  for (const cut of [0, 1, 100, bytes.length - 1]) assert.equal(read(bytes.subarray(0, cut)).leaf, undefined);
  assert.equal(read(Buffer.concat([bytes, bytes])).leaf, undefined);
  assert.equal(read(Buffer.alloc(70_000, 0x20)).leaf, undefined);
});

test('a time that no clock shows makes no leaf, and nothing is posted of it', () => {
  const leafAt = (at: string): Buffer =>
    Buffer.from(
      leafText({
        v: 1,
        id: uuid7(7),
        at,
        kind: 'release',
        operation: 'queryDataset',
        decision: 'allow',
        actor: { department: 'education' },
        consumer: 'education',
        provider: 'civil',
        dataset: 'd',
        agreement: 'agr@1',
        purpose: 'x',
        obligations: ['delete-after P180D'],
        rows: { delivered: 1, withheld: 0 },
      }),
    );
  for (const at of ['2024-02-29T23:59:59.999Z', '1000-01-01T00:00:00.000Z', '8999-12-31T23:59:59.999Z'])
    assert.equal(leafIn(leafAt(at))?.at, at);
  for (const at of [
    ...['2026-13-30T20:00:00.000Z', '2026-00-30T20:00:00.000Z', '2026-10-00T20:00:00.000Z'],
    ...['2026-02-30T20:00:00.000Z', '2026-02-29T01:00:00.000Z', '2026-10-32T01:00:00.000Z'],
    ...['2026-10-01T24:00:00.000Z', '2026-10-01T99:00:00.000Z', '2026-10-01T23:60:00.000Z'],
    ...['2026-10-01T23:59:60.000Z', '0000-00-00T00:00:00.000Z', '0000-01-01T20:00:00.000Z'],
    '9999-12-31T20:00:00.000Z',
  ]) {
    const read = leafReader();
    assert.notEqual(read(leafAt('2026-10-01T00:00:00.000Z')).leaf, undefined);
    const entry = { index: 0, ...read(leafAt(at)) };
    assert.deepEqual([entry.leaf, leafIn(leafAt(at))], [undefined, undefined], at);
    assert.deepEqual(postingsIn(0, [entry]).postings, [], at);
    assert.equal(dayOf(at).length, 10, at);
  }
});

test('a text too long for any row makes no leaf, whichever it is, and every other does', () => {
  const leaf: Leaf = {
    v: 1,
    id: uuid7(7),
    at: '2026-10-01T00:00:00.000Z',
    kind: 'release',
    operation: 'queryDataset',
    decision: 'deny',
    code: 'x',
    actor: { department: 'education', person: 'p' },
    consumer: 'education',
    provider: 'civil',
    dataset: 'd',
    schema: 's',
    agreement: 'agr@1',
    purpose: 'x',
    matter: 'YX-1',
    matterCode: 'm',
    onBehalfOf: 'o',
    obligations: ['delete-after P180D'],
    request: 'r',
  };
  const bytesOf = (one: Leaf): Buffer => Buffer.from(leafText(one), 'utf8');
  const read = leafReader();
  for (const text of ['a\0b', 'é'.repeat(513)]) {
    const altered: Leaf[] = [
      ...(
        [
          'operation',
          'code',
          'consumer',
          'provider',
          'dataset',
          'schema',
          'agreement',
          'purpose',
          'matter',
        ] as const
      ).map((member) => ({ ...leaf, [member]: text })),
      ...(['matterCode', 'onBehalfOf'] as const).map((member) => ({ ...leaf, [member]: text })),
      ...(['department', 'person'] as const).map((member) => ({
        ...leaf,
        actor: { ...leaf.actor, [member]: text },
      })),
      { ...leaf, obligations: ['delete-after P180D', text] },
      { ...leaf, fields: { [text]: 'clear' } },
    ];
    for (const one of altered) {
      assert.notEqual(read(bytesOf(leaf)).leaf, undefined);
      assert.equal(leafIn(bytesOf(one)), undefined);
      assert.equal(read(bytesOf(one)).leaf, undefined);
    }
    // no entry is found or counted by these
    const reported = { ...leaf, request: text, change: { why: text } };
    assert.deepEqual(leafIn(bytesOf(reported)), reported);
  }
  const longest = { ...leaf, matter: '云'.repeat(512) };
  for (let time = 0; time < 3; time += 1) assert.deepEqual(read(bytesOf(longest)).leaf, longest);
});

test('the index of a chunk is the same whether common parts are read once or for each', () => {
  fc.assert(
    fc.property(fc.array(someBytes, { maxLength: 200 }), (all) => {
      const read = leafReader();
      const index = (one: (bytes: Buffer) => object): unknown => {
        const entries = all.map((bytes, nth) => ({ index: 2_048 + nth, leaf: undefined, ...one(bytes) }));
        const { postings, words } = postingsIn(2, entries);
        const byTerm = postings.map(({ term, places }) => `${term} ${Buffer.from(places).toString('hex')}`);
        return [byTerm.sort(), words.map(({ dimension, value }) => `${dimension} ${value}`).sort()];
      };
      assert.deepEqual(
        index(read),
        index((bytes) => ({ leaf: leafIn(bytes) })),
      );
    }),
    { numRuns: 100 },
  );
});

const plainLeaf = (n: number, more: Partial<Leaf>): Uint8Array =>
  Buffer.from(
    leafText({
      v: 1,
      id: uuid7(n),
      at: '2026-10-01T00:00:00.000Z',
      kind: 'release',
      operation: 'queryDataset',
      decision: 'allow',
      actor: { department: 'education' },
      consumer: 'education',
      matter: `YX-${n}`,
      agreement: 'agr@1',
      fields: { name: 'clear' },
      ...more,
    }),
    'utf8',
  );

/** How many of so many leaves a form was learned of, and how many were read by one. */
function learnedOf(all: number, more: (n: number) => Partial<Leaf>): { learned: number; read: number } {
  const reader = leafReader();
  let [learned, read] = [0, 0];
  for (let n = 0; n < all; n += 1) {
    const { leaf, like } = reader(plainLeaf(n, more(n)));
    assert.equal(leaf?.matter, `YX-${n}`);
    if (like === leaf) learned += 1;
    else if (like !== undefined) read += 1;
  }
  return { learned, read };
}
const fieldsOf = (n: number): Partial<Leaf> => ({
  fields: Object.fromEntries(Array.from({ length: n }, (_, one) => [`f${one}`, 'clear'])),
});

test('where more forms occur in turn than are cached, few are learned anew, and most cached ones are of use', () => {
  assert.deepEqual(
    learnedOf(500, (n) => ({ agreement: `agr@${n % 100}` })),
    { learned: 100, read: 400 },
  );
  const agreements = learnedOf(6_000, (n) => ({ agreement: `agr@${n % 600}` }));
  assert.ok(agreements.learned <= 512 + 6_000 / 32, `${agreements.learned} learned`);
  assert.ok(agreements.read > 3_000, `${agreements.read} read`);
  const fields = learnedOf(8_000, (n) => fieldsOf(1 + (n % 20)));
  assert.ok(fields.learned <= 512 + 8_000 / 32, `${fields.learned} learned`);
  assert.ok(fields.read > 5_000, `${fields.read} read`);
  const never = learnedOf(3_000, (n) => ({ purpose: `p${n}` }));
  assert.ok(never.learned <= 512 + 3_000 / 32, `${never.learned} learned`);
});

test('what begins alike but for an approval or what was asked is of one form', () => {
  const approval = (n: number): Partial<Leaf> => ({
    approval: { number: `A${n}`, resource: 'r', sha256: String(n).padStart(64, '0') },
  });
  assert.deepEqual(learnedOf(100, approval), { learned: 1, read: 99 });
  assert.deepEqual(
    learnedOf(100, (n) => ({ asked: n + 1 })),
    { learned: 1, read: 99 },
  );
});

test('a form that is met again is retained while others are learned', () => {
  const reader = leafReader();
  const own = (n: number): Partial<Leaf> =>
    n % 2 === 0 ? { agreement: 'mine@1' } : { agreement: `agr@${n}` };
  let learned = 0;
  for (let n = 0; n < 3_000; n += 1) {
    const { leaf, like } = reader(plainLeaf(n, own(n)));
    if (like === leaf && n % 2 === 0) learned += 1;
  }
  assert.equal(learned, 1);
});
