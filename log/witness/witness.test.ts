import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../terms/problem.ts';
import { checkpointText, openCheckpoint, signCheckpoint } from '../checkpoint.ts';
import { leafHash } from '../hash.ts';
import { noteSigner } from '../note/noteKey.ts';
import { signNote, splitNote } from '../note/signedNote.ts';
import { LeafTree } from '../tree/leafTree.ts';
import { addCheckpointText, judgeCheckpoint, parseAddCheckpoint, type Verdict } from './addCheckpoint.ts';
import { cosign, cosignaturesOf, parseWitnessKey, witnessSigner } from './cosignature.ts';
import { verifyWitnessed } from './verifyWitnessed.ts';
import { newNotePair } from '../../machine/newKeyPair.ts';

const newKey = () => newNotePair().privateKey;
const log = noteSigner('datong/yunqi', newKey());
const witness = witnessSigner('audit.example/w1', newKey());
const treeOf = (count: number, altered?: number): LeafTree =>
  new LeafTree(
    Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`${i}${i === altered ? '!' : ''}`))),
  );
const honest = treeOf(100);
const noteOf = (tree: LeafTree, size: number): string => signCheckpoint(size, tree.root(size), log);
const isProblem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

describe('cosignatures (C2SP tlog-cosignature)', () => {
  test('are written and read byte by byte as the format defines', () => {
    const privateKey = createPrivateKey({
      key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]),
      format: 'der',
      type: 'pkcs8',
    });
    const signer = witnessSigner('w.example', privateKey);
    const text = checkpointText({ origin: 'datong/yunqi', size: 3, root: honest.root(3) });
    const line = cosign(text, 1_700_000_000, signer);
    const [, name, encoded = ''] = /^— (\S+) (\S+)\n$/u.exec(line) ?? [];
    const bytes = Buffer.from(encoded, 'base64');
    assert.equal(name, 'w.example');
    assert.deepEqual(bytes.subarray(0, 4), Buffer.from(signer.id));
    assert.equal(bytes.readBigUInt64BE(4), 1_700_000_000n);
    const message = Buffer.from(`cosignature/v1\ntime 1700000000\n${text}`);
    assert.ok(verify(null, message, createPublicKey(privateKey), bytes.subarray(12)));
    assert.match(signer.vkey, /^w\.example\+[0-9a-f]{8}\+B/);
    assert.equal(parseWitnessKey(`${signer.vkey}\n`).vkey, signer.vkey);
    const note = `${signNote(text, log)}${line}`;
    assert.deepEqual(
      cosignaturesOf(note, [signer]).map(({ time, line: read }) => [time, read]),
      [[1_700_000_000, line]],
    );
    // the log's own signature still opens it, a stranger's cosignature is passed over
    assert.equal(openCheckpoint(note, [log]).size, 3);
    assert.deepEqual(cosignaturesOf(note, [witness]), []);
  });

  test('do not hold for another tree, another time or another key', () => {
    const line = cosign(splitNote(noteOf(honest, 5)).text, 9, witness);
    const good = noteOf(honest, 5) + line;
    assert.equal(cosignaturesOf(good, [witness]).length, 1);
    assert.throws(
      () => cosignaturesOf(noteOf(honest, 6) + line, [witness]),
      isProblem('note_signature_invalid'),
    );
    const bytes = Buffer.from(line.split(' ')[2] ?? '', 'base64');
    for (const at of [4, 11, 12, 75]) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      const forged = `${noteOf(honest, 5)}— ${witness.name} ${altered.toString('base64')}\n`;
      assert.throws(() => cosignaturesOf(forged, [witness]), isProblem('note_signature_invalid'));
    }
    for (const vkey of [log.vkey, witness.vkey.replace('audit', 'other'), 'x', ''])
      assert.throws(() => parseWitnessKey(vkey), isProblem('vkey_malformed'));
  });
});

describe('add-checkpoint (C2SP tlog-witness)', () => {
  const judge = (
    note: string,
    { old = 40, proof, latest = 40 }: { old?: number; proof?: Uint8Array[]; latest?: number } = {},
  ): Verdict =>
    judgeCheckpoint(
      { old, proof: proof ?? honest.consistencyProof(Math.min(old, 60), 60), checkpoint: note },
      (origin) =>
        origin === log.name
          ? {
              origin,
              keys: [log],
              latest: latest === 0 ? undefined : openCheckpoint(noteOf(honest, latest), [log]),
            }
          : undefined,
    );

  test('each refusal has the status that the protocol gives it', () => {
    const stranger = noteSigner('datong/other', newKey());
    const thief = noteSigner('datong/yunqi', newKey());
    const status = (verdict: Verdict): number => verdict.status;
    assert.equal(status(judge(noteOf(honest, 60))), 200);
    assert.equal(status(judge(noteOf(honest, 60), { old: 0, proof: [], latest: 0 })), 200);
    assert.equal(status(judge('junk')), 400);
    assert.equal(status(judge(noteOf(honest, 60), { old: 61 })), 400);
    assert.equal(status(judge(signCheckpoint(60, honest.root(60), stranger))), 404);
    assert.equal(status(judge(signCheckpoint(60, honest.root(60), thief))), 403);
    assert.deepEqual(judge(noteOf(honest, 60), { old: 0, proof: [] }), {
      status: 409,
      latest: 40,
      doubt: undefined,
    });
    assert.equal(status(judge(noteOf(honest, 60), { proof: [] })), 422);
    assert.equal(status(judge(noteOf(treeOf(60, 3), 60))), 422);
    assert.equal(status(judge(noteOf(honest, 60), { old: 0, proof: [honest.root(1)], latest: 0 })), 422);
  });

  test('two signed trees of one size are the proof of a fork; an unsigned one is only a doubt', () => {
    const doubt = (verdict: Verdict) => ('doubt' in verdict ? verdict.doubt : undefined);
    assert.equal(doubt(judge(noteOf(treeOf(60, 3), 40), { proof: [] })), 'forked');
    assert.equal(doubt(judge(noteOf(treeOf(60, 3), 40), { old: 0, proof: [] })), 'forked');
    assert.equal(doubt(judge(noteOf(honest, 20), { old: 20, proof: [] })), 'suspect');
    assert.equal(doubt(judge(noteOf(honest, 60), { proof: [] })), 'suspect');
  });

  test('bodies read back; hostile ones are refused with a sentence', () => {
    const body = { old: 3, proof: honest.consistencyProof(3, 60), checkpoint: noteOf(honest, 60) };
    assert.deepEqual(parseAddCheckpoint(addCheckpointText(body)), body);
    const text = addCheckpointText(body);
    for (const bad of [
      '',
      'old 03\n\n',
      'old -1\n\nx',
      text.replace('old 3', 'old  3'),
      text.replace('\n', '\r\n'),
      `old 1\n${'AAAA\n'.repeat(3)}\nx`,
      `old 1\n${`${honest.root(1).toString()}\n`.repeat(64)}\nx`,
    ])
      assert.throws(() => parseAddCheckpoint(bad), isProblem('proof_malformed'), bad);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (junk) => {
        try {
          const verdict = judgeCheckpoint(parseAddCheckpoint(junk), () => undefined);
          assert.ok(verdict.status === 400 || verdict.status === 404);
        } catch (error) {
          assert.ok(error instanceof Problem);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

test('a receipt is witnessed only by every witness that was named, beyond its own size, on the same history', async () => {
  const at = openCheckpoint(noteOf(honest, 30), [log]);
  const cosigned = (tree: LeafTree, size: number): string => {
    const note = noteOf(tree, size);
    return note + cosign(note.slice(0, note.indexOf('\n\n') + 1), 77, witness);
  };
  const code = async (note: string | undefined, proofs: LeafTree | undefined, witnesses = [witness]) => {
    const { findings } = await verifyWitnessed(at, {
      logKeys: [log],
      witnesses,
      cosigned: note,
      proof: (from, size) => Promise.resolve(proofs?.consistencyProof(from, size)),
    });
    return findings[0]?.code;
  };
  const forked = treeOf(100, 3);
  assert.equal(await code(cosigned(honest, 80), honest), undefined);
  assert.equal(await code(cosigned(honest, 30), undefined), undefined);
  assert.equal(await code(undefined, honest), 'witness_absent');
  assert.equal(await code(cosigned(honest, 20), honest), 'witness_absent');
  assert.equal(await code(noteOf(honest, 80), honest), 'witness_silent');
  assert.equal(
    await code(cosigned(honest, 80), honest, [witness, witnessSigner('w2', newKey())]),
    'witness_silent',
  );
  assert.equal(await code(cosigned(forked, 80), forked), 'witness_inconsistent');
  assert.equal(await code(cosigned(honest, 80), undefined), 'witness_inconsistent');
  assert.equal(await code(cosigned(honest, 80).replace('\n80\n', '\n81\n'), honest), 'witness_invalid');
});
