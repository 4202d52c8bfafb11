/** Where what was made of a file is put: memory of its own, or a place that both sides of a thread see. */
export interface Shelf {
  /** @param bytes how many are needed; the place begins at a multiple of eight */
  place(bytes: number): { readonly buffer: ArrayBufferLike; readonly at: number };
}

/** Memory of its own for each thing. */
export const ownMemory: Shelf = { place: (bytes) => ({ buffer: new ArrayBuffer(bytes), at: 0 }) };

const aligned = (at: number): number => (at + 7) & ~7;

/** What is behind some bytes in their shared memory, as far as it goes; memory of its own for what finds no room there. */
export function shelfBehind({ buffer, byteOffset, length }: Uint8Array): Shelf {
  if (!(buffer instanceof SharedArrayBuffer)) return ownMemory;
  let at = aligned(byteOffset + length);
  return {
    place: (bytes) => {
      if (at + bytes > buffer.byteLength) return ownMemory.place(bytes);
      const found = { buffer, at };
      at = aligned(at + bytes);
      return found;
    },
  };
}
