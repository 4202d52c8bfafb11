/**
 * Reads columns of rows as raw bytes. The driver reads every value of an ordinary reply as text, in which bytes are hexadecimal: twice
 * the size, encoded on one side and decoded on the other. Binary COPY sends the bytes unchanged. Each row is processed when it arrives
 * and rows are not buffered, so request a value of megabytes in slices.
 */
import type { Connection, Pool, Submittable } from 'pg';
import { withConnection, type Transaction } from './transaction.ts';

/** Receives one row. @param columns null for NULL; the bytes belong to the driver, so copy them to retain them */
type TakeRow = (columns: readonly (Buffer | null)[]) => void;

/**
 * @param select a statement without parameters; it contains no unchecked external input
 * @param take called for each row; its exception is thrown here, once the statement has ended
 */
export function binaryRows(pool: Pool, select: string, take: TakeRow): Promise<void> {
  const rows = new RowsInCopy(take);
  return withConnection(pool, (client) => copy(client, select, (chunk) => rows.add(chunk)));
}

/** The same in an open transaction, however long it takes. @param statement a SELECT, or a change with RETURNING */
export function copiedRows(transaction: Transaction, statement: string, take: TakeRow): Promise<void> {
  const rows = new RowsInCopy(take);
  return copiedBytes(transaction, statement, (chunk) => rows.add(chunk));
}

/** By transaction: maximum milliseconds of a COPY. */
const limits = new WeakMap<Transaction, number>();

/** Limits each statement of an open transaction, also those that otherwise take as long as they need. */
export async function limitStatements(transaction: Transaction, maxMs: number): Promise<void> {
  limits.set(transaction, maxMs);
  await transaction.query(`SET LOCAL statement_timeout = ${maxMs}`);
}

/** At the end of a transaction whose connection goes on. */
export const endLimit = (transaction: Transaction): void => void limits.delete(transaction);

/**
 * The bytes of the binary COPY format as they come, however long it takes, unless the transaction has a limit.
 * @param statement without parameters
 */
export async function copiedBytes(
  transaction: Transaction,
  statement: string,
  take: (chunk: Buffer) => void,
): Promise<void> {
  await transaction.query(`SET LOCAL statement_timeout = ${limits.get(transaction) ?? 0}`);
  await copy(transaction, statement, take, maxTimeoutMs);
}

/** ms: 24 days */
const maxTimeoutMs = 2 ** 31 - 1;

const copy = (
  client: Transaction,
  statement: string,
  take: (chunk: Buffer) => void,
  deadline?: number,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const text = `COPY (${statement}) TO STDOUT (FORMAT binary)`;
    const submitted = new BinaryCopy(text, take, resolve, reject);
    client.query(deadline === undefined ? submitted : Object.assign(submitted, { query_timeout: deadline }));
  });

/**
 * Bytes after which other work of the process has its turn, a millisecond or two. While data arrives without a pause, libuv would read and
 * process two megabytes in one turn of the event loop, and each call has many turns.
 */
const bytesInTurn = 64 * 1024;

/** The driver's interface for a statement that handles COPY data itself. */
class BinaryCopy implements Submittable {
  /** the driver wraps it in its deadline; it is called once the statement has ended */
  callback: (error: Error | null) => void;
  private readonly text: string;
  private readonly take: (chunk: Buffer) => void;
  private failure: Error | undefined;
  private stream: Connection['stream'] | undefined;
  private bytes = 0;

  constructor(text: string, take: (chunk: Buffer) => void, done: () => void, failed: (error: Error) => void) {
    this.text = text;
    this.take = take;
    this.callback = (error) => {
      const failure = error ?? this.failure;
      if (failure === undefined) done();
      else failed(failure);
    };
  }

  submit(connection: Connection): void {
    this.stream = connection.stream;
    connection.query(this.text);
  }

  handleCopyData({ chunk }: { readonly chunk: Uint8Array }): void {
    if (this.failure !== undefined) return;
    try {
      this.take(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    } catch (error) {
      this.failure = error as Error;
    }
    this.bytes += chunk.length;
    const { stream } = this;
    if (this.bytes < bytesInTurn || stream === undefined) return;
    this.bytes = 0;
    stream.pause();
    setImmediate(() => stream.resume());
  }

  handleCommandComplete(): void {
    // handleReadyForQuery reports it
  }

  handleReadyForQuery(): void {
    this.callback(null);
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}

const nothing = Buffer.alloc(0);

/**
 * Positions of the values of an array whose column was read in binary: begin and end of each, consecutively. Thousands of values in one
 * row cost a fraction of as many rows.
 * @throws TypeError where one of them is NULL
 */
export function placesInArray(array: Buffer): Int32Array {
  const places = new Int32Array(2 * countInArray(array, 0));
  let nth = 0;
  eachInArray(array, 0, (from, to) => {
    places[nth] = from;
    places[nth + 1] = to;
    nth += 2;
  });
  if (nth < places.length) throw new TypeError('a value is NULL');
  return places;
}

/** Texts of an array whose column was read in binary, row after row where it has two dimensions; null where one is NULL. */
export function textsInArray(array: Buffer): (string | null)[] {
  const texts = new Array<string | null>(countInArray(array, 0)).fill(null);
  let place = firstInArray(array, 0);
  for (let nth = 0; nth < texts.length; nth += 1) {
    const length = array.readInt32BE(place);
    place += 4;
    if (length < 0) continue;
    texts[nth] = array.toString('utf8', place, place + length);
    place += length;
  }
  return texts;
}

/** An `int8` that a number can represent exactly, read without an extra object. */
export const int8At = (bytes: Buffer, at: number): number =>
  bytes.readInt32BE(at) * 2 ** 32 + bytes.readUInt32BE(at + 4);

/** Follows the number of dimensions, the NULL flag, and the type; then length and lower bound of each dimension. */
const firstInArray = (bytes: Buffer, at: number): number => at + 12 + 8 * bytes.readInt32BE(at);

/** Number of values of an array that begins within other bytes, NULLs included. */
export function countInArray(bytes: Buffer, at: number): number {
  const dimensions = bytes.readInt32BE(at);
  let count = dimensions === 0 ? 0 : 1;
  for (let nth = 0; nth < dimensions; nth += 1) count *= bytes.readInt32BE(at + 12 + 8 * nth);
  return count;
}

/** Calls `visit` with begin and end of each non-NULL value. @returns the end of the array */
export function eachInArray(bytes: Buffer, at: number, visit: (from: number, to: number) => void): number {
  const count = countInArray(bytes, at);
  let place = firstInArray(bytes, at);
  for (let nth = 0; nth < count; nth += 1) {
    const from = place + 4;
    place = from + Math.max(0, bytes.readInt32BE(place));
    if (bytes.readInt32BE(from - 4) >= 0) visit(from, place);
  }
  return place;
}

/** PGCOPY, newline, FF, CR, newline, NUL; flags; length of a header extension, which no server has sent so far */
const headBytes = 11 + 4 + 4;

/** Parses PostgreSQL's binary COPY format from chunks cut at any position. */
class RowsInCopy {
  private readonly take: TakeRow;
  private rest: Buffer = nothing;
  /** bytes to skip before the first row; unknown until the head has arrived */
  private before: number | undefined;

  constructor(take: TakeRow) {
    this.take = take;
  }

  add(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    if (this.before === undefined && bytes.length >= headBytes)
      this.before = headBytes + bytes.readUInt32BE(headBytes - 4);
    if (this.before !== undefined) {
      at = Math.min(this.before, bytes.length);
      this.before -= at;
      if (this.before === 0) at = this.rowsFrom(bytes, at);
    }
    this.rest = at === bytes.length ? nothing : Buffer.from(bytes.subarray(at));
  }

  /** @returns the position of the first incomplete row */
  private rowsFrom(bytes: Buffer, from: number): number {
    for (let start = from; ;) {
      let at = start + 2;
      if (at > bytes.length) return start;
      const count = bytes.readInt16BE(start);
      if (count < 0) return at; // the end
      const columns: (Buffer | null)[] = [];
      while (columns.length < count) {
        if (at + 4 > bytes.length) return start;
        const length = bytes.readInt32BE(at);
        at += 4;
        if (length >= 0 && at + length > bytes.length) return start;
        columns.push(length < 0 ? null : bytes.subarray(at, at + length));
        at += Math.max(0, length);
      }
      this.take(columns);
      start = at;
    }
  }
}
