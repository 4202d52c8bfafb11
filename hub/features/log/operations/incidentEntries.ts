import type { components } from '../../../../api/openapi.ts';
import { answers } from '../../../../log/entryQuestion.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import { promisedBy } from '../../../log/search/promisedEntries.ts';
import { leavesAt } from '../../../log/store/entries.ts';
import type { Pool } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** What entries are asked for, once a batch is told by its dataset and its time. */
export type AskedEntries = Omit<components['schemas']['IncidentQuestion'], 'reason' | 'case' | 'batch'>;

/** Entries read at once. */
const portion = 1_000;

/** An answer by which something left; without a leaf, one that the log does not have any more. */
interface IncidentEntry {
  readonly index: number;
  readonly leaf: Leaf | undefined;
}

/**
 * Answers by which something left, among the first `size` entries, the newest first. Of those that are gone nobody knows whether something
 * left, nor by whose key: the index tells the rest. @param asked undefined: none is
 */
export async function* incidentEntries(
  reader: Pool,
  asked: AskedEntries | undefined,
  size: number,
): AsyncGenerator<IncidentEntry> {
  if (asked === undefined) return;
  const { keyid, ...filter } = asked;
  const question = { ...filter, kind: 'release', decision: 'allow' };
  const read = (from: Reader, indexes: readonly number[]) => leavesAt(from, indexes, keyid);
  for await (const some of promisedBy(reader, question, size, { portion, read }))
    for (const { index, leaf, gone } of some) {
      if (gone) yield { index, leaf: undefined };
      else if (leaf !== undefined && answers(leaf, question) && isReached(leaf, keyid)) yield { index, leaf };
    }
}

/** Something left, by that key where one is named. */
const isReached = ({ rows, actor, stream }: Leaf, keyid: string | undefined): boolean =>
  rows?.delivered !== 0 &&
  (stream === undefined || stream.state === 'part') &&
  (keyid === undefined || actor.keyid === keyid);
