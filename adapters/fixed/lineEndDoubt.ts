/** Finds the records of a file that a line end unlike its first may have damaged: a lone LF in a CRLF file, a lone CR. */
import type { LineEnd } from '../reading/ranges.ts';
import type { FixedOptions } from './options.ts';

/** `split`: in doubt where the record is also too short. `shifted`: the lines of several that are joined may belong to another record. */
export type LineEndDoubt = 'split' | 'shifted';

/** Takes the line ends of a file in order. */
export class LineEnds {
  private fileEnd: LineEnd | 'none' | undefined;
  private isOdd = false;
  private readonly isJoined: boolean;

  constructor({ lineEnd, recordLines }: FixedOptions) {
    this.fileEnd = lineEnd;
    this.isJoined = recordLines > 1;
  }

  /** @returns the doubt about the record in which the line is */
  take(ended: LineEnd | 'none'): LineEndDoubt | undefined {
    this.fileEnd ??= ended;
    const wasOdd = this.isOdd;
    const isOdd = ended !== this.fileEnd && ended !== 'none' && ended !== 'crlf';
    this.isOdd = isOdd || (wasOdd && this.isJoined);
    if (!isOdd && !wasOdd) return undefined;
    return this.isJoined ? 'shifted' : 'split';
  }
}

/** @param isShort whether the record has fewer bytes than its layout */
export const isDoubted = (doubt: LineEndDoubt | undefined, isShort: boolean): boolean =>
  doubt === 'shifted' || (doubt === 'split' && isShort);
