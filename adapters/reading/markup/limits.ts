import { Problem } from '../../../terms/problem.ts';

/** The limits of a document, by the option names of its format. */
export interface MarkupLimits {
  readonly maxDepth: number;
  readonly maxAttributes: number;
  readonly maxTextChars: number;
  readonly maxRecordChars: number;
}

/** A place of the document exceeds a limit of the options. */
export const limitExceeded = (line: number, option: keyof MarkupLimits, limit: number): Problem =>
  new Problem('file_line_over_limit', { line, option, limit });
