/** Compares the counts in the trailers of batches and files (BTS-1 messages, FTS-1 batches) with the content of the file. */
import type { RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem } from '../reading/rowRules.ts';

export class EnvelopeCounts {
  /** of the whole file */
  messages = 0;
  private inBatch = 0;
  private batches = 0;
  /** BHS without their BTS so far */
  private open = 0;
  /** FHS without its FTS so far */
  private inFile = false;
  /** the first header followed by another one of its kind, or by the end of the file, before its trailer */
  private unclosed: 'BHS' | 'FHS' | undefined;

  message(): void {
    this.messages += 1;
    this.inBatch += 1;
  }

  /** @param text an envelope segment: FHS, BHS, BTS or FTS @returns the doubt about a wrong count */
  envelope(text: string, line: number): RowProblem | undefined {
    const name = text.slice(0, 3);
    if (name === 'FHS') {
      this.noteUnclosed();
      this.batches = 0;
      this.inFile = true;
    } else if (name === 'BHS') {
      if (this.open > 0) this.unclosed ??= 'BHS';
      this.open += 1;
    }
    if (name === 'FHS' || name === 'BHS') this.inBatch = 0;
    if (name === 'BTS') {
      const found = this.inBatch;
      this.inBatch = 0;
      this.batches += 1;
      this.open = 0;
      return wrongCount(text, line, found);
    }
    if (name !== 'FTS') return undefined;
    // messages outside of batches count as one batch
    const found = this.batches + this.open + (this.batches + this.open === 0 && this.inBatch > 0 ? 1 : 0);
    if (this.open > 0) this.unclosed ??= 'BHS';
    this.batches = 0;
    this.open = 0;
    this.inFile = false;
    return wrongCount(text, line, found);
  }

  private noteUnclosed(): void {
    if (this.inFile) this.unclosed ??= 'FHS';
    else if (this.open > 0) this.unclosed ??= 'BHS';
    this.open = 0;
  }

  /** Ends the file. @returns the doubt about a header without its trailer */
  finish(): RowProblem | undefined {
    this.noteUnclosed();
    if (this.unclosed === undefined) return undefined;
    const close = this.unclosed === 'BHS' ? 'BTS' : 'FTS';
    return recordProblem(0, 'hl7.unclosed', this.unclosed, { open: this.unclosed, close });
  }
}

function wrongCount(text: string, line: number, found: number): RowProblem | undefined {
  const declared = text.split(text[3] ?? '|', 2)[1]?.trim() ?? '';
  if (!/^\d{1,15}$/.test(declared) || Number(declared) === found) return undefined;
  return recordProblem(line, 'hl7.count', `${found} counted`, {
    segment: `${text.slice(0, 3)}-1`,
    declared: Number(declared),
    found,
  });
}
