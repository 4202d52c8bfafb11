/** Memory for the results of reading a file: newly allocated, or shared between both sides of a thread. */
export interface Shelf {
  /** @param bytes how many are needed; the place begins at a multiple of eight */
  place(bytes: number): { readonly buffer: ArrayBufferLike; readonly at: number };
}

/** Allocates separate memory for each result. */
export const ownMemory: Shelf = { place: (bytes) => ({ buffer: new ArrayBuffer(bytes), at: 0 }) };

const aligned = (at: number): number => (at + 7) & ~7;

/** The unused space after some bytes in their shared memory; results that do not fit get separate memory. */
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
