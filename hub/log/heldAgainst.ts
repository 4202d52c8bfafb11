/** Which legal hold stands against an erasure or a destruction. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { NamedThing } from '../../terms/factWords.ts';
import { parseLeaf } from '../../log/parseLeaf.ts';
import type { StoredEntry } from './store/entries.ts';
import { standingHoldTargets } from './store/legalHolds.ts';
import type { Reader } from '../platform/database/reader.ts';

/**
 * The first of the things under legal hold, also where the hold waits for its second person: the person herself, an entry, or the dataset or
 * agreement of one. @param subject keyed hash, hex @returns as a refusal names it; undefined where nothing is held
 */
export async function heldAgainst(
  reader: Reader,
  subject: string,
  rows: readonly Pick<StoredEntry, 'index' | 'leaf'>[],
): Promise<NamedThing | Bilingual | undefined> {
  const holds = await standingHoldTargets(reader);
  if (holds.length === 0) return undefined;
  if (holds.some(({ kind, target }) => kind === 'subject' && target === subject))
    return { zh: '该主体', en: 'the person' };
  const named = new Set(holds.map(({ kind, target }) => `${kind} ${target}`));
  const ranges = holds.flatMap(({ kind, target }) =>
    kind === 'entries' ? [target.split('-').map(Number)] : [],
  );
  for (const { index, leaf } of rows) {
    const { dataset, agreement } = parseLeaf(leaf);
    if (dataset !== undefined && named.has(`dataset ${dataset}`)) return `Dataset ${dataset}`;
    const name = agreement?.replace(/@.*$/, '');
    if (name !== undefined && named.has(`agreement ${name}`)) return `Agreement ${name}`;
    if (ranges.some(([first = 0, last = 0]) => first <= index && index <= last)) return `entry ${index}`;
  }
  return undefined;
}
