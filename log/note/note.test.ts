import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../terms/problem.ts';
import {
  claimedCheckpoint,
  openCheckpoint,
  parseCheckpointText,
  signCheckpoint,
  signTimedCheckpoint,
  type Checkpoint,
} from '../checkpoint.ts';
import { emptyRoot } from '../hash.ts';
import { parseTlogProof, tlogProofText } from '../tlogProof.ts';
import { noteSigner, parseVkey } from './noteKey.ts';
import { openNote, signNote } from './signedNote.ts';
import { newNotePair } from '../../machine/newKeyPair.ts';

const isProblem =
  (...codes: readonly string[]) =>
  (error: unknown) =>
    error instanceof Problem && codes.includes(error.code);
const newSigner = (name: string) => noteSigner(name, newNotePair().privateKey);
const signer = newSigner('datong/yunqi');

describe('vectors published with the format', () => {
  // The key pair and note of the documentation of golang.org/x/mod/sumdb/note.
  const seed = 'YEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
  const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
  const text =
    'If you think cryptography is the answer to your problem,\nthen you don’t know what your problem is.\n'.replace(
      '’',
      "'",
    );
  const note = `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;

  test('a published note opens with its published key, and ours is the same to the byte', () => {
    assert.equal(openNote(note, [parseVkey(vkey)]).text, text);
    const raw = Buffer.from(`A${seed}`, 'base64').subarray(1);
    const privateKey = createPrivateKey({
      key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), raw]),
      format: 'der',
      type: 'pkcs8',
    });
    const key = noteSigner('PeterNeumann', privateKey);
    assert.equal(key.vkey, vkey);
    assert.equal(signNote(text, key), note);
  });
});

describe('signed notes', () => {
  const note = signNote('one\n\ntwo\n', signer);

  test('open with the key that signed, also among strangers’ signatures', () => {
    const stranger = signNote('one\n\ntwo\n', newSigner('witness'));
    const both = `${note}${stranger.slice(stranger.lastIndexOf('\n\n') + 2)}`;
    assert.equal(openNote(both, [signer]).text, 'one\n\ntwo\n');
    assert.deepEqual(
      openNote(both, [parseVkey(signer.vkey)]).signers.map((one) => one.name),
      ['datong/yunqi'],
    );
  });

  test('another key of the same name is a stranger, a false signature by the known key is refused', () => {
    assert.throws(() => openNote(note, [newSigner('datong/yunqi')]), isProblem('note_key_unknown'));
    assert.throws(() => openNote(note.replace('two', 'too'), [signer]), isProblem('note_signature_invalid'));
  });

  test('no byte of it can be changed unseen', () => {
    const bytes = Buffer.from(signCheckpoint(7, emptyRoot, signer));
    for (let at = 0; at < bytes.length; at += 1) {
      for (const bit of [1, 32, 128]) {
        const altered = Buffer.from(bytes);
        altered[at] = (altered[at] ?? 0) ^ bit;
        assert.throws(
          () => openCheckpoint(altered.toString('utf8'), [signer]),
          isProblem('note_malformed', 'note_key_unknown', 'note_signature_invalid', 'checkpoint_malformed'),
        );
      }
    }
  });

  test('malformed notes are refused, never crash', () => {
    const bad = [
      '',
      '\n',
      '\n\n',
      'text\n',
      'text\n\n— \n',
      'text\n\n— a b\n',
      note.trimEnd(),
      `${note}x`,
      note.replace('\n', '\r\n'),
    ];
    for (const text of [
      ...bad,
      `a\0\n\n— x AAAA\n`,
      'x'.repeat(70_000),
      `a\n${'\n— n AAAAAAAA'.repeat(99)}\n`,
      '\ud800\n\n— n AAAAAAAA\n',
    ]) {
      assert.throws(() => openNote(text, [signer]), Problem);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        assert.throws(() => openNote(text, [signer]), Problem);
        assert.throws(() => parseVkey(text), Problem);
        assert.throws(() => parseTlogProof(text), Problem);
        assert.throws(() => claimedCheckpoint(text), Problem);
      }),
    );
  });

  test('a vkey whose id, type or name was changed is refused', () => {
    const [name = '', id = '', key = ''] = signer.vkey.split('+');
    assert.equal(parseVkey(` ${signer.vkey}\n`).vkey, signer.vkey);
    for (const text of [
      `other+${id}+${key}`,
      `${name}+00000000+${key}`,
      `${name}+${id}+${key.slice(1)}A`,
      `${name}+${id}`,
      `a b+${id}+${key}`,
    ]) {
      assert.throws(() => parseVkey(text), isProblem('vkey_malformed'));
    }
  });
});

describe('checkpoints and proofs as text', () => {
  test('a checkpoint states origin, size and root, and a key signs only for its own log', () => {
    const note = signCheckpoint(12, emptyRoot, signer);
    assert.deepEqual(openCheckpoint(note, [signer]), { origin: 'datong/yunqi', size: 12, root: emptyRoot });
    const foreign = signNote(`datong/other\n12\n${emptyRoot.toString('base64')}\n`, signer);
    assert.throws(() => openCheckpoint(foreign, [signer]), isProblem('note_key_unknown'));
  });

  test('the time of a checkpoint is signed; one without a time, as of an earlier release, verifies', () => {
    const note = signTimedCheckpoint(12, emptyRoot, 1_795_780_000_999, signer);
    assert.equal(openCheckpoint(note, [signer]).time, 1_795_780_000);
    assert.equal(openCheckpoint(signCheckpoint(12, emptyRoot, signer), [signer]).time, undefined);
    const later = note.replace('time 1795780000', 'time 1795780001');
    assert.throws(() => openCheckpoint(later, [signer]), isProblem('note_signature_invalid'));
    const other = signNote(`datong/yunqi\n12\n${emptyRoot.toString('base64')}\ntime soon\n`, signer);
    assert.equal(openCheckpoint(other, [signer]).time, undefined, 'an extension line of another form');
    const timed = (time: number): Checkpoint =>
      parseCheckpointText(`o\n3\n${emptyRoot.toString('base64')}\ntime ${time}\n`);
    assert.equal(timed(253_402_300_799).time, 253_402_300_799);
    for (const time of [253_402_300_800, 8_640_000_000_001, Number.MAX_SAFE_INTEGER])
      assert.equal(timed(time).time, undefined, 'a time that no date shows');
  });

  test('sizes and roots have one form', () => {
    const root = emptyRoot.toString('base64');
    const good = `o\n3\n${root}\n`;
    assert.equal(parseCheckpointText(good).size, 3);
    assert.equal(parseCheckpointText(`${good}extension\n`).size, 3);
    for (const text of [
      `o\n03\n${root}\n`,
      `o\n-1\n${root}\n`,
      `o\n1e3\n${root}\n`,
      `o\n9007199254740992\n${root}\n`,
      `o\n99999999999999999999\n${root}\n`,
      `\n3\n${root}\n`,
      `o\n3\n${root}`,
      `o\n3\n${root.slice(4)}\n`,
      `o\n3\n${root.replace('=', '')}\n`,
      `o\n3\n${root}\n\nx\n`,
      'o\n3\n',
      '',
    ]) {
      assert.throws(() => parseCheckpointText(text), isProblem('checkpoint_malformed'), text);
    }
  });

  test('a proof reads back with its statements; other extra data is ignored; hostile ones are refused', () => {
    const proof = {
      index: 5,
      path: [emptyRoot, emptyRoot],
      checkpoint: signCheckpoint(9, emptyRoot, signer),
    };
    const text = tlogProofText(proof);
    assert.deepEqual(parseTlogProof(text), proof);
    for (const extra of ['AAAA', '', '=', Buffer.from('[]').toString('base64'), 'A'.repeat(9_000)])
      assert.deepEqual(parseTlogProof(text.replace('\nindex', `\nextra ${extra}\nindex`)), proof, extra);
    for (const notes of ['"a"', '[1]', '["a","b","c","d","e"]', '{}']) {
      const extra = Buffer.from(`{"logKeyRotations":${notes}}`).toString('base64');
      assert.deepEqual(parseTlogProof(text.replace('\nindex', `\nextra ${extra}\nindex`)), proof, notes);
    }
    const rotations = ['a', 'b', 'c', 'd', 'e'];
    const led = parseTlogProof(tlogProofText({ ...proof, rotations }));
    assert.deepEqual(led, { ...proof, rotations: rotations.slice(1) }, 'the newest four');
    assert.deepEqual(parseTlogProof(tlogProofText({ ...proof, rotations: [] })), proof);
    assert.deepEqual(parseTlogProof(tlogProofText({ ...proof, path: [] })).path, []);
    const hash = `${emptyRoot.toString('base64')}\n`;
    for (const bad of [
      text.replace('@v1', '@v2'),
      text.replace('index 5', 'index 05'),
      text.replace('index 5', 'index 99999999999999999999'),
      text.replace('index 5\n', ''),
      text.replace(hash, hash.slice(4)),
      text.replace(hash, hash.repeat(60)),
      'x'.repeat(90_000),
    ]) {
      assert.throws(() => parseTlogProof(bad), isProblem('proof_malformed'));
    }
  });
});
