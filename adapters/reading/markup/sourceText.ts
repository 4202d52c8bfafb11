/** The document's text as it arrives: converts line ends to LF, retains unread text, counts lines and columns. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { FaultWord } from '../../../terms/factWords.ts';
import { Problem } from '../../../terms/problem.ts';

export class SourceText {
  /** unread text, possibly preceded by text read since the last piece arrived */
  text = '';
  private pieces: string[] = [];
  private waiting = 0;
  private carriageReturn = false;
  /** line of the character at `counted`, and the start of that line (below 0: before `text`) */
  private line = 1;
  private counted = 0;
  private lineStart = 0;
  private lineFeed = -1;

  /**
   * Adds the next piece. An unfinished token is rescanned when it has grown by half, so that a long one costs no more per character than
   * short ones.
   * @param read offset up to which `text` was read
   * @returns whether `text` is new, and begins with the unread part
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

  /** Ends the text: no more pieces follow. */
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

  /** Converts CR LF and lone CR to LF (2.11); a CR at the end of a piece waits for the next one. */
  private withLineFeeds(piece: string): string {
    let whole = piece;
    if (this.carriageReturn && piece !== '') whole = `\r${piece}`;
    else if (!piece.includes('\r')) return piece;
    this.carriageReturn = whole.endsWith('\r');
    if (this.carriageReturn) whole = whole.slice(0, -1);
    return whole.replaceAll(/\r\n?/g, '\n');
  }

  /** Line, from 1, of a position after all those requested before. */
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

  /** Line on which all received text ends, including unread text. */
  readonly lastLine = (): number => {
    const waiting = this.pieces.join('');
    return this.lineAt(this.text.length) + waiting.split('\n').length - 1;
  };

  /** @throws Problem xml_malformed @param offset after the fault; the column is counted to there, from 1 */
  readonly malformed = (what: FaultWord | Bilingual, offset: number): never => {
    const line = this.lineAt(offset);
    throw new Problem('xml_malformed', { line, column: offset - this.lineStart + 1, what });
  };
}
