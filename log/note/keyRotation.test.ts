import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { checkpointText, openCheckpoint, signCheckpoint } from '../checkpoint.ts';
import { emptyRoot } from '../hash.ts';
import {
  anchoredLogKeys,
  bearsUnknownKey,
  followRotations,
  parseRotation,
  rotationsOf,
  signRotation,
} from './keyRotation.ts';
import { noteSigner, parseVkey, type NoteSigner } from './noteKey.ts';
import { signNote } from './signedNote.ts';
import { newNotePair } from '../../machine/newKeyPair.ts';

const origin = 'datong/yunqi';
const newKey = (name = origin): NoteSigner => noteSigner(name, newNotePair().privateKey);
const [first, second, third, thief] = [newKey(), newKey(), newKey(), newKey()];
const toSecond = signRotation(first, second, 100);
const toThird = signRotation(second, third, 250);
const vkey = (key: NoteSigner) => parseVkey(key.vkey);
const signed = (size: number, key: NoteSigner, ...others: NoteSigner[]): string =>
  signCheckpoint(size, emptyRoot, key, ...others);
const isProblem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;
const refused = (action: () => unknown, code = 'log_rotation_invalid'): void =>
  assert.throws(action, isProblem(code));

describe('a statement', () => {
  test('names both keys and the size from which the new one signs', () => {
    const { old, next, from } = parseRotation(toSecond);
    assert.deepEqual([old.vkey, next.vkey, from], [first.vkey, second.vkey, 100]);
    assert.equal(signRotation(first, second, 100), toSecond);
  });

  test('is signed by both: with one signature, another’s, or another text it does not hold', () => {
    const text = `datong log key rotation 1\n100\n${first.vkey}\n${second.vkey}\n`;
    assert.equal(signNote(text, first, second), toSecond);
    for (const note of [
      signNote(text, first),
      signNote(text, second),
      signNote(text, first, thief),
      toSecond.replace('\n100\n', '\n101\n'),
      toSecond.replace(first.vkey, thief.vkey),
      signNote(text.replace('100', '0100'), first, second),
      signNote(text.replace('100', '0'), first, second),
      signNote(text.replace('100', '9007199254740992'), first, second),
      signNote(text.replace('rotation 1', 'rotation 2'), first, second),
      signNote(`${text}more\n`, first, second),
      signNote(`datong log key rotation 1\n100\n${first.vkey}\n${first.vkey}\n`, first),
      signNote(text.replace(second.vkey, newKey('datong/other').vkey), first, second),
      'x',
      '',
    ])
      refused(() => parseRotation(note));
  });

  test('is of two keys of one log and begins at a size', () => {
    assert.throws(() => signRotation(first, first, 1), TypeError);
    assert.throws(() => signRotation(first, newKey('datong/other'), 1), TypeError);
    assert.throws(() => signRotation(first, second, 0), TypeError);
  });

  test('is no checkpoint, and no checkpoint is a statement', () => {
    refused(() => openCheckpoint(toSecond, [vkey(first), vkey(second)]), 'checkpoint_malformed');
    refused(() => parseRotation(signed(100, first, second)));
    const named = signNote(checkpointText({ origin, size: 1, root: emptyRoot }), first, second);
    refused(() => parseRotation(named));
  });
});

describe('who trusts one key of a log', () => {
  const chain = [toThird, toSecond];
  const opens = (trusted: NoteSigner, note: string): number =>
    openCheckpoint(note, followRotations([vkey(trusted)], chain)).size;

  test('trusts every key of the chain, whichever it began with, each to its end and whatever the order', () => {
    for (const trusted of [first, second, third]) {
      assert.equal(opens(trusted, signed(99, first)), 99);
      assert.equal(opens(trusted, signed(100, second, first)), 100);
      assert.equal(opens(trusted, signed(249, second)), 249);
      assert.equal(opens(trusted, signed(1_000_000, third)), 1_000_000);
      // a log that went on from an older backup: the new key signs what the old one would have
      assert.equal(opens(trusted, signed(50, third)), 50);
    }
  });

  test('refuses a key that no chain leads to', () => {
    refused(() => openCheckpoint(signed(120, second), [vkey(first)]), 'note_key_unknown');
    refused(() => opens(first, signed(300, thief)), 'note_key_unknown');
    const elsewhere = followRotations([vkey(first)], [signRotation(thief, newKey(), 10)]);
    assert.deepEqual(
      elsewhere.map((key) => key.vkey),
      [first.vkey],
    );
  });

  test('refuses an old key alone from its end on, also when another key signs too', () => {
    for (const trusted of [first, second, third]) {
      refused(() => opens(trusted, signed(100, first)), 'note_key_ended');
      refused(() => opens(trusted, signed(1_000, first)), 'note_key_ended');
      refused(() => opens(trusted, signed(250, second, first)), 'note_key_ended');
      refused(() => opens(trusted, signed(300, first, thief)), 'note_key_ended');
    }
  });

  test('refuses a second successor that a stolen old key names, before or after the true one', () => {
    for (const from of [1, 100, 101]) {
      const forged = signRotation(first, thief, from);
      refused(() => followRotations([vkey(first)], [toSecond, forged]));
      refused(() => followRotations([vkey(third)], [...chain, forged]));
      refused(() => followRotations(followRotations([vkey(first)], chain), [forged]));
    }
    refused(() => followRotations([vkey(third)], [...chain, signRotation(thief, third, 300)]));
    refused(() => followRotations([vkey(first)], [...chain, signRotation(third, first, 300)]));
  });

  test('continues from the known statements', () => {
    const known = followRotations([vkey(first)], [toSecond]);
    assert.deepEqual(rotationsOf(known), [toSecond]);
    const more = followRotations(known, [toThird]);
    assert.deepEqual(
      more.map((key) => [key.vkey, key.ended?.from]),
      [
        [first.vkey, 100],
        [second.vkey, 250],
        [third.vkey, undefined],
      ],
    );
  });

  test('takes the same statement twice as one, and refuses what is none', () => {
    assert.equal(followRotations([vkey(first)], [toSecond, toSecond]).length, 2);
    refused(() => followRotations([vkey(first)], [toSecond, toSecond.slice(0, -2)]));
    const many = Array.from({ length: 1_001 }, (_, i) => String(i));
    refused(() => followRotations([vkey(first)], many));
  });

  test('sees from a checkpoint that the log has another key', () => {
    assert.equal(bearsUnknownKey(signed(100, second, first), [vkey(first)]), true);
    assert.equal(bearsUnknownKey(signed(100, second, first), [vkey(first), vkey(second)]), false);
    assert.equal(bearsUnknownKey(signNote('x\n', first, newKey('witness')), [vkey(first)]), false);
    assert.equal(bearsUnknownKey('no note', [vkey(first)]), false);
  });
});

test('the keys of anchors come with their ends', () => {
  const keys = anchoredLogKeys({ logKeys: [second.vkey], logKeyRotations: [toSecond] });
  assert.deepEqual(
    keys.map(({ vkey: text, ended }) => [text, ended?.from]),
    [
      [second.vkey, undefined],
      [first.vkey, 100],
    ],
  );
});
