/** A copy of the bytes in separate memory: `slice` of a Buffer copies nothing, and of shared memory gives shared memory. */
export const copied = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
