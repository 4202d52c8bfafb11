import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openCheckpoint, signCheckpoint } from '../checkpoint.ts';
import { leafHash } from '../hash.ts';
import { prepareLeaf } from '../leafBytes.ts';
import { noteSigner } from '../note/noteKey.ts';
import { LeafTree } from '../tree/leafTree.ts';
import { EntriesCheck, type ListedEntry } from './verifyEntries.ts';
import { newNotePair } from '../../machine/newKeyPair.ts';

const signer = noteSigner('datong/yunqi', newNotePair().privateKey);
const leafOf = (i: number, decision: 'allow' | 'deny' = 'allow'): Uint8Array =>
  prepareLeaf({
    v: 1,
    id: `0192e4a0-0000-7000-8000-${String(i).padStart(12, '0')}`,
    at: '2026-09-01T00:00:00.000Z',
    kind: 'inspect',
    operation: 'getBatch',
    decision,
    actor: {},
  }).bytes;
const total = 20;
const honest = Array.from({ length: total }, (_, i) => leafOf(i));
const tree = new LeafTree(honest.map(leafHash));
const noteAt = (size: number): string => signCheckpoint(size, tree.root(size), signer);
const listed = honest.map((leaf, index): ListedEntry => ({ index, leaf, hash: leafHash(leaf) }));
const altered = (index: number, withHash: boolean): ListedEntry[] =>
  listed.map((entry) => {
    if (entry.index !== index) return entry;
    const leaf = leafOf(index, 'deny');
    return { ...entry, leaf, ...(withHash ? { hash: leafHash(leaf) } : {}) };
  });
function findings(entries: readonly ListedEntry[], stored: readonly number[] = []): unknown[] {
  const check = new EntriesCheck();
  for (const entry of entries) if (!check.add(entry)) break;
  const texts = stored.map((size) => ({ name: `kept ${size}`, text: noteAt(size) }));
  return check
    .finish(openCheckpoint(noteAt(total), [signer]), [signer], texts)
    .map(({ code, index, message }) =>
      code === 'root_mismatch' ? [code, message.en.replace(/^.*between /, '')] : [code, index],
    );
}

describe('every entry of a log', () => {
  test('holds, with stored checkpoints', () => {
    assert.deepEqual(findings(listed, [0, 1, 7, 20]), []);
    assert.deepEqual(findings(listed.map(({ index, leaf }) => ({ index, leaf }))), []);
  });

  test('an altered leaf is named; hashes altered alone accuse no other entry', () => {
    assert.deepEqual(findings(altered(5, false)), [['entry_altered', 5]]);
    assert.deepEqual(
      findings(listed.map((entry) => (entry.index === 6 ? { ...entry, columnsAltered: true } : entry))),
      [['columns_altered', 6]],
    );
  });

  test('a leaf altered with its hash is confined by the stored checkpoints', () => {
    assert.deepEqual(findings(altered(5, true)), [['root_mismatch', '0 and 19']]);
    assert.deepEqual(findings(altered(5, true), [3, 4, 9]), [
      ['kept_inconsistent', undefined],
      ['root_mismatch', '4 and 8'],
    ]);
  });

  test('a missing entry, a cut tail, a checkpoint that is newer', () => {
    assert.deepEqual(findings(listed.filter((entry) => entry.index !== 4)), [['entry_missing', 4]]);
    assert.deepEqual(findings(listed.slice(0, 12)), [['entry_missing', 12]]);
    const check = new EntriesCheck();
    for (const entry of listed.slice(0, 8)) check.add(entry);
    const short = openCheckpoint(noteAt(8), [signer]);
    assert.deepEqual(
      check.finish(short, [signer], [{ name: 'kept', text: noteAt(9) }]).map(({ code }) => code),
      ['kept_newer'],
    );
    assert.deepEqual(
      check.finish(short, [signer], [{ name: 'kept', text: 'x' }]).map(({ code }) => code),
      ['checkpoint_invalid'],
    );
  });

  test('bytes that are no entry are reported, though they are included', () => {
    const odd = new LeafTree([leafHash(Buffer.from('{}'))]);
    const check = new EntriesCheck();
    check.add({ index: 0, leaf: Buffer.from('{}') });
    const checkpoint = openCheckpoint(signCheckpoint(1, odd.root(), signer), [signer]);
    assert.deepEqual(
      check.finish(checkpoint, [signer], []).map(({ code }) => code),
      ['leaf_malformed'],
    );
  });
});
