import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signCheckpoint } from '../checkpoint.ts';
import { leafHash } from '../hash.ts';
import { prepareLeaf } from '../leafBytes.ts';
import type { Leaf } from '../leaf.ts';
import { noteSigner } from '../note/noteKey.ts';
import { emptyTree, growTree } from '../tree/growTree.ts';
import { LeafTree } from '../tree/leafTree.ts';
import { packFile, type Pack } from './pack.ts';
import { packRange, type PackRange } from './packRange.ts';
import { verifyPack } from './verifyPack.ts';
import { newNotePair } from '../../machine/newKeyPair.ts';

const size = 300;
const leaves = Array.from({ length: size }, (_, at) => {
  const id = `01890000-0000-7000-8000-${String(at).padStart(12, '0')}`;
  const leaf: Leaf = {
    v: 1,
    id,
    at: '2026-11-01T00:00:00.000Z',
    kind: 'inspect',
    operation: 'listRisks',
    decision: 'allow',
    actor: {},
  };
  return Buffer.from(prepareLeaf(leaf).bytes);
});
const hashes = leaves.map(leafHash);
const tree = new LeafTree(hashes);
const signer = noteSigner('datong/ranges', newNotePair().privateKey);
const checkpoint = signCheckpoint(size, tree.root(size), signer);

const rangeOf = (first: number, end: number): PackRange =>
  packRange(
    first,
    growTree(emptyTree, hashes.slice(0, first)).state.frontier,
    leaves.slice(first, end),
    end === size ? [] : tree.consistencyProof(end, size),
  );
const check = (pack: Partial<Pack>) =>
  verifyPack(JSON.stringify(packFile({ checkpoint, entries: [], history: [], ...pack })), { keys: [signer] });
const codes = (pack: Partial<Pack>): readonly string[] => check(pack).findings.map(({ code }) => code);

test('a range is proven by one proof, wherever it begins and ends', () => {
  for (const [first, end] of [
    [0, size],
    [0, 1],
    [0, 256],
    [1, 2],
    [7, 130],
    [128, 256],
    [255, 257],
    [299, 300],
    [13, 300],
  ] as const) {
    const { findings, entries, whole } = check({ ranges: [rangeOf(first, end)] });
    assert.deepEqual([findings, entries.length, whole], [[], end - first, end - first === size], `${first}`);
    assert.deepEqual([entries[0]?.index, entries.at(-1)?.index], [first, end - 1]);
  }
  const several = check({
    ranges: [rangeOf(0, 100), rangeOf(200, size)],
    entries: [{ index: 150, leaf: leaves[150] ?? Buffer.alloc(0), proof: tree.inclusionProof(150, size) }],
  });
  assert.deepEqual([several.findings, several.entries.length], [[], 201]);
  assert.deepEqual(several.leftOut, [
    { first: 100, end: 150 },
    { first: 151, end: 200 },
  ]);
});

test('a range that was altered, moved, cut or lengthened is none', () => {
  const range = rangeOf(20, 90);
  const [one = Buffer.alloc(0), two = Buffer.alloc(0), ...rest] = range.leaves;
  const edited = Buffer.from(one.toString().replace('allow', 'deny'));
  const forged: Readonly<Record<string, Partial<PackRange>>> = {
    altered: { leaves: [edited, two, ...rest] },
    swapped: { leaves: [two, one, ...rest] },
    cut: { leaves: [two, ...rest] },
    tail: { leaves: range.leaves.slice(0, -1) },
    longer: { leaves: [...range.leaves, one] },
    moved: { first: 21 },
    empty: { leaves: [] },
    beyond: { first: size - 1 },
    frontier: { frontier: range.frontier.slice(32) },
    other: { frontier: Buffer.alloc(range.frontier.length) },
    proof: { proof: range.proof.slice(1) },
  };
  for (const [name, change] of Object.entries(forged)) {
    const { findings, entries } = check({ ranges: [{ ...range, ...change }] });
    assert.deepEqual([findings.map(({ code }) => code), entries.length], [['range_not_included'], 0], name);
  }
  assert.deepEqual(codes({ ranges: [rangeOf(0, 10), rangeOf(5, 15)] }), Array(5).fill('entry_order'));
});

test('what is no range is refused with its place', () => {
  const range = { first: 0, frontier: '', leaves: [], proof: [] };
  for (const wrong of [
    {},
    [{ ...range, first: -1 }],
    [{ ...range, first: '0' }],
    [{ ...range, frontier: 5 }],
    [{ ...range, leaves: ['*'] }],
    [{ ...range, leaves: {} }],
    [{ ...range, proof: ['AA=='] }],
    [{ ...range, more: 1 }],
  ]) {
    const { findings } = verifyPack(
      { checkpoint, entries: [], history: [], ranges: wrong },
      { keys: [signer] },
    );
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['pack_malformed'],
      JSON.stringify(wrong),
    );
  }
});
