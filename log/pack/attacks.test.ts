/** The attacks on a log that copies outside it must catch: each is made here as an administrator, or a thief of the key, would make it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../terms/problem.ts';
import { parseAnchors } from '../anchors.ts';
import { signCheckpoint } from '../checkpoint.ts';
import { replyCommitment } from '../commitment.ts';
import { newNotePair, newSalt } from '../../machine/newKeyPair.ts';
import { leafHash, sha256 } from '../hash.ts';
import type { Leaf } from '../leaf.ts';
import { prepareLeaf } from '../leafBytes.ts';
import { noteSigner, type NoteSigner } from '../note/noteKey.ts';
import { receiptText } from '../receipt/receipt.ts';
import { verifyReceipt } from '../receipt/verifyReceipt.ts';
import { LeafTree } from '../tree/leafTree.ts';
import { packFile, type PackFile } from './pack.ts';
import { verifyPack, type NamedText } from './verifyPack.ts';

const signer = noteSigner('datong/yunqi', newNotePair().privateKey);
const thief = noteSigner('datong/yunqi', newNotePair().privateKey);
const anchors = { logKeys: [signer] };
const total = 40;
/** a department stored its checkpoint when the log was this long */
const storedSize = 34;
const salt = newSalt();
const replyDigest = sha256(Buffer.from('{"records":[]}'));

const leafOf = (i: number, facts: Partial<Leaf> = {}): Uint8Array =>
  prepareLeaf({
    v: 1,
    id: `0192e4a0-0000-7000-8000-${String(i).padStart(12, '0')}`,
    at: '2026-09-01T00:00:00.000Z',
    kind: 'release',
    operation: 'queryDataset',
    decision: 'allow',
    actor: { department: 'education' },
    request: 'r'.repeat(43),
    reply: replyCommitment(replyDigest, salt),
    ...facts,
  }).bytes;
const honest = Array.from({ length: total }, (_, i) => leafOf(i));

interface Log {
  readonly leaves: readonly Uint8Array[];
  readonly tree: LeafTree;
}
const logOf = (leaves: readonly Uint8Array[]): Log => ({ leaves, tree: new LeafTree(leaves.map(leafHash)) });
const noteAt = (log: Log, size: number, key: NoteSigner = signer): string =>
  signCheckpoint(size, log.tree.root(size), key);
function packOf(
  log: Log,
  options: { indexes?: number[]; history?: number[]; key?: NoteSigner } = {},
): PackFile {
  const size = log.leaves.length;
  const indexes = options.indexes ?? [...log.leaves.keys()];
  return packFile({
    checkpoint: noteAt(log, size, options.key),
    entries: indexes.map((index) => ({
      index,
      leaf: log.leaves[index] ?? new Uint8Array(),
      proof: log.tree.inclusionProof(index),
    })),
    history: (options.history ?? []).map((older) => ({
      checkpoint: noteAt(log, older, options.key),
      proof: log.tree.consistencyProof(older),
    })),
  });
}
function receiptFor(log: Log, index: number, size: number): string {
  const path = log.tree.inclusionProof(index, size);
  return receiptText({
    exchange: `0192e4a0-0000-7000-8000-${String(index).padStart(12, '0')}`,
    leaf: log.leaves[index] ?? new Uint8Array(),
    openings: { reply: salt },
    proof: { index, path, checkpoint: noteAt(log, size) },
  });
}

const original = logOf(honest);
const stored: NamedText = { name: 'kept', text: noteAt(original, storedSize) };
const receipt: NamedText = { name: 'receipt', text: receiptFor(original, 31, 32) };
const lateReceipt: NamedText = { name: 'late', text: receiptFor(original, 38, 39) };
const codes = (
  file: unknown,
  evidence: { checkpoints?: NamedText[]; receipts?: NamedText[] } = {},
): string[] => verifyPack(file, { keys: [signer], ...evidence }).findings.map((finding) => finding.code);
const without = (i: number): Uint8Array[] => honest.filter((_, at) => at !== i);
const changed = (i: number): Uint8Array[] =>
  honest.map((leaf, at) => (at === i ? leafOf(at, { decision: 'deny' }) : leaf));

describe('an honest log', () => {
  test('verifies whole and in part, with history, stored checkpoints and receipts', () => {
    const whole = verifyPack(packOf(original, { history: [1, 7, storedSize] }), {
      keys: [signer],
      checkpoints: [stored],
      receipts: [receipt, lateReceipt],
    });
    assert.deepEqual(whole.findings, []);
    assert.ok(whole.ok && whole.whole);
    const part = verifyPack(
      JSON.stringify(packOf(original, { indexes: [3, 31, 38], history: [storedSize] })),
      {
        keys: [signer],
        checkpoints: [stored],
        receipts: [receipt, lateReceipt],
      },
    );
    assert.deepEqual(part.findings, []);
    assert.ok(!part.whole);
    assert.deepEqual(
      part.entries.map((entry) => entry.index),
      [3, 31, 38],
    );
  });
});

describe('attacks, with the hub’s own key still safe', () => {
  test('an edited leaf is named by index and exchange', () => {
    const pack = packOf(original);
    const entries = pack.entries.map((entry) =>
      entry.index === 5
        ? { ...entry, leaf: Buffer.from(leafOf(5, { decision: 'deny' })).toString('base64') }
        : entry,
    );
    const { findings } = verifyPack({ ...pack, entries }, { keys: [signer] });
    assert.deepEqual(
      findings.map(({ code, index, exchange }) => ({ code, index, exchange })),
      [{ code: 'leaf_not_included', index: 5, exchange: '0192e4a0-0000-7000-8000-000000000005' }],
    );
  });

  test('a removed entry, two swapped entries, a repeated entry', () => {
    const pack = packOf(original);
    const [first, second, ...rest] = pack.entries;
    assert.ok(first !== undefined && second !== undefined);
    const swapped = [{ ...second, index: 0 }, { ...first, index: 1 }, ...rest];
    assert.deepEqual(codes({ ...pack, entries: swapped }), ['leaf_not_included', 'leaf_not_included']);
    assert.deepEqual(codes({ ...pack, entries: [second, first, ...rest] }), ['entry_order']);
    assert.deepEqual(codes({ ...pack, entries: [first, first, second, ...rest] }), ['entry_order']);
    assert.equal(verifyPack({ ...pack, entries: rest }, { keys: [signer] }).whole, false);
    const moved = pack.entries.slice(1).map((entry, index) => ({ ...entry, index }));
    assert.ok(codes({ ...pack, entries: moved }).includes('leaf_not_included'));
  });

  test('what a pack leaves out is named, and it is never called whole', () => {
    const ranges = (indexes: number[]): unknown =>
      verifyPack(packOf(original, { indexes }), { keys: [signer] }).leftOut.map(({ first, end }) => [
        first,
        end,
      ]);
    const all = [...honest.keys()];
    assert.deepEqual(ranges(all), []);
    assert.deepEqual(ranges(all.filter((i) => i !== 7)), [[7, 8]]);
    assert.deepEqual(ranges([0, 1, 5]), [
      [2, 5],
      [6, total],
    ]);
    assert.deepEqual(ranges([]), [[0, total]]);
    const cut = verifyPack(packOf(original, { indexes: all.filter((i) => i !== 7) }), { keys: [signer] });
    assert.deepEqual([cut.ok, cut.whole, cut.entries.length], [true, false, total - 1]);
    // an entry that is there but not proven is not in the log that was shown
    const pack = packOf(original);
    const broken = pack.entries.map((entry) => (entry.index === 9 ? { ...entry, proof: [] } : entry));
    assert.deepEqual(verifyPack({ ...pack, entries: broken }, { keys: [signer] }).leftOut, [
      { first: 9, end: 10 },
    ]);
  });

  test('a text that two readers could read differently is no pack', () => {
    const text = JSON.stringify(packOf(original));
    assert.deepEqual(codes(text), []);
    for (const altered of [
      text.replace('"index":5,', '"index":5.0,'),
      text.replace('"index":5,', '"index":5e0,'),
      text.replace('"index":5,', '"index":4,"index":5,'),
      text.replace('"entries":', '"entries":[],"entries":'),
      text.replace('"entries":', '"entries":[],"\\u0065ntries":'),
      `${text}${text}`,
    ]) {
      assert.notEqual(altered, text);
      assert.deepEqual(codes(altered), ['pack_malformed']);
    }
  });

  test('everything rewritten and signed with another key of the same name', () => {
    assert.deepEqual(codes(packOf(logOf(changed(5)), { key: thief })), ['checkpoint_invalid']);
  });

  test('a row appended by hand, head advanced, never signed', () => {
    const grown = packOf(logOf([...honest, leafOf(99)]));
    assert.ok(codes({ ...grown, checkpoint: noteAt(original, total) }).includes('leaf_not_included'));
  });
});

describe('attacks with the log’s key stolen: only copies outside catch them', () => {
  test('a leaf rewritten with every hash', () => {
    const forged = packOf(logOf(changed(5)));
    assert.deepEqual(codes(forged), []);
    assert.deepEqual(codes(forged, { checkpoints: [stored] }), ['kept_inconsistent']);
    assert.deepEqual(codes(packOf(logOf(changed(31))), { receipts: [receipt] }), [
      'receipt_contradicts',
      'kept_inconsistent',
    ]);
  });

  test('an entry deleted, the rest moved up', () => {
    const forged = packOf(logOf(without(5)));
    assert.deepEqual(codes(forged, { checkpoints: [stored] }), ['kept_inconsistent']);
    assert.ok(codes(forged, { receipts: [receipt] }).includes('receipt_contradicts'));
  });

  test('the tail cut, or an older state put back', () => {
    const cut = packOf(logOf(honest.slice(0, 30)));
    assert.deepEqual(codes(cut, { checkpoints: [stored] }), ['kept_newer']);
    assert.deepEqual(codes(cut, { receipts: [receipt] }), ['kept_newer']);
    // older than the receipt's checkpoint, though the stored checkpoint is older still
    const rolledBack = packOf(logOf(honest.slice(0, 36)));
    assert.deepEqual(codes(rolledBack, { checkpoints: [stored] }), []);
    assert.deepEqual(codes(rolledBack, { receipts: [lateReceipt] }), ['kept_newer']);
  });

  test('rolled back and gone on signing: a fork', () => {
    const fork = logOf([...honest.slice(0, 30), ...Array.from({ length: 20 }, (_, i) => leafOf(500 + i))]);
    assert.deepEqual(codes(packOf(fork), { checkpoints: [stored] }), ['kept_inconsistent']);
    const partial = packOf(fork, { indexes: [1], history: [storedSize] });
    assert.deepEqual(codes(partial, { checkpoints: [stored] }), ['kept_inconsistent']);
    const mixed = {
      ...partial,
      history: [{ checkpoint: stored.text, proof: partial.history[0]?.proof ?? [] }],
    };
    assert.deepEqual(codes(mixed), ['history_inconsistent']);
  });

  test('two roots signed for one size', () => {
    const other = logOf([...honest.slice(0, -1), leafOf(77)]);
    assert.deepEqual(
      codes(packOf(original), { checkpoints: [{ name: 'other', text: noteAt(other, total) }] }),
      ['kept_inconsistent'],
    );
  });

  test('history out of order, or a stored checkpoint without a connection', () => {
    const pack = packOf(original, { indexes: [0], history: [7, 20] });
    assert.deepEqual(codes({ ...pack, history: [...pack.history].reverse() }), ['history_order']);
    assert.deepEqual(codes(pack, { checkpoints: [stored] }), ['kept_unproven']);
  });
});

describe('receipts', () => {
  const requestHash = 'r'.repeat(43);
  const outcome = (
    text: string,
    evidence: { replyDigest?: Uint8Array; requestHash?: string } = { replyDigest, requestHash },
  ): string[] => verifyReceipt(text, { anchors, ...evidence }).findings.map((finding) => finding.code);
  const remade = (change: (members: Record<string, unknown>) => void): string => {
    const members = JSON.parse(Buffer.from(receipt.text, 'base64url').toString()) as Record<string, unknown>;
    change(members);
    return Buffer.from(JSON.stringify(members)).toString('base64url');
  };

  test('hold for their own request and reply, in both forms', () => {
    assert.deepEqual(outcome(receipt.text), []);
    assert.deepEqual(outcome(Buffer.from(receipt.text, 'base64url').toString()), []);
  });

  test('do not hold for another reply, request, exchange, salt, leaf or checkpoint', () => {
    assert.deepEqual(outcome(receipt.text, { replyDigest: sha256(Buffer.of()) }), ['reply_differs']);
    assert.deepEqual(outcome(receipt.text, { requestHash: 's'.repeat(43) }), ['request_differs']);
    assert.deepEqual(outcome(remade((m) => (m['exchange'] = '0192e4a0-0000-7000-8000-000000000001'))), [
      'exchange_differs',
    ]);
    assert.deepEqual(
      outcome(remade((m) => (m['openings'] = { reply: Buffer.alloc(16).toString('base64url') }))),
      ['reply_differs'],
    );
    assert.deepEqual(outcome(remade((m) => (m['openings'] = {}))), ['reply_unopened']);
    const other = Buffer.from(honest[30] ?? []).toString('base64');
    assert.deepEqual(outcome(remade((m) => (m['leaf'] = other))), ['leaf_not_included', 'exchange_differs']);
    const stale = noteAt(original, 20);
    const { proof } = JSON.parse(Buffer.from(receipt.text, 'base64url').toString()) as { proof: string };
    const swapped = proof.slice(0, proof.indexOf('\n\n') + 2) + stale;
    assert.deepEqual(outcome(remade((m) => (m['proof'] = swapped))), ['leaf_not_included']);
    const forged = swapped.slice(0, proof.indexOf('\n\n') + 2) + noteAt(original, 32, thief);
    assert.deepEqual(outcome(remade((m) => (m['proof'] = forged))), ['checkpoint_invalid']);
  });

  test('of hostile form are refused, never crash', () => {
    for (const text of [
      '',
      '{}',
      'null',
      '[]',
      '"',
      'a'.repeat(300_000),
      '{"v":1}',
      Buffer.from('{"v":1,"exchange":{}}').toString('base64url'),
    ]) {
      assert.deepEqual(outcome(text), ['receipt_malformed']);
    }
    for (const [name, value] of [
      ['v', 2],
      ['extra', 1],
      ['leaf', 7],
      ['leaf', '='],
      ['openings', null],
      ['openings', { other: 'x' }],
      ['openings', { reply: 'x' }],
      ['proof', 'x'],
      ['exchange', 'y'.repeat(99)],
    ] as const) {
      assert.deepEqual(outcome(remade((m) => (m[name] = value))), ['receipt_malformed']);
    }
  });
});

test('every single bit of a small pack and of a receipt counts', () => {
  const small = logOf(honest.slice(0, 5));
  const pack = packOf(small, { indexes: [1, 3], history: [2, 4] });
  const text = JSON.stringify(pack);
  assert.deepEqual(codes(text), []);
  const accepted: string[] = [];
  for (const [name, bytes, verify] of [
    ['pack', Buffer.from(text), (altered: string) => verifyPack(altered, { keys: [signer] })],
    [
      'receipt',
      Buffer.from(receiptFor(small, 2, 5)),
      (altered: string) => verifyReceipt(altered, { anchors, replyDigest }),
    ],
  ] as const) {
    for (let at = 0; at < bytes.length; at += 1) {
      for (const bit of [1, 4, 32, 128]) {
        const altered = Buffer.from(bytes);
        altered[at] = (altered[at] ?? 0) ^ bit;
        if (verify(altered.toString('utf8')).ok) accepted.push(`${name} ${at} ${bit}`);
      }
    }
  }
  assert.deepEqual(accepted, []);
});

test('no JSON value whatever makes a verifier crash', () => {
  const pack = packOf(logOf(honest.slice(0, 3)), { history: [1] });
  const placed = fc.record(
    {
      checkpoint: fc.jsonValue(),
      entries: fc.jsonValue(),
      history: fc.jsonValue(),
      v: fc.jsonValue(),
      proof: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  const entry = fc.record(
    { index: fc.jsonValue(), leaf: fc.jsonValue(), proof: fc.jsonValue() },
    { requiredKeys: [] },
  );
  const hostile = fc.oneof(
    fc.jsonValue(),
    placed,
    fc.array(entry, { maxLength: 3 }).map((entries) => ({ ...pack, entries })),
    fc.array(placed, { maxLength: 3 }).map((history) => ({ ...pack, history })),
  );
  fc.assert(
    fc.property(hostile, (value) => {
      verifyPack(value, { keys: [signer] });
      verifyPack(JSON.stringify(value), { keys: [signer] });
      verifyReceipt(JSON.stringify(value), { anchors });
      assert.throws(() => parseAnchors(value), Problem);
    }),
    { numRuns: 500 },
  );
});

test('hostile packs are findings, never crashes', () => {
  const pack = packOf(logOf(honest.slice(0, 3)), { history: [1] });
  const [entry] = pack.entries;
  for (const file of [
    '',
    '{',
    'null',
    '[]',
    '7',
    {},
    { ...pack, extra: 1 },
    { ...pack, entries: {} },
    { ...pack, history: 'x' },
    { ...pack, checkpoint: 3 },
    { ...pack, entries: [{ ...entry, index: -1 }] },
    { ...pack, entries: [{ ...entry, index: 1e300 }] },
    { ...pack, entries: [{ ...entry, index: 2 ** 53 }] },
    { ...pack, entries: [{ ...entry, leaf: 'x' }] },
    { ...pack, entries: [{ ...entry, leaf: 'A'.repeat(100_000) }] },
    { ...pack, entries: [{ ...entry, proof: Array.from({ length: 60 }, () => '') }] },
    { ...pack, entries: [null] },
    { ...pack, history: [{ checkpoint: 1, proof: [] }] },
  ]) {
    assert.deepEqual(codes(file), ['pack_malformed']);
  }
  assert.deepEqual(codes({ ...pack, entries: [{ ...entry, index: 2 ** 52 }] }), ['leaf_not_included']);
  assert.deepEqual(codes({ ...pack, checkpoint: 'x' }), ['checkpoint_invalid']);
  assert.deepEqual(codes({ ...pack, history: [{ checkpoint: 'x', proof: [] }] }), ['history_invalid']);
});
