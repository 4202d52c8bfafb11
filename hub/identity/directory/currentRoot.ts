/** Which root stands, as entries of the log tell it that lead to its signed tree: rows of the database point to them, and are no word by themselves. */
import type { Leaf } from '../../../log/leaf.ts';
import { reportedRoots, type ReportedRoot } from '../store/authorities.ts';
import { provenEntries, type RootAccess } from './provenEntries.ts';

export interface CurrentRoot {
  /** how many roots came before it */
  readonly nth: number;
  /** absent: the first one stands, which its own list proves */
  readonly pin?: string;
  /** the number under which another one may follow it */
  readonly next: number;
  /** how many rows no entry tells: whoever may write to the database invented them, and they count for nothing */
  readonly untold: number;
  /** index of a missing entry, without which nobody can prove whether another root followed this one */
  readonly missing?: number;
}

/**
 * The root whose take-over is the newest that an entry tells. A row that repeats the entry of an earlier one brings it back as little as one
 * that was invented: the order is the log's.
 * @param own pin of the root that this process has proven before: it stands for it where a proof is not to be had any more, as an entry is
 *   missing; absent: what is not proven now does not stand
 * @throws Problem log_inconsistent
 */
export async function currentRoot(access: RootAccess, own?: string): Promise<CurrentRoot> {
  const said = await reportedRoots(access.database.app);
  const byExchange = new Map<string, ReportedRoot[]>();
  for (const row of said) {
    const rows = byExchange.get(row.exchange);
    if (rows === undefined) byExchange.set(row.exchange, [row]);
    else rows.push(row);
  }
  const rowOf = (leaf: Leaf): ReportedRoot | undefined =>
    byExchange.get(leaf.id)?.find((one) => tells(leaf, one));
  const { proven, doubtful, missing } = await provenEntries(
    access,
    [...byExchange.keys()],
    (leaf) => rowOf(leaf) !== undefined,
  );
  const rowsOf = (leaves: readonly Leaf[]): ReportedRoot[] => leaves.flatMap((leaf) => rowOf(leaf) ?? []);
  const standing =
    rowsOf(doubtful)
      .reverse()
      .find(({ pin }) => pin === own) ?? rowsOf(proven).at(-1);
  const nth = standing?.nth ?? 0;
  const taken = new Set(said.map((one) => one.nth));
  let next = nth + 1;
  while (taken.has(next)) next += 1;
  return {
    ...{ nth, next, untold: said.length - proven.length - doubtful.length },
    ...(standing === undefined ? {} : { pin: standing.pin }),
    ...(missing === undefined ? {} : { missing }),
  };
}

/** Entries of before do not tell the number. */
const tells = ({ operation, decision, change }: Leaf, { nth, pin }: ReportedRoot): boolean =>
  operation === 'takeAuthority' &&
  decision === 'allow' &&
  change?.['root'] === pin &&
  (change['nth'] === undefined || change['nth'] === nth);
