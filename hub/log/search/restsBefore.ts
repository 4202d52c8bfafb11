/** Last use of an agreement or case before a moment, for the rules over the log. */
import { answers, type EntryQuestion } from '../../../log/entryQuestion.ts';
import { leavesAt, leavesBetween } from '../store/entries.ts';
import { eachPosting, newestPosted, nextChunk, type Posting } from '../store/postings.ts';
import type { Pool } from '../../platform/database/database.ts';
import { answeringLeaves } from './answeringLeaves.ts';
import { leafIn } from './leaves.ts';
import { both, chunkSize, listPlaces, noPlaces, unpackPlaces, type Places } from './places.ts';
import { termOf } from './slotValues.ts';

/** The subject of the question: an agreement's version, or a case of a department. */
export type Used = Pick<EntryQuestion, 'agreement' | 'consumer' | 'matter'>;

/** Default maximum of unindexed entries that are read; if there are more, the index is being rebuilt. */
export const maxTail = 100_000;
const slice = 1_000;

/**
 * The last answered use before an entry.
 * @param uses by a name chosen by the caller @param end index of the entry @param since Unix milliseconds: uses from it on are left out
 * @param maxUnindexed maximum of unindexed entries that are read
 * @returns by name: Unix milliseconds of the last use before that moment, undefined if there was none; undefined altogether while the
 *   index is being rebuilt
 */
export async function lastUsesBefore(
  reader: Pool,
  uses: ReadonlyMap<string, Used>,
  end: number,
  since: number,
  maxUnindexed = maxTail,
): Promise<ReadonlyMap<string, number | undefined> | undefined> {
  const last = new Map<string, number | undefined>();
  if (uses.size === 0) return last;
  const indexed = Math.min(await nextChunk(reader), Math.floor(end / chunkSize)) * chunkSize;
  if (end - indexed > maxUnindexed) return undefined;
  const tail = await tailUses(reader, uses, indexed, end);
  const rest = [...uses].filter(([name]) => !tail.has(name));
  for (const [name, at] of tail) if (at < since) last.set(name, at);
  for (let first = 0; first < rest.length; first += slice) {
    const some = rest.slice(first, first + slice);
    const posted = await newestPosted(
      reader,
      some.map(([, use]) => termOfUse(use)),
      indexed / chunkSize,
    );
    const recent = await answeredSince(
      reader,
      new Map([...posted].filter(([, { firstAt }]) => firstAt >= since)),
      some.map(([, use]) => use),
      since,
    );
    for (const [name, use] of some) {
      if (recent.has(use)) continue;
      const newest = posted.get(termOfUse(use));
      const at = newest && (await lastAnswer(reader, use, (newest.chunk + 1) * chunkSize));
      if (at === undefined || at < since) last.set(name, at);
    }
  }
  return last;
}

/**
 * Uses with an answer in the chunk of their newest posting, from a moment on. A refused call or another department's call is no use:
 * otherwise any caller could prevent an agreement from becoming dormant. The index only names the entry, which is then read: a posting
 * that was added to the index is no use either. A use whose entry does not answer is left to `lastAnswer`.
 */
async function answeredSince(
  reader: Pool,
  posted: ReadonlyMap<string, Posting>,
  uses: readonly Used[],
  since: number,
): Promise<ReadonlySet<Used>> {
  const chunks = [...posted.values()].map(({ chunk }) => chunk);
  if (chunks.length === 0) return new Set();
  const needed = (use: Used): string[] => [
    ...[termOf('kind', 'release'), termOf('decision', 'allow')],
    ...(use.consumer === undefined ? [] : [termOf('consumer', use.consumer)]),
  ];
  const [first, end] = [Math.min(...chunks), Math.max(...chunks) + 1];
  const places = new Map<string, Places>();
  await eachPosting(reader, [...new Set(uses.flatMap(needed))], first, end, (term, chunk, packed) => {
    places.set(`${term} ${chunk}`, unpackPlaces(packed));
  });
  const named = new Map<Used, number>();
  for (const use of uses) {
    const newest = posted.get(termOfUse(use));
    if (newest === undefined) continue;
    const all = needed(use).map((term) => places.get(`${term} ${newest.chunk}`) ?? noPlaces());
    const last = listPlaces(all.reduce(both, unpackPlaces(newest.places))).at(-1);
    if (last !== undefined) named.set(use, newest.chunk * chunkSize + last);
  }
  const leaves = await leavesAt(reader, [...new Set(named.values())]);
  const read = new Map(leaves.map(({ index, leaf }) => [index, leaf && leafIn(leaf)]));
  return new Set(
    [...named].flatMap(([use, index]) => {
      const leaf = read.get(index);
      const isUse = leaf !== undefined && answers(leaf, requested(use)) && Date.parse(leaf.at) >= since;
      return isUse ? [use] : [];
    }),
  );
}

const requested = (use: Used): EntryQuestion => ({ ...use, kind: 'release', decision: 'allow' });

const termOfUse = ({ agreement, matter }: Used): string =>
  agreement === undefined ? termOf('matter', matter ?? '') : termOf('agreement', agreement);

async function tailUses(
  reader: Pool,
  uses: ReadonlyMap<string, Used>,
  from: number,
  end: number,
): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const byTerm = new Map<string, [string, Used][]>();
  for (const [name, use] of uses) {
    const same = byTerm.get(termOfUse(use)) ?? [];
    byTerm.set(termOfUse(use), same);
    same.push([name, use]);
  }
  for (let first = from; first < end; first += slice)
    for (const { leaf: bytes } of await leavesBetween(reader, first, Math.min(first + slice, end))) {
      const leaf = leafIn(bytes);
      if (leaf === undefined) continue;
      for (const term of [
        ...(leaf.agreement === undefined ? [] : [termOf('agreement', leaf.agreement)]),
        ...(leaf.matter === undefined ? [] : [termOf('matter', leaf.matter)]),
      ])
        for (const [name, use] of byTerm.get(term) ?? [])
          if (answers(leaf, requested(use))) found.set(name, Date.parse(leaf.at));
    }
  return found;
}

async function lastAnswer(reader: Pool, use: Used, end: number): Promise<number | undefined> {
  for await (const [newest] of answeringLeaves(reader, requested(use), end))
    if (newest !== undefined) return Date.parse(newest.at);
  return undefined;
}
