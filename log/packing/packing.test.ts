/** Packed leaves come back byte for byte, in all forms; other bytes end in undefined; and the codec is frozen. */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { leafOfThreeYears } from '../../tests/leafOfThreeYears.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import type { Leaf } from '../leaf.ts';
import { maxLeafLength, prepareLeaf } from '../leafBytes.ts';
import { codec1, headLength, maxOfAByte } from './format.ts';
import { LeafPacker } from './packLeaf.ts';
import { phrases } from './phrases.ts';
import { isPacked, unpackLeaf } from './unpackLeaf.ts';

const packer = new LeafPacker();
const packLeaf = (leaf: Uint8Array): Uint8Array => packer.pack(leaf);
const common = { v: 1, id: '0192f0c1-9a3e-7c11-8d5e-2b7f3c9a1e04', at: '2026-11-22T21:07:31.999Z' } as const;
const digest = hash('sha256', 'x', 'base64url');
/** Each kind of leaf that the hub writes, with the members that none of the others has. */
const kinds: Readonly<Record<string, Leaf>> = {
  genesis: {
    ...common,
    kind: 'genesis',
    operation: 'genesis',
    decision: 'allow',
    actor: { staff: 'hub' },
    change: {
      origin: 'datong/yunxi',
      vkey: 'datong/yunxi+14fc4b60+Aa4H5t+R/hXKn5weJx8d+3L0CKFHkdbJR6XqD44yNIt0',
    },
  },
  release: {
    ...leafOfThreeYears(3),
    policy: hash('sha256', 'policy', 'hex'),
    private: digest,
    withheld: { mobile: 'not_granted' },
  },
  refused: leafOfThreeYears(10),
  stream: {
    ...leafOfThreeYears(4),
    operation: 'streamRecords',
    matterCode: 'enrol-primary',
    obligations: ['delete-after P180D', 'no-onward-sharing'],
    notes: ['under-correction'],
    stream: { id: common.id, state: 'part', parts: 3, rows: 500, bytes: 81_920 },
  },
  intake: {
    ...common,
    kind: 'intake',
    operation: 'commitBatch',
    decision: 'allow',
    epoch: 31,
    status: 201,
    actor: { department: 'pub-security', keyid: digest, certificate: '56d6a5007415060e7434ebe1d3d2242a' },
    provider: 'pub-security',
    dataset: 'pub-security.household',
    schema: 'urn:datong:household:1.0',
    batch: { id: common.id, sha256: hash('sha256', 'file', 'hex'), rows: 2_000, bad: 3 },
  },
  aggregate: {
    ...leafOfThreeYears(5),
    operation: 'aggregateDataset',
    aggregate: 'by-district',
    cube: { batch: common.id, digest: hash('sha256', 'cube', 'hex') },
  },
  fact: { ...leafOfThreeYears(6), operation: 'checkFact', fact: 'registered-as', asked: 20 },
  approval: {
    ...leafOfThreeYears(7),
    approval: { number: 'GD-2026-1', resource: '人口', sha256: hash('sha256', 'a', 'hex') },
  },
  connector: {
    ...common,
    kind: 'inspect',
    operation: 'openConnector',
    decision: 'allow',
    actor: { department: 'health' },
    connector: {
      id: common.id,
      state: 'closed',
      datasets: ['health.vaccination', 'health.live'],
      why: 'hub_draining',
    },
  },
  sandbox: {
    ...common,
    kind: 'sandbox',
    operation: 'querySandbox',
    decision: 'allow',
    actor: { department: 'health' },
    synthetic: {
      dataset: 'pub-security.household',
      schema: 'urn:datong:household:1.0',
      from: 'default',
      rows: 10,
    },
  },
  management: {
    ...common,
    kind: 'management',
    operation: 'acceptProposal',
    decision: 'allow',
    status: 200,
    reply: digest,
    actor: { person: 'a5npwn0n2e', staff: '78gmzbc2xe', way: 'passkey', insteadOf: 'b7c d8e' },
    change: {
      proposal: common.id,
      changed: true,
      nameZh: '云栖市数据局',
      reason: 'a "quoted" reason\n',
      count: -0,
    },
  },
  consent: {
    ...common,
    kind: 'consent',
    operation: 'withdrawConsent',
    decision: 'deny',
    code: 'consent_unknown',
    actor: {},
    claimedDepartment: 'health',
    claimedKeyid: digest,
    repeatOf: common.id,
  },
  retire: {
    ...common,
    kind: 'retire',
    operation: 'retireRows',
    decision: 'allow',
    actor: { staff: 'hub' },
    change: { batch: common.id, bytes: 12 },
  },
  return: {
    ...common,
    kind: 'return',
    operation: 'getQuarantine',
    decision: 'allow',
    actor: { department: 'health' },
  },
  overload: {
    ...common,
    kind: 'overload',
    operation: 'overload',
    decision: 'deny',
    code: 'hub_busy',
    actor: { staff: 'hub' },
    change: { count: 17 },
  },
};
const leaves: readonly Uint8Array[] = [
  ...Object.values(kinds).map((leaf) => prepareLeaf(leaf).bytes),
  ...Array.from({ length: 300 }, (_, nth) => prepareLeaf(leafOfThreeYears(nth)).bytes),
];
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');
const sha = (text: string): string => hash('sha256', text, 'hex');

test('codec 1 is what it is: rows are read with it for ever', () => {
  assert.equal(phrases.length, 2013);
  assert.equal(new Set(phrases).size, phrases.length);
  assert.equal(sha(phrases.join('\n')), '495a183df7aa2a80485b7c3b2078c4cffe641feb3e08796eab80560de8a07afa');
  assert.equal(
    sha(leaves.map((leaf) => hex(packLeaf(leaf))).join('\n')),
    'ebac2c7b2833fd0998662a60578a075d96da0e5dbafc73918ad57231e5504cb2',
  );
  // one of them byte by byte, written down when the codec was made, and since ids are packed as what they are
  const golden =
    '010114c7423a2b3f1cba1f704e0b6461746f6e672f79756e7869707c574d002b22ad751131cc371f2b4161344835742b522f68584b6e3577654a7838642b334c30434b46486b64620c4a52365871443434794e497430c22ba6dbafe210dcdadd1ec110d3e653c284af4923cadadb1d2e702f747de1';
  const since =
    '010114c7423a2b3f1cba1f704e0b6461746f6e672f79756e7869707c574d002b22ad751131cc371f2b4161344835742b522f68584b6e3577654a7838642b334c30434b46486b64620c4a52365871443434794e497430c2410192f0c19a3e7c118d5e2b7f3c9a1e04702f747de1';
  assert.equal(hex(packLeaf(leaves[0] ?? Buffer.of())), since);
  assert.equal(hex(unpackLeaf(Buffer.from(since, 'hex'))), hex(leaves[0]));
  assert.equal(hex(unpackLeaf(Buffer.from(golden, 'hex'))), hex(leaves[0]));
});

test('each kind of leaf is packed, and comes back byte for byte; a release to less than half', () => {
  for (const [kind, leaf] of Object.entries(kinds)) {
    const { bytes } = prepareLeaf(leaf);
    const stored = packLeaf(bytes);
    assert.ok(isPacked(stored), kind);
    assert.equal(hex(unpackLeaf(stored)), hex(bytes), kind);
  }
  const release = leaves.slice(-300);
  const whole = release.reduce((sum, leaf) => sum + leaf.length, 0);
  const packed = release.reduce((sum, leaf) => sum + packLeaf(leaf).length, 0);
  assert.ok(packed * 100 < whole * 42, `${packed} of ${whole} bytes`);
});

test('no phrase is longer than a byte can count, and each comes back', () => {
  const lengths = phrases.map(({ length }) => length);
  assert.ok(Math.min(...lengths) > 1 && Math.max(...lengths) <= maxOfAByte);
  const read = phrases.map((text) => {
    const leaf = Buffer.from(`"${text}"${text} ${text}`);
    return hex(unpackLeaf(packLeaf(leaf)) ?? leaf) === hex(leaf);
  });
  assert.ok(nonEmpty(read).every((same) => same));
});

test('any text comes back: phrases, repetitions, digests, ids, times, and texts of a similar form', () => {
  const time = fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const bytes = (count: number, form: 'hex' | 'base64url') =>
    fc.uint8Array({ minLength: count, maxLength: count }).map((one) => Buffer.from(one).toString(form));
  const form = fc.constantFrom(
    '0000-00-00T00:00:00.000Z',
    '2026-02-29T00:00:00.000Z',
    '2026-13-01T00:00:00.000Z',
    '2026-01-01T24:00:00.000Z',
    '2026-01-01 00:00:00.000Z',
    '2026/01/01T00:00:00.000Z',
    '9999-12-31T00:00:00.000Z',
    '018BADCF-ce99-75dd-8f61-3dd43b2e4bc2',
    '018badcf-ce99-75dd-8f61-3dd43b2e-bc2',
    '018badcf-ce9975dd-8f61--3dd43b2e4bc2',
    'g'.repeat(32),
    'A'.repeat(64),
    `${'A'.repeat(42)}B`,
    `${'A'.repeat(42)}=`,
    `${'A'.repeat(42)}é`,
  );
  const part = fc.oneof(
    ...[fc.string(), fc.string({ unit: 'binary' }), fc.uuid(), time, form],
    ...[bytes(32, 'base64url'), bytes(16, 'hex'), bytes(32, 'hex')],
    ...[fc.constantFrom(...phrases), fc.stringMatching(/^[a-z0-9._-]{1,120}$/)],
  );
  const parts = fc.array(
    fc.oneof(
      part,
      part.map((one) => `"${one}"`),
    ),
    { maxLength: 24 },
  );
  fc.assert(
    fc.property(parts, fc.nat(3), (some, again) => {
      const leaf = Buffer.from(some.join('') + some.slice(0, again).join(''));
      const stored = packLeaf(leaf);
      if (stored === leaf) return;
      assert.ok(stored.length < leaf.length);
      assert.equal(hex(unpackLeaf(stored)), hex(leaf));
    }),
    { numRuns: 4000 },
  );
});

test('one text of another form’s appearance does not leave the rest of a leaf unpacked', () => {
  for (const onBehalfOf of ['2026-02-30T00:00:00.000Z', '9999-12-31T00:00:00.000Z', `${'A'.repeat(42)}B`]) {
    const { bytes } = prepareLeaf({ ...leafOfThreeYears(3), onBehalfOf });
    assert.ok(packLeaf(bytes).length * 2 < bytes.length, onBehalfOf);
  }
});

test('what gains nothing stays as it is; so does what is no leaf', () => {
  for (const leaf of [Buffer.alloc(0), Buffer.from('{}'), Buffer.from('é§'), Buffer.alloc(maxLeafLength + 1)])
    assert.equal(packLeaf(leaf), leaf);
  assert.equal(isPacked(Buffer.from('{')), false);
  const longest = Buffer.alloc(maxLeafLength, phrases.join(''));
  assert.equal(hex(unpackLeaf(packLeaf(longest))), hex(longest));
});

test('long texts of quotation marks and of what almost repeats take no longer than others', () => {
  const cpu = (text: string): number => {
    const leaf = Buffer.from(text.repeat(65_000).slice(0, 65_000));
    const before = process.cpuUsage();
    packLeaf(leaf);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  for (const text of ['"', `"${'A'.repeat(42)}B`, ' ', 'aaab', '","', 'queryDatase'])
    assert.ok(cpu(text) < 200_000, text);
});

test('altered, cut and invented bytes are undefined or a leaf of the length they say, never an error', () => {
  const sound = (stored: Uint8Array): void => {
    const read = unpackLeaf(stored);
    if (read === undefined) return;
    assert.equal(read.length, ((stored[1] ?? 0) << 8) | (stored[2] ?? 0));
    assert.ok(read.length <= maxOfAByte * stored.length);
  };
  for (const leaf of leaves.slice(0, 20)) {
    const stored = Buffer.from(packLeaf(leaf));
    for (let cut = 0; cut < stored.length; cut += 1)
      assert.equal(unpackLeaf(stored.subarray(0, cut)), undefined);
    for (let bit = 0; bit < 8 * stored.length; bit += 1) {
      const flipped = Buffer.from(stored);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      sound(flipped);
      assert.notEqual(hex(unpackLeaf(flipped)), hex(leaf));
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      sound(Buffer.concat([Buffer.of(codec1), bytes]));
      if (bytes[0] !== codec1) assert.equal(unpackLeaf(bytes), undefined);
    }),
    { numRuns: 4000 },
  );
});

test('a few bytes make no long leaf: a false length is refused before memory is allocated for it', () => {
  assert.equal(unpackLeaf(Buffer.of(codec1, 0xff, 0xff)), undefined);
  // a copy of what is not written yet, and of itself
  for (const copy of [
    [0x50, 0],
    [0x5f, 255, 0],
    [0x6f, 255, 0, 0],
    [0x60, 255, 255],
  ])
    assert.equal(unpackLeaf(Buffer.from([codec1, 0, 20, 0x01, 0x7b, 0x7d, ...copy])), undefined);
  // a phrase that there is none of, a part that there is none of, a pair that no letters have
  for (const part of [[0x7f, 0xff], [0x45], [0x4f, 0], [0x20, 0xff, 0xff], [0x21, 0xf9, 0xff, 0, 0]])
    assert.equal(unpackLeaf(Buffer.from([codec1, 0, 3, ...part])), undefined);
  assert.equal(headLength, 3);
});
