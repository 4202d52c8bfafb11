/** What leaders read is counted from the log as it grows, so that no page of theirs reads entries. */
import type { OpenedAuditLog } from '../audit/openAuditLog.ts';
import { boardProgress, fillBoard as count } from '../store/board/fillBoard.ts';
import type { Reader } from '../store/database/reader.ts';
import type { Job } from './job.ts';

/** Entries of one run; more wait for the next, which begins at once. */
const entriesAtOnce = 20_000;

export const fillBoard = (reader: Reader, audit: Pick<OpenedAuditLog, 'size'>): Job => ({
  name: 'fillBoard',
  every: 60_000,
  lease: 60_000,
  run: async (run) => {
    const from = await boardProgress(reader);
    const to = Math.min(audit.size(), from + entriesAtOnce);
    if (to > from) await count(reader, from, to);
    return { more: to === from + entriesAtOnce && !run.signal.aborted };
  },
});
