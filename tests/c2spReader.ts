/**
 * A reader of C2SP proofs that shares no code with the product: written from the texts of tlog-proof, tlog-checkpoint, signed-note and
 * RFC 6962 §2.1, with the platform's cryptography alone. What it takes, any other tool takes.
 */
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const decoded = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'base64');
  assert.equal(bytes.toString('base64'), text, 'base64 with padding, and no other way to write it');
  return bytes;
};

/** An Ed25519 verifier key of signed-note: `name+hash+key`. */
function keyOf(vkey: string): { readonly name: string; readonly id: Buffer; readonly key: Buffer } {
  const [, name = '', id = '', encoded = ''] = /^([^+ ]+)\+([0-9a-f]{8})\+(\S+)$/.exec(vkey) ?? [];
  const data = decoded(encoded);
  assert.deepEqual([data[0], data.length], [0x01, 33], 'Ed25519');
  assert.equal(
    sha256(Buffer.from(`${name}\n`), data)
      .subarray(0, 4)
      .toString('hex'),
    id,
  );
  return { name, id: Buffer.from(id, 'hex'), key: data.subarray(1) };
}

/** The text of a note that this key signed. */
function openNote(note: string, vkey: string): string {
  const { name, id, key } = keyOf(vkey);
  const end = note.lastIndexOf('\n\n');
  const [text, lines] = [note.slice(0, end + 1), note.slice(end + 2).split('\n')];
  assert.equal(lines.pop(), '', 'the last line ends');
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]);
  const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const signed = lines.some((line) => {
    const [dash, by, encoded = ''] = line.split(' ');
    const bytes = decoded(encoded);
    const isOurs = dash === '—' && by === name && bytes.subarray(0, 4).equals(id);
    return isOurs && verify(null, Buffer.from(text), publicKey, bytes.subarray(4));
  });
  assert.ok(signed, 'no signature of that key');
  return text;
}

/** @throws AssertionError unless the entry is where the proof states, below a checkpoint that the key signed @returns its index */
export function provenIndex(proof: string, entry: Uint8Array, vkey: string): number {
  const gap = proof.indexOf('\n\n');
  const [head, ...lines] = proof.slice(0, gap).split('\n');
  assert.equal(head, 'c2sp.org/tlog-proof@v1');
  if (lines[0]?.startsWith('extra ') === true) lines.shift();
  const index = Number(/^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '')?.[1]);
  const [origin = '', sizeLine = '', rootLine = ''] = openNote(proof.slice(gap + 2), vkey).split('\n');
  assert.ok(vkey.startsWith(`${origin}+`), 'the log of that key');
  const size = Number(sizeLine);
  assert.ok(index < size);
  // RFC 9162 §2.1.3.2
  let [fn, sn] = [index, size - 1];
  let root = sha256(Buffer.of(0x00), entry);
  for (const sibling of lines.map(decoded)) {
    assert.ok(sn > 0, 'a path that is too long');
    if (fn % 2 === 1 || fn === sn) {
      root = sha256(Buffer.of(0x01), sibling, root);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else root = sha256(Buffer.of(0x01), root, sibling);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  assert.equal(sn, 0, 'a path that is too short');
  assert.equal(root.toString('base64'), rootLine);
  return index;
}
