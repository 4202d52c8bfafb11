import { Problem } from '../../../terms/problem.ts';

/** The refusal of work on attachments for which no place became free in time. */
export const attachmentsBusy = (): Problem =>
  new Problem('attachments_busy', {}, { headers: { 'retry-after': '5' } });
