/**
 * Streams sealed with a secret key: chunks of 64 KiB under AES-256-GCM whose nonce counts them and marks the last one. So chunks cannot
 * be changed, moved, dropped or cut off at the end (the STREAM construction of Hoang, Reyhanitabar, Rogaway, Vizár 2015). File = magic
 * line, 32 bytes of salt, chunks. The file's own key is HMAC-SHA256(key, magic ‖ salt).
 */
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { FaultWord } from '../../../terms/factWords.ts';
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  randomBytes,
  type DecipherGCM,
  type KeyObject,
} from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';

const magic = Buffer.from('datong-backup-1\n');
const saltBytes = 32;
const chunkBytes = 65_536;
const tagBytes = 16;
const algorithm = 'aes-256-gcm';

const fileKey = (key: KeyObject, salt: Uint8Array): Buffer =>
  createHmac('sha256', key).update(magic).update(salt).digest();

function nonce(counter: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUIntBE(counter, 5, 6);
  bytes[11] = last ? 1 : 0;
  return bytes;
}

/** Cuts a stream into pieces of exactly `size` bytes, and marks the last one; the last is shorter, and empty for an empty stream. */
async function* pieces(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<{ readonly bytes: Buffer; readonly last: boolean }> {
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const part of source) {
    held.push(part);
    length += part.length;
    // one byte more than a piece shows that the piece is not the last
    if (length <= size) continue;
    const all = Buffer.concat(held, length);
    let at = 0;
    for (; length - at > size; at += size) yield { bytes: all.subarray(at, at + size), last: false };
    held = [all.subarray(at)];
    length -= at;
  }
  yield { bytes: Buffer.concat(held, length), last: true };
}

export async function* sealStream(key: KeyObject, plain: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const salt = randomBytes(saltBytes);
  const secret = fileKey(key, salt);
  yield Buffer.concat([magic, salt]);
  let counter = 0;
  for await (const { bytes, last } of pieces(plain, chunkBytes)) {
    const cipher = createCipheriv(algorithm, secret, nonce(counter++, last));
    yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }
}

/** @throws Problem backup_unreadable at the first invalid chunk; the chunks yielded before are authentic */
export async function* openStream(key: KeyObject, sealed: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const { head, rest } = await split(sealed, magic.length + saltBytes);
  if (!head.subarray(0, magic.length).equals(magic)) throw unreadable('not an archive of this hub');
  const secret = fileKey(key, head.subarray(magic.length));
  let counter = 0;
  for await (const { bytes, last } of pieces(rest, chunkBytes + tagBytes)) {
    const end = bytes.length - tagBytes;
    if (end < 0) throw unreadable(chunkName(counter));
    const decipher = createDecipheriv(algorithm, secret, nonce(counter, last), { authTagLength: tagBytes });
    decipher.setAuthTag(bytes.subarray(end));
    yield opened(decipher, bytes.subarray(0, end), chunkName(counter));
    counter += 1;
  }
}

function opened(decipher: DecipherGCM, bytes: Uint8Array, what: Bilingual): Buffer {
  try {
    return Buffer.concat([decipher.update(bytes), decipher.final()]);
  } catch (cause) {
    throw unreadable(what, cause);
  }
}

const chunkName = (counter: number): Bilingual => ({ zh: `第 ${counter} 块`, en: `chunk ${counter}` });

/** The first `size` bytes, and the stream of the others. */
async function split(
  source: AsyncIterable<Uint8Array>,
  size: number,
): Promise<{ readonly head: Buffer; readonly rest: AsyncIterable<Uint8Array> }> {
  const parts = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  while (held.length < size) {
    const next = await parts.next();
    if (next.done === true) throw unreadable('no head');
    held = Buffer.concat([held, next.value]);
  }
  async function* rest(): AsyncGenerator<Uint8Array> {
    yield held.subarray(size);
    yield* { [Symbol.asyncIterator]: () => parts };
  }
  return { head: held.subarray(0, size), rest: rest() };
}

const unreadable = (reason: FaultWord | Bilingual, cause?: unknown): Problem =>
  new Problem('backup_unreadable', { reason }, cause === undefined ? {} : { cause });
