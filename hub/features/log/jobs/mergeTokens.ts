import { mergeTokens as merge, summarizeEntries } from '../../../log/store/mergeTokens.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Job } from '../../../platform/jobs/job.ts';

/**
 * Tokens that are new in the log go into their index before whoever appends has to put them there; a search reads those that are new one
 * after the other. And which entries they are of is noted before whoever follows the log asks for some.
 * @param owner the index is its own
 */
export function mergeTokens(owner: Pool): Job {
  /** what lies below is noted already, as far as this process knows */
  let noted = 0;
  return {
    name: 'mergeTokens',
    every: 5_000,
    lease: 60_000,
    run: async () => {
      await merge(owner);
      noted = await summarizeEntries(owner, noted);
      return {};
    },
  };
}
