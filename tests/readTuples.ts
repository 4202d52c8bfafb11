/** Fields of the tuples of PostgreSQL's binary COPY format, null for NULL. */
export function readTuples(tuples: Uint8Array): (Buffer | null)[][] {
  const bytes = Buffer.from(tuples);
  const found: (Buffer | null)[][] = [];
  for (let at = 0; at < bytes.length;) {
    const fields: (Buffer | null)[] = [];
    const count = bytes.readInt16BE(at);
    at += 2;
    while (fields.length < count) {
      const length = bytes.readInt32BE(at);
      at += 4;
      fields.push(length === -1 ? null : bytes.subarray(at, (at += length)));
    }
    found.push(fields);
  }
  return found;
}

/** A line for each tuple, to be compared, without the number of its record. */
export const linesOfTuples = (tuples: Uint8Array): string[] =>
  readTuples(tuples).map((fields) =>
    fields
      .toSpliced(-2, 1)
      .map((field) => field?.toString('latin1') ?? '-')
      .join('\t'),
  );
