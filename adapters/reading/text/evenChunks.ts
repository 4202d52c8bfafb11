import type { Bytes } from '../reader.ts';

const chunkBytes = 64 * 1024;

/**
 * The same bytes in chunks of one size. What a reader decides by the text that it has so far (an encoding, a separator, what it reports
 * first) is then the same however the bytes arrive. Whole chunks are passed on without a copy.
 */
export async function* evenChunks(bytes: Bytes): Bytes {
  let parts: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + chunkBytes - held);
      parts.push(part);
      held += part.length;
      at += part.length;
      if (held < chunkBytes) break;
      yield joined(parts, held);
      parts = [];
      held = 0;
    }
  }
  if (held > 0) yield joined(parts, held);
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length);
}
