import { Problem } from '../../../terms/problem.ts';

/** The refusal of work on attachments for which no place became free in time, or whose library had no time or memory. */
export const attachmentsBusy = (cause?: unknown): Problem =>
  new Problem('attachments_busy', {}, { cause, headers: { 'retry-after': '5' } });
