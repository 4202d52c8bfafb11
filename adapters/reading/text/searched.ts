/** The same bytes, for searching a byte: a Buffer finds it in a quarter of the time, especially in shared memory. */
export const searched = ({ buffer, byteOffset, length }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, length);
