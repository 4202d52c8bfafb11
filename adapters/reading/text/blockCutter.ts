import { Problem } from '../../../terms/problem.ts';
import { copied } from './copied.ts';
import { searched } from './searched.ts';

const LF = 10;
const CR = 13;

/** Minimum size of a block, so that tiny chunks do not make the readers rescan. */
const blockBytes = 64 * 1024;

/**
 * Bytes that an open line may have in addition to the limit before `take` rejects it: its line end, which does not count, may be cut in two,
 * also in UTF-16. `check` is exact.
 */
const slack = 4;

/** Collects chunks until they contain a line end and are large enough, and cuts after the last line end. */
export class BlockCutter {
  private parts: Uint8Array[] = [];
  private held = 0;
  /** number of bytes after the last line end */
  private tail = 0;
  /** whether the last chunk ended with a CR: it ends a line, unless an LF follows */
  private cr = false;
  private line = 1;
  private offset: number;
  /** line and offset of the block that was returned last */
  private start = { line: 1, offset: 0 };
  private readonly limit: number;

  /** @param limit maximum length of a line in bytes, without its line end @param offset of the first chunk in the file */
  constructor(limit: number, offset = 0) {
    this.limit = limit;
    this.offset = offset;
  }

  /** @throws Problem file_record_too_long for a line that does not end: bytes are not retained to find its end */
  take(chunk: Uint8Array): Uint8Array | undefined {
    if (chunk.length === 0) return undefined;
    if (this.cr && chunk[0] !== LF) this.tail = 0;
    this.cr = chunk[chunk.length - 1] === CR;
    this.parts.push(chunk);
    this.held += chunk.length;
    const end = lineEndBefore(chunk);
    this.tail = end === 0 ? this.tail + chunk.length : chunk.length - end;
    if (this.tail > this.limit + slack) {
      const open = this.held - this.tail;
      throw this.tooLong(joined(this.parts, this.held), open, { line: this.line, offset: this.offset });
    }
    if (this.held < blockBytes || this.held === this.tail) return undefined;
    const all = joined(this.parts, this.held);
    const cut = this.held - this.tail;
    const block = all.subarray(0, cut);
    this.parts = this.tail === 0 ? [] : [all.subarray(cut)];
    this.held = this.tail;
    this.returned(block);
    return block;
  }

  private returned(block: Uint8Array): void {
    this.start = { line: this.line, offset: this.offset };
    this.offset += block.length;
    this.line += countLines(block);
  }

  /**
   * Compares every line of the block that was returned last with the limit, so that a line does not pass because it is whole in its chunk.
   * @throws Problem file_record_too_long
   */
  check(block: Uint8Array): void {
    const bytes = searched(block);
    const { limit } = this;
    for (let at = 0; bytes.length - at > limit;) {
      // the last line end that may follow: lines between them are short enough
      const window = bytes.subarray(at, at + limit + 1);
      const lf = window.lastIndexOf(LF);
      const end = lf < 0 ? window.lastIndexOf(CR) : lf;
      if (end < 0) throw this.tooLong(block, at, this.start);
      at += end + 1;
    }
  }

  /** @param start of the line within the bytes @param first line and offset of the bytes */
  private tooLong(
    bytes: Uint8Array,
    start: number,
    first: { readonly line: number; readonly offset: number },
  ): Problem {
    return new Problem('file_record_too_long', {
      line: first.line + countLines(bytes.subarray(0, start)),
      byte: first.offset + start,
      limit: this.limit,
    });
  }

  /** Copies the retained bytes: their chunk is about to be reused. */
  keep(): void {
    this.parts = this.parts.map(copied);
  }

  /** The remaining bytes at the end of the file (or when another reader takes over). */
  rest(): Uint8Array {
    const rest = joined(this.parts, this.held);
    this.parts = [];
    this.held = 0;
    this.tail = 0;
    this.returned(rest);
    return rest;
  }
}

/** Offset just after the last line end of a chunk: an LF, or a CR that is not the last byte; 0 where there is none. */
function lineEndBefore(chunk: Uint8Array): number {
  const lf = chunk.lastIndexOf(LF);
  if (lf >= 0) return lf + 1;
  return chunk.length < 2 ? 0 : chunk.lastIndexOf(CR, chunk.length - 2) + 1;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length);
}

/** Number of line ends: LF, or CR where there is no LF. */
const countLines = (bytes: Uint8Array): number => count(bytes, LF) || count(bytes, CR);

function count(part: Uint8Array, byte: number): number {
  let found = 0;
  const bytes = searched(part);
  for (let i = bytes.indexOf(byte); i >= 0; i = bytes.indexOf(byte, i + 1)) found += 1;
  return found;
}
