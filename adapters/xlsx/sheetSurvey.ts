/** Findings on the sheets of a workbook while its parts are measured, before any row is read. */
import type { Workbook, Sheet } from './workbook.ts';
import type { SeePiece, ZipEntry } from './zipGuard.ts';

/** Markup of merged ranges, and of cells with a value. No other markup of a sheet contains these words. */
const mergedSigns = ['mergeCell'];
const valueSigns = ['v>', 'is>'];

/** Sheets in the hub's own templates; they contain selection lists and no records. */
export const listsSheet = '代码';

export class SheetSurvey {
  private readonly values = new Map<ZipEntry, ByteSearch>();
  private readonly merges = new Map<ZipEntry, ByteSearch>();

  constructor({ sheets }: Workbook) {
    for (const { part } of sheets) {
      if (part === undefined) continue;
      this.values.set(part, new ByteSearch(valueSigns));
      this.merges.set(part, new ByteSearch(mergedSigns));
    }
  }

  readonly see: SeePiece = (entry, piece) => {
    this.values.get(entry)?.feed(piece);
    this.merges.get(entry)?.feed(piece);
  };

  /** Whether some cell of the sheet has a value. */
  readonly isFilled = ({ part }: Sheet): boolean =>
    part !== undefined && this.values.get(part)?.found === true;

  readonly hasMergedCells = (part: ZipEntry): boolean => this.merges.get(part)?.found === true;
}

/** Searches for words in bytes that arrive in pieces. In a text of 16 bits a character they count as found. */
class ByteSearch {
  found = false;
  private readonly words: readonly Buffer[];
  private rest: Buffer | undefined;

  constructor(words: readonly string[]) {
    this.words = words.map((word) => Buffer.from(word));
  }

  feed(piece: Uint8Array): void {
    if (this.found) return;
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const overlap = Math.max(...this.words.map(({ length }) => length)) - 1;
    const isWide =
      this.rest === undefined && (bytes[0] === 0xff || bytes[0] === 0xfe || bytes[0] === 0 || bytes[1] === 0);
    const seam = Buffer.concat([this.rest ?? Buffer.alloc(0), bytes.subarray(0, overlap)]);
    this.found = isWide || this.words.some((word) => bytes.includes(word) || seam.includes(word));
    this.rest = Buffer.from(bytes.length < overlap ? seam.subarray(-overlap) : bytes.subarray(-overlap));
  }
}
