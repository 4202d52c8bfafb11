/** The bytes chunk by chunk; each holds until the next is asked for, and is written over then. */
export async function* passingChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const room = new Uint8Array(Math.min(size, bytes.length));
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = room.subarray(0, Math.min(size, bytes.length - at));
    chunk.set(bytes.subarray(at, at + size));
    yield await Promise.resolve(chunk);
    room.fill(0x22);
  }
}

/** The bytes chunk by chunk, for a reader that retains them. */
export async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}
