import { Problem } from '../../../terms/problem.ts';
import { copied } from './copied.ts';
import { searched } from './searched.ts';

/** Minimum size of a block, so that tiny chunks do not make the readers rescan. */
const blockBytes = 64 * 1024;

/** Collects chunks until they contain a line end and are large enough, and cuts after the last line end. */
export class BlockCutter {
  private parts: Uint8Array[] = [];
  private held = 0;
  /** number of bytes after the last line end */
  private tail = 0;
  private line = 1;
  private offset = 0;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  take(chunk: Uint8Array): Uint8Array | undefined {
    this.parts.push(chunk);
    this.held += chunk.length;
    const end = lineEndBefore(chunk);
    this.tail = end === 0 ? this.tail + chunk.length : chunk.length - end;
    if (this.tail > this.limit) {
      throw new Problem('file_record_too_long', {
        line: this.line + countLines(this.parts),
        byte: this.offset + this.held - this.tail,
        limit: this.limit,
      });
    }
    if (this.held < blockBytes || this.held === this.tail) return undefined;
    const all = joined(this.parts, this.held);
    const cut = this.held - this.tail;
    const block = all.subarray(0, cut);
    this.parts = this.tail === 0 ? [] : [all.subarray(cut)];
    this.held = this.tail;
    this.offset += cut;
    this.line += countLines([block]);
    return block;
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
    return rest;
  }
}

/** Offset just after the last line end of a chunk: an LF, or a CR that is not the last byte; 0 where there is none. */
function lineEndBefore(chunk: Uint8Array): number {
  const lf = chunk.lastIndexOf(10);
  if (lf >= 0) return lf + 1;
  const cr = chunk.lastIndexOf(13, -2);
  return cr + 1;
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, length);
}

function countLines(parts: readonly Uint8Array[]): number {
  let lines = 0;
  for (const part of parts) {
    const bytes = searched(part);
    for (let i = bytes.indexOf(10); i >= 0; i = bytes.indexOf(10, i + 1)) lines += 1;
  }
  return lines;
}
