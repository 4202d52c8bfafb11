import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, type CanonicalValue } from '../terms/canonicalJson.ts';
import { Problem } from '../terms/problem.ts';
import { uuid7 } from '../machine/uuid7.ts';
import { leafHash } from './hash.ts';
import type { Leaf } from './leaf.ts';
import { leafText, prepareLeaf } from './leafBytes.ts';
import { parseLeaf } from './parseLeaf.ts';

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('\\ud800', '"\n\t', '公安局', '\u2028', ''),
);
const whole = fc.maxSafeNat();
const flat = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.dictionary(fc.oneof(word, fc.constantFrom('10', '9', 'a', 'B', 'é', '𐀀', '\uffff')), value, {
    maxKeys: 5,
    noNullPrototype: true,
  });

const anyLeaf: fc.Arbitrary<Leaf> = fc.record(
  {
    v: fc.constant(1 as const),
    id: fc.nat().map(uuid7),
    at: fc.nat().map((ms) => new Date(ms).toISOString()),
    kind: fc.constantFrom(
      'genesis',
      'release',
      'intake',
      'return',
      'inspect',
      'sandbox',
      'management',
      'overload',
    ),
    operation: word,
    decision: fc.constantFrom('allow', 'deny'),
    actor: fc.record(
      { department: word, keyid: word, certificate: word, staff: word, way: word, insteadOf: word },
      { requiredKeys: [] },
    ),
    code: word,
    claimedDepartment: word,
    claimedKeyid: word,
    consumer: word,
    provider: word,
    dataset: word,
    schema: word,
    agreement: word,
    purpose: word,
    onBehalfOf: word,
    matter: word,
    synthetic: fc.record(
      {
        dataset: word,
        schema: word,
        from: fc.constantFrom('agreement', 'request', 'default'),
        under: word,
        rows: fc.nat(),
      },
      { requiredKeys: ['dataset'] },
    ),
    fact: word,
    matterCode: word,
    approval: fc.record({ number: word, resource: word, sha256: word }),
    notes: fc.constant(['under-correction']),
    obligations: fc.array(word, { minLength: 1, maxLength: 3 }),
    fields: flat(word),
    withheld: flat(word),
    asked: whole,
    rows: fc.record({ delivered: whole, withheld: whole }),
    stream: fc.record(
      {
        id: word,
        state: fc.constantFrom('open', 'part', 'complete', 'aborted'),
        parts: whole,
        rows: whole,
        bytes: whole,
        why: word,
      },
      { requiredKeys: ['id', 'state'] },
    ),
    subjects: fc.record({ count: whole, commitment: word }),
    request: word,
    reply: word,
    status: whole,
    policy: word,
    epoch: whole,
    repeatOf: word,
    batch: fc.record({ id: word, sha256: word, rows: whole, bad: whole }),
    change: flat(fc.oneof(word, fc.integer(), fc.boolean())),
  },
  { requiredKeys: ['v', 'id', 'at', 'kind', 'operation', 'decision', 'actor'] },
);

const plain: Leaf = {
  v: 1,
  id: uuid7(0),
  at: '2026-09-01T00:00:00.000Z',
  kind: 'release',
  operation: 'queryDataset',
  decision: 'allow',
  actor: { department: 'education' },
};
const isProblem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

describe('leaf bytes', () => {
  test('are the canonical JSON of the leaf, and read back to it', () => {
    fc.assert(
      fc.property(anyLeaf, (leaf) => {
        const { text, bytes, hash } = prepareLeaf(leaf);
        assert.equal(text, canonicalJson(leaf as unknown as CanonicalValue));
        assert.ok(!text.includes('\n'));
        assert.deepEqual(Buffer.from(bytes).toString(), text);
        assert.deepEqual(Buffer.from(hash), leafHash(bytes));
        assert.deepEqual(parseLeaf(bytes), JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test('know every member of the shape', () => {
    const names = Object.keys(JSON.parse(leafText(fc.sample(fc.constant(plain), 1)[0] ?? plain)) as object);
    assert.deepEqual(names, [...names].sort());
  });

  test('refuse what has no canonical form', () => {
    for (const bad of [
      { ...plain, status: 1.5 },
      { ...plain, epoch: Number.NaN },
      { ...plain, rows: { delivered: 2 ** 53, withheld: 0 } },
      { ...plain, matter: '\ud800' },
      { ...plain, change: { n: 0.1 } },
      { ...plain, change: { 7: '\udfff' } },
      { ...plain, purpose: 'x'.repeat(70_000) },
    ]) {
      assert.throws(() => prepareLeaf(bad), isProblem('log_entry_invalid'));
    }
  });
});

describe('reading a leaf', () => {
  const good = leafText(plain);
  test('takes no altered text that is not canonical, whichever way it is read', () => {
    const signs = fc.constantFrom(
      ...Array.from('{}[]":,\\0129-.eua_ABz \u0000é'),
      '"a":"b",',
      ',"v":1',
      '"10":"x",',
    );
    fc.assert(
      fc.property(anyLeaf, fc.nat(), fc.nat({ max: 3 }), signs, (leaf, place, taken, sign) => {
        const text = leafText(leaf);
        const at = place % text.length;
        // half of a surrogate pair has no UTF-8: what is read is what the bytes say
        const altered = Buffer.from(`${text.slice(0, at)}${sign}${text.slice(at + taken)}`).toString();
        let read: Leaf;
        try {
          read = parseLeaf(Buffer.from(altered));
        } catch (error) {
          assert.ok(isProblem('leaf_malformed')(error), String(error));
          return;
        }
        assert.equal(canonicalJson(read as unknown as CanonicalValue), altered);
      }),
      { numRuns: 5_000 },
    );
  });

  test('with names in another order is refused, also deep inside', () => {
    const sound = leafText({ ...plain, fields: { a: 'x', b: 'y' }, rows: { delivered: 1, withheld: 0 } });
    assert.deepEqual(parseLeaf(Buffer.from(sound)).fields, { a: 'x', b: 'y' });
    for (const altered of [
      sound.replace('"a":"x","b":"y"', '"b":"y","a":"x"'),
      sound.replace('"a":"x","b":"y"', '"a":"x","a":"y"'),
      sound.replace('"delivered":1,"withheld":0', '"withheld":0,"delivered":1'),
      sound.replace('"a":"x",', ',"a":"x",'),
      sound.replace('{"a"', '{,"a"'),
    ]) {
      assert.notEqual(altered, sound);
      assert.throws(() => parseLeaf(Buffer.from(altered)), isProblem('leaf_malformed'), altered);
    }
  });

  test('takes only the very bytes', () => {
    const others = [
      ` ${good}`,
      `${good}\n`,
      `\ufeff${good}`,
      good.replace('"v":1', '"v":1.0'),
      good.replace('"v":1', '"v":2'),
      good.replace('"v":1', '"v":1,"v":1'),
      good.replace('"v":1', '"unknown":"x","v":1'),
      good.replace('"v":1', '"__proto__":"x","v":1'),
      good.replace('"kind":"release"', '"kind":"other"'),
      good.replace('"kind":"release",', ''),
      good.replace('education', '\\u0065ducation'),
      '{}',
      '[]',
      'null',
      '',
      '1',
    ];
    assert.ok(others.every((text) => text !== good));
    for (const text of others) {
      assert.throws(() => parseLeaf(Buffer.from(text)), isProblem('leaf_malformed'), text);
    }
    assert.throws(() => parseLeaf(Buffer.from([0xff, 0xfe])), isProblem('leaf_malformed'));
    assert.throws(() => parseLeaf(Buffer.alloc(70_000, ' ')), isProblem('leaf_malformed'));
  });
});
