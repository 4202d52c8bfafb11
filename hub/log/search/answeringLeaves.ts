import { answers } from '../../../log/entryQuestion.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { entriesAt } from '../store/entries.ts';
import type { Pool } from '../../platform/database/database.ts';
import { findEntries, indexesOf, type EntryQuestion } from './findEntries.ts';
import { leafIn } from './leaves.ts';

/** entries that are read and yielded at once, which limits the wait for the next */
const slice = 250;

/**
 * Yields the leaves of the entries that answer, newest first, one slice at a time. Unreadable entries are skipped: re-verification reports
 * them.
 * @param end only entries below this index
 */
export async function* answeringLeaves(
  reader: Pool,
  question: EntryQuestion,
  end: number,
): AsyncGenerator<readonly Leaf[]> {
  for await (const found of findEntries(reader, question, end)) {
    const indexes = indexesOf(found);
    for (let at = 0; at < indexes.length; at += slice) {
      const stored = await entriesAt(reader, indexes.slice(at, at + slice));
      const leaves = stored.reverse().flatMap((entry) => {
        const leaf = leafIn(entry.leaf);
        return leaf !== undefined && answers(leaf, question) ? [leaf] : [];
      });
      if (leaves.length > 0) yield leaves;
    }
  }
}
