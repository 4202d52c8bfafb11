import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { foldHashes, hashLength } from './hash.ts';
import { hmacBytes, hmacInto } from './hmac.ts';
import { foldLanes } from './lanes/foldLanes.ts';
import { hashedLength, hmacLanes, valueLength } from './lanes/hmacLanes.ts';
import { HmacTexts } from './lanes/hmacTexts.ts';
import { initialState, maxValues, roundConstants } from './lanes/sha256Lanes.ts';

test('an HMAC by one-shot hashes is the one that Node makes, whatever the lengths', () => {
  for (const prefix of ['', 'attempt\0']) {
    for (const keyLength of [1, 32, 64]) {
      const key = randomBytes(keyLength);
      const hmac = hmacBytes(key, prefix);
      for (const length of [0, 1, 32, 247, 248, 249, 256, 257, 5_000]) {
        const bytes = randomBytes(length);
        const expected = createHmac('sha256', key).update(prefix).update(bytes).digest('hex');
        assert.equal(hmac(bytes).toString('hex'), expected, `${prefix} ${keyLength} ${length}`);
      }
    }
  }
  assert.throws(() => hmacBytes(randomBytes(65)), RangeError);
});

test('written to its destination it is the same, of a range of longer bytes too', () => {
  const key = randomBytes(32);
  const hmac = hmacInto(key, 16);
  const into = Buffer.alloc(20);
  const made = (bytes: Uint8Array, from = 0, to = bytes.length): string => {
    hmac(bytes, from, to, into.fill(0xee), 2);
    return into.toString('hex');
  };
  const expected = (bytes: Uint8Array): string =>
    `eeee${createHmac('sha256', key).update(bytes).digest('hex').slice(0, 32)}eeee`;
  for (const length of [32, 0, 1, 32, 33, 255, 256, 257, 5_000, 32]) {
    const bytes = randomBytes(length + 7);
    assert.equal(made(bytes.subarray(0, length)), expected(bytes.subarray(0, length)), String(length));
    assert.equal(made(bytes, 5, 5 + length), expected(bytes.subarray(5, 5 + length)), String(length));
  }
  for (let i = 0; i < 500; i += 1) {
    const bytes = randomBytes(32);
    assert.equal(made(bytes), expected(bytes));
  }
  assert.throws(() => hmacInto(randomBytes(65), 16), RangeError);
});

const madeFor = (key: Uint8Array): NonNullable<ReturnType<typeof hmacLanes>> => {
  const made = hmacLanes(key);
  assert.ok(made !== undefined, 'this machine has vectors');
  return made;
};

/** The root of a complete tree, by its definition (RFC 6962 §2.1). */
const rootOf = (hashes: readonly Buffer[]): Buffer => {
  const half = hashes.length / 2;
  const [left, right] = [hashes.slice(0, half), hashes.slice(half)];
  if (half < 1) return hashes[0] ?? assert.fail('a hash');
  return createHash('sha256')
    .update(Buffer.concat([Buffer.of(1), rootOf(left), rootOf(right)]))
    .digest();
};

test('without vectors, or an engine that compiles, tokens are hashed one by one and are the same', () => {
  const subjects = new URL('../hub/log/subjects.ts', import.meta.url).href;
  const lanes = new URL('./lanes/hmacLanes.ts', import.meta.url).href;
  const requested = `
    const { createSecretKey } = await import('node:crypto');
    const { subjectTokens } = await import(${JSON.stringify(subjects)});
    const { hmacLanes } = await import(${JSON.stringify(lanes)});
    const { foldHashes } = await import(${JSON.stringify(new URL('./hash.ts', import.meta.url).href)});
    // as without an engine that compiles; newer ones strip types by it, so that no module is read without
    if (process.argv.includes('uncompiled')) delete globalThis.WebAssembly;
    const tokens = subjectTokens(createSecretKey(Buffer.alloc(32, 7)), Buffer.alloc(32 * 100, 5), 32);
    const root = foldHashes(Buffer.alloc(1 + 8 * 32, 6), 8).toString('hex');
    console.log(hmacLanes(Buffer.alloc(32)) === undefined, tokens.subarray(-16).toString('hex'), root);`;
  const expected = createHmac('sha256', Buffer.alloc(32, 7))
    .update(Buffer.alloc(32, 5))
    .digest('hex')
    .slice(0, 32);
  const root = rootOf(Array<Buffer>(8).fill(Buffer.alloc(32, 6))).toString('hex');
  for (const [option, none, reported] of [
    ['--no-warnings', true, 'uncompiled'],
    ['--no-enable-sse4-1', process.arch === 'x64', 'compiled'],
  ] as const) {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        option,
        '--import',
        new URL('../scripts/typescript.mjs', import.meta.url).href,
        '--input-type=module',
        '-e',
        requested,
        reported,
      ],
      { encoding: 'utf8' },
    );
    assert.equal(stdout, `${String(none)} ${expected} ${root}\n`, `${option}: ${stderr}`);
  }
});

test('four at a time they are the same, however many there are and however long the key is', () => {
  for (const keyLength of [1, 32, 64]) {
    const key = randomBytes(keyLength);
    const hmacs = madeFor(key);
    for (const count of [0, 1, 3, 4, 5, 64, maxValues - 1, maxValues, maxValues + 1, 2 * maxValues + 6]) {
      const values = randomBytes(count * valueLength);
      const into = Buffer.alloc(count * hashedLength + 3, 0xee);
      hmacs(values, into);
      const expected = Array.from({ length: count }, (_, at) =>
        createHmac('sha256', key)
          .update(values.subarray(at * valueLength, (at + 1) * valueLength))
          .digest()
          .subarray(0, hashedLength),
      );
      assert.equal(into.toString('hex'), `${Buffer.concat(expected).toString('hex')}eeeeee`, String(count));
    }
  }
  const [one, other] = [madeFor(Buffer.alloc(32, 1)), madeFor(Buffer.alloc(32, 2))];
  const made = (hmacs: typeof one): string => {
    const into = Buffer.alloc(hashedLength);
    hmacs(Buffer.alloc(valueLength), into);
    return into.toString('hex');
  };
  // each has a memory of its own
  const first = made(one);
  assert.notEqual(made(other), first);
  assert.equal(made(one), first);
  assert.throws(() => hmacLanes(randomBytes(65)), RangeError);
});

test('roots of subtrees are those of single hashes, whether or not the memory is empty before', () => {
  const fold = foldLanes() ?? assert.fail('this machine has vectors');
  for (const count of [1_024, 1, 2, 4, 8, 512, 16, 32, 64, 1_024]) {
    const hashes = Array.from({ length: count }, () => randomBytes(hashLength));
    const root = rootOf(hashes).toString('hex');
    const lying = Buffer.concat([Buffer.of(0xee), ...hashes]);
    assert.equal(fold(lying.subarray(1)).toString('hex'), root, String(count));
    assert.equal(foldHashes(lying, count).toString('hex'), root, String(count));
  }
});

test('where a page lets nothing be compiled, there are none', (t) => {
  const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: { Module: unknown } };
  t.mock.method(engine as { Module: () => never }, 'Module', () => {
    throw new Error('refused by its policy');
  });
  assert.deepEqual([foldLanes(), hmacLanes(Buffer.alloc(32))], [undefined, undefined]);
});

test('the constants of SHA-256 are those of FIPS 180-4', () => {
  const hex = (word: number | undefined): string | undefined => word?.toString(16).padStart(8, '0');
  assert.equal(roundConstants.length, 64);
  assert.deepEqual(
    [0, 1, 62, 63].map((at) => hex(roundConstants[at])),
    ['428a2f98', '71374491', 'bef9a3f7', 'c67178f2'],
  );
  assert.deepEqual(
    [0, 7].map((at) => hex(initialState[at])),
    ['6a09e667', '5be0cd19'],
  );
});

test('short texts are hashed together whatever their lengths; others are not taken', () => {
  const key = randomBytes(32);
  const prefix = 'person\n';
  const texts = HmacTexts.of(key, prefix);
  assert.ok(texts !== undefined);
  const hashes = (values: readonly string[]): string[] => {
    for (const value of values) assert.ok(texts.add(value));
    assert.equal(texts.size, values.length);
    texts.hash();
    const into = Buffer.alloc(values.length * 32 + 2, '.');
    for (const nth of values.keys()) texts.hashInto(nth, into, nth * 32 + 1);
    const [hex, ...rest] = [into.toString('hex', 1, into.length - 1), into[0], into.at(-1)];
    assert.deepEqual(rest, [46, 46]);
    return values.map((_, nth) => hex.slice(nth * 64, nth * 64 + 64));
  };
  const expected = (value: string): string =>
    createHmac('sha256', key)
      .update(prefix + value)
      .digest('hex');
  // a longer one before a shorter one, the longest that fits the buffer, none at all, and fewer than four
  for (const lengths of [[18, 18, 18, 18], [48, 0, 1, 47], [3, 4, 5, 6], [2], [48, 47], [7, 8, 48]]) {
    const values = lengths.map((length) => randomBytes(24).toString('hex').slice(0, length));
    assert.deepEqual(hashes(values), values.map(expected));
  }
  // one that is not taken has written some of its characters already
  for (const odd of ['UNKNOWN-IDENTITY-0001号', 'x'.repeat(47) + '号', '号', '1号']) {
    assert.equal(texts.add(odd), false);
    for (const length of [18, 18, 18, 17, 19, 20, 21, 1, 40]) {
      const value = randomBytes(24).toString('hex').slice(0, length);
      assert.deepEqual(hashes([value]), [expected(value)], `${odd} before ${length} characters`);
      assert.equal(texts.add(odd), false);
    }
  }
  assert.equal(texts.add('x'.repeat(49)), false);
  assert.equal(texts.add('欧阳'), false);
  assert.ok(texts.add('left'));
  texts.leaveLast();
  assert.deepEqual(hashes(['a', 'b', 'c', 'd']), ['a', 'b', 'c', 'd'].map(expected));
  for (const value of ['1', '2', '3', '4']) assert.ok(texts.add(value));
  assert.equal(texts.add('5'), false);
  assert.throws(() => HmacTexts.of(randomBytes(65), ''), RangeError);
});
