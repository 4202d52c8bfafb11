/**
 * Replaces node:crypto where the log's verification runs in a browser: SHA-256 and Ed25519, synchronous like its callers. Office browsers
 * (Chromium 109) have no Ed25519 of their own. Sets the global Buffer too.
 */
import { ed25519 } from '@noble/curves/ed25519';
import { sha256 } from '@noble/hashes/sha2';
import { Buffer } from 'buffer/';

/* Node's Buffer for the log's verification, with the base64url that the package lacks. */

const plain = (text: string): string => text.replaceAll('-', '+').replaceAll('_', '/');
const from = Buffer.from.bind(Buffer) as (...given: readonly unknown[]) => Buffer;
Buffer.from = ((value: unknown, encoding?: unknown, length?: unknown) =>
  encoding === 'base64url' && typeof value === 'string'
    ? from(plain(value), 'base64')
    : from(value, encoding, length)) as typeof Buffer.from;

const bytesOf = Buffer.prototype;
const written = Object.getOwnPropertyDescriptor(bytesOf, 'toString')?.value as (
  this: Buffer,
  ...given: readonly unknown[]
) => string;
bytesOf.toString = function (this: Buffer, encoding?: BufferEncoding, start?: number, end?: number): string {
  if (encoding !== 'base64url') return written.call(this, encoding, start, end);
  const text = written.call(this, 'base64', start, end);
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
};

(globalThis as { Buffer?: unknown }).Buffer = Buffer;

interface RawKey {
  readonly raw: Uint8Array;
}

/** @throws Error for any other digest */
export function hash(algorithm: string, bytes: Uint8Array, encoding: 'binary'): string {
  if (algorithm !== 'sha256') throw new Error(algorithm);
  return Buffer.from(sha256(bytes)).toString(encoding);
}

/** The last 32 bytes of an Ed25519 key's SubjectPublicKeyInfo are the key (RFC 8410). */
export const createPublicKey = ({ key }: { readonly key: Uint8Array }): RawKey => ({
  raw: key.subarray(-32),
});

/** Ed25519 of RFC 8032, as node:crypto and OpenSSL verify it. */
export function verify(_algorithm: null, bytes: Uint8Array, { raw }: RawKey, signature: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, bytes, raw, { zip215: false });
  } catch {
    return false;
  }
}

/** Nothing is signed in a browser. @throws Error */
export function sign(): never {
  throw new Error('nothing is signed here');
}
