import type { components } from '../../../api/openapi.ts';
import { answers } from '../../../log/entryQuestion.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { findEntries, indexesOf } from '../../audit/search/findEntries.ts';
import { leafIn } from '../../audit/search/leafIn.ts';
import { leavesAt } from '../../store/audit/entries.ts';
import type { Reader } from '../../store/database/reader.ts';

/** What entries are asked for, once a batch is told by its dataset and its time. */
export type AskedEntries = Omit<components['schemas']['IncidentQuestion'], 'reason' | 'case' | 'batch'>;

/** Answers by which something left, among the first `size` entries, in no order. @param asked undefined: none is */
export async function* incidentEntries(
  reader: Reader,
  asked: AskedEntries | undefined,
  size: number,
): AsyncGenerator<{ readonly index: number; readonly leaf: Leaf }> {
  if (asked === undefined) return;
  const { keyid, ...filter } = asked;
  const question = { ...filter, kind: 'release', decision: 'allow' };
  for await (const found of findEntries(reader, question, size)) {
    for (const { index, leaf: bytes } of await leavesAt(reader, indexesOf(found), keyid)) {
      const leaf = leafIn(bytes);
      if (leaf !== undefined && answers(leaf, question) && isReached(leaf, keyid)) yield { index, leaf };
    }
  }
}

/** Something left, by that key where one is named. */
const isReached = ({ rows, actor, stream }: Leaf, keyid: string | undefined): boolean =>
  rows?.delivered !== 0 &&
  (stream === undefined || stream.state === 'part') &&
  (keyid === undefined || actor.keyid === keyid);
