import { mergeTokens as merge } from '../store/audit/mergeTokens.ts';
import type { Reader } from '../store/database/reader.ts';
import type { Job } from './job.ts';

/**
 * Tokens that are new in the log go into their index before whoever appends has to put them there; a search reads those that are new one
 * after the other.
 * @param owner the index is its own
 */
export const mergeTokens = (owner: Reader): Job => ({
  name: 'mergeTokens',
  every: 5_000,
  lease: 60_000,
  run: async () => {
    await merge(owner);
    return {};
  },
});
