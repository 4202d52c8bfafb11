/** vectors.json is published for authors of verifiers in other languages; a change here would break theirs. */
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { toBase64 } from './base64.ts';
import { openCheckpoint, signCheckpoint } from './checkpoint.ts';
import { replyCommitment, subjectsCommitment } from './commitment.ts';
import { leafHash, sha256 } from './hash.ts';
import { leafText } from './leafBytes.ts';
import { noteSigner, parseVkey } from './note/noteKey.ts';
import { parseLeaf } from './parseLeaf.ts';
import { verifyReceipt } from './receipt/verifyReceipt.ts';
import { LeafTree } from './tree/leafTree.ts';

interface Vectors {
  readonly seed: string;
  readonly vkey: string;
  readonly leaves: readonly string[];
  readonly leafHashes: readonly string[];
  readonly roots: readonly string[];
  readonly inclusion: readonly string[][];
  readonly consistency: Readonly<Record<string, readonly string[]>>;
  readonly checkpoint: string;
  readonly salt: string;
  readonly body: string;
  readonly replyCommitment: string;
  readonly tokens: readonly string[];
  readonly subjectsCommitment: string;
  readonly receipt: string;
}
const vectors = JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8')) as Vectors;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('the published vectors are what this code makes', () => {
  const hashes = vectors.leaves.map((leaf) => leafHash(Buffer.from(leaf)));
  const tree = new LeafTree(hashes);
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${vectors.seed}`, 'hex');
  const signer = noteSigner('datong/vectors', createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
  assert.deepEqual(
    vectors.leaves.map((leaf) => leafText(parseLeaf(Buffer.from(leaf)))),
    vectors.leaves,
  );
  assert.deepEqual(hashes.map(hex), vectors.leafHashes);
  assert.deepEqual(
    [0, 1, 2, 3].map((size) => hex(tree.root(size))),
    vectors.roots,
  );
  assert.deepEqual(
    [0, 1, 2].map((index) => tree.inclusionProof(index).map(toBase64)),
    vectors.inclusion,
  );
  assert.deepEqual(
    [1, 2].map((from) => tree.consistencyProof(from).map(toBase64)),
    [vectors.consistency['1'], vectors.consistency['2']],
  );
  assert.equal(signer.vkey, vectors.vkey);
  assert.equal(signCheckpoint(3, tree.root(), signer), vectors.checkpoint);
});

test('commitments open, and the receipt holds for its reply', () => {
  const salt = Buffer.from(vectors.salt, 'hex');
  const digest = sha256(Buffer.from(vectors.body));
  assert.equal(replyCommitment(digest, salt), vectors.replyCommitment);
  const tokens = vectors.tokens.map((token) => Buffer.from(token, 'hex'));
  const sorted = tokens.toSorted((one, other) => Buffer.compare(one, other));
  for (const some of [tokens, sorted, sorted.toReversed(), [...sorted, ...tokens]])
    assert.equal(subjectsCommitment(some, salt), vectors.subjectsCommitment);
  const logKeys = [parseVkey(vectors.vkey)];
  assert.equal(openCheckpoint(vectors.checkpoint, logKeys).size, 3);
  const check = verifyReceipt(vectors.receipt, { anchors: { logKeys }, replyDigest: digest });
  assert.deepEqual(check.findings, []);
  assert.equal(check.leaf?.matter, '办件-1');
});
