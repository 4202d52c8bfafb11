/** Finds the current root from log entries that its signed tree head proves. Database rows point to these entries but prove nothing. */
import type { Leaf } from '../../../log/leaf.ts';
import { reportedRoots, type ReportedRoot } from '../store/authorities.ts';
import { provenEntries, type RootAccess } from './provenEntries.ts';
import { defined } from '../../../terms/defined.ts';

export interface CurrentRoot {
  /** how many roots came before it */
  readonly nth: number;
  /** absent: the first root is current, which its own list proves */
  readonly pin?: string;
  /** the number under which another one may follow it */
  readonly next: number;
  /** how many rows no entry reports: an actor with write access to the database invented them, and they do not count */
  readonly untold: number;
  /** index of a missing entry; without it, whether another root followed this one cannot be proven */
  readonly missing?: number;
}

/**
 * The root of the newest take-over that an entry reports. The log decides the order, so a row that repeats an earlier entry does not
 * restore that root, and neither does an invented row.
 * @param own pin of the root that this process proved before: it remains current where a missing entry prevents the proof; absent: what
 * is not proven now does not count
 * @throws Problem log_inconsistent
 */
export async function currentRoot(access: RootAccess, own?: string): Promise<CurrentRoot> {
  const reported = await reportedRoots(access.database.app);
  const byExchange = new Map<string, ReportedRoot[]>();
  for (const row of reported) {
    const rows = byExchange.get(row.exchange);
    if (rows === undefined) byExchange.set(row.exchange, [row]);
    else rows.push(row);
  }
  const rowOf = (leaf: Leaf): ReportedRoot | undefined =>
    byExchange.get(leaf.id)?.find((one) => reports(leaf, one));
  const { proven, doubtful, missing } = await provenEntries(
    access,
    [...byExchange.keys()],
    (leaf) => rowOf(leaf) !== undefined,
  );
  const rowsOf = (leaves: readonly Leaf[]): ReportedRoot[] => leaves.flatMap((leaf) => rowOf(leaf) ?? []);
  const current =
    rowsOf(doubtful)
      .reverse()
      .find(({ pin }) => pin === own) ?? rowsOf(proven).at(-1);
  const nth = current?.nth ?? 0;
  const taken = new Set(reported.map((one) => one.nth));
  let next = nth + 1;
  while (taken.has(next)) next += 1;
  return {
    nth,
    next,
    untold: reported.length - proven.length - doubtful.length,
    ...defined({ pin: current?.pin, missing }),
  };
}

/** Older entries do not contain the number. */
const reports = ({ operation, decision, change }: Leaf, { nth, pin }: ReportedRoot): boolean =>
  operation === 'takeAuthority' &&
  decision === 'allow' &&
  change?.['root'] === pin &&
  (change['nth'] === undefined || change['nth'] === nth);
