/** The same bytes in memory of their own: `slice` makes none of a Buffer, and shared memory of shared memory. */
export const copied = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
