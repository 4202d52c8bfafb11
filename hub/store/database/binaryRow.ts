/**
 * One row's columns as the bytes they are. The driver reads every value of an ordinary reply as text, in which bytes are hexadecimal: twice
 * as many, written on one side and read on the other. COPY in its binary form sends them as they lie.
 */
import type { Connection, Pool, Submittable } from 'pg';
import { withConnection } from './transaction.ts';

/**
 * @param select a statement without parameters, of at most one row; nothing in it comes from outside unchecked
 * @returns its columns, null for NULL; undefined where there is no row
 */
export async function binaryRow(pool: Pool, select: string): Promise<readonly (Buffer | null)[] | undefined> {
  const copied = await withConnection(
    pool,
    (client) =>
      new Promise<Buffer>((resolve, reject) => {
        client.query(new BinaryCopy(`COPY (${select}) TO STDOUT (FORMAT binary)`, resolve, reject));
      }),
  );
  return rowIn(copied);
}

/** What the driver asks of a statement that takes COPY data itself. */
class BinaryCopy implements Submittable {
  /** wrapped by the driver's deadline: called once the statement has ended */
  callback: (error: Error | null) => void;
  private readonly text: string;
  private readonly pieces: Buffer[] = [];

  constructor(text: string, done: (bytes: Buffer) => void, failed: (error: Error) => void) {
    this.text = text;
    this.callback = (error) => (error === null ? done(Buffer.concat(this.pieces)) : failed(error));
  }

  submit(connection: Connection): void {
    connection.query(this.text);
  }

  handleCopyData({ chunk }: { readonly chunk: Uint8Array }): void {
    this.pieces.push(Buffer.from(chunk)); // the driver uses its buffer again
  }

  handleCommandComplete(): void {
    // told by handleReadyForQuery
  }

  handleReadyForQuery(): void {
    this.callback(null);
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}

/** PGCOPY, newline, FF, CR, newline, NUL; flags; length of an extension, which no server has sent so far */
const headBytes = 11 + 4;

/** The first row of PostgreSQL's binary COPY format. @throws RangeError where the bytes end too early */
function rowIn(bytes: Buffer): (Buffer | null)[] | undefined {
  let at = headBytes + 4 + bytes.readUInt32BE(headBytes);
  const columns = bytes.readInt16BE(at);
  at += 2;
  if (columns < 0) return undefined;
  return Array.from({ length: columns }, () => {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0) return null;
    at += length;
    return bytes.subarray(at - length, at);
  });
}
