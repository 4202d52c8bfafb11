import { sha256 } from '@noble/hashes/sha2';

const slice = 4 << 20;

/**
 * SHA-256 of a file, hex, read piece by piece.
 * @param read called with the number of bytes read
 * @throws DOMException once it is aborted, or if the file cannot be read
 */
export async function digestOf(
  file: Blob,
  signal: AbortSignal,
  read: (bytes: number) => void,
): Promise<string> {
  const hash = sha256.create();
  for (let at = 0; at < file.size; at += slice) {
    signal.throwIfAborted();
    const bytes = new Uint8Array(await file.slice(at, at + slice).arrayBuffer());
    signal.throwIfAborted();
    hash.update(bytes);
    read(Math.min(at + slice, file.size));
  }
  return [...hash.digest()].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
