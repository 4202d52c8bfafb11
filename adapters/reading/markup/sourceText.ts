/** The document's text as it comes: line ends made LF, what is not read yet kept, lines and columns counted. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { FaultWord } from '../../../terms/factWords.ts';
import { Problem } from '../../../terms/problem.ts';

export class SourceText {
  /** what is not read yet, and before it perhaps what was read since the last piece came */
  text = '';
  private pieces: string[] = [];
  private waiting = 0;
  private carriageReturn = false;
  /** line on which the character at `counted` stands, and where that line begins (below 0: before `text`) */
  private line = 1;
  private counted = 0;
  private lineStart = 0;
  private lineFeed = -1;

  /**
   * Takes the next piece. An unfinished token is looked at again when it has grown by half, so that a long one costs no more a
   * character than short ones.
   * @param read offset up to which `text` was read
   * @returns whether `text` is new, and begins at what was not read
   */
  add(piece: string, read: number): boolean {
    const whole = this.withLineFeeds(piece);
    if (whole === '') return false;
    this.pieces.push(whole);
    this.waiting += whole.length;
    if (this.waiting * 2 < this.text.length - read) return false;
    this.renew(read);
    return true;
  }

  /** No more pieces. */
  end(read: number): void {
    if (this.carriageReturn) this.pieces.push('\n');
    this.carriageReturn = false;
    this.renew(read);
  }

  private renew(read: number): void {
    this.lineAt(read);
    this.text = this.text.slice(read) + this.pieces.join('');
    this.pieces = [];
    this.waiting = 0;
    this.counted -= read;
    this.lineStart -= read;
    this.lineFeed = -1;
  }

  /** CR LF and lone CR become LF (2.11); a CR at the end of a piece waits for what follows. */
  private withLineFeeds(piece: string): string {
    let whole = piece;
    if (this.carriageReturn && piece !== '') whole = `\r${piece}`;
    else if (!piece.includes('\r')) return piece;
    this.carriageReturn = whole.endsWith('\r');
    if (this.carriageReturn) whole = whole.slice(0, -1);
    return whole.replaceAll(/\r\n?/g, '\n');
  }

  /** Line, from 1, of a place that lies behind all places asked for before. */
  readonly lineAt = (offset: number): number => {
    while (this.counted < offset) {
      if (this.lineFeed < this.counted) {
        const found = this.text.indexOf('\n', this.counted);
        this.lineFeed = found < 0 ? Infinity : found;
      }
      if (this.lineFeed >= offset) this.counted = offset;
      else {
        this.line += 1;
        this.counted = this.lineFeed + 1;
        this.lineStart = this.counted;
      }
    }
    return this.line;
  };

  /** Line on which all text ends that was taken, also what waits. */
  readonly lastLine = (): number => {
    const waiting = this.pieces.join('');
    return this.lineAt(this.text.length) + waiting.split('\n').length - 1;
  };

  /** @throws Problem xml_malformed @param offset behind what is wrong; the column is counted to there, from 1 */
  readonly malformed = (what: FaultWord | Bilingual, offset: number): never => {
    const line = this.lineAt(offset);
    throw new Problem('xml_malformed', { line, column: offset - this.lineStart + 1, what });
  };
}
