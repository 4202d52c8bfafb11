/** Which root stands, as entries of the log tell it that lead to its signed tree: rows of the database point to them, and are no word by themselves. */
import type { Leaf } from '../../../log/leaf.ts';
import type { AuditLog } from '../../audit/draft.ts';
import type { LogAccess } from '../../audit/evidence/logAccess.ts';
import { provenLeaves } from '../../audit/retention/provenLeaves.ts';
import { entriesOfExchanges } from '../../store/audit/entries.ts';
import { rootsSaid, type RootSaid } from '../../store/identity/authorities.ts';

/** What reading the log up to its very end needs. */
export interface RootAccess extends LogAccess {
  readonly audit: LogAccess['audit'] & Pick<AuditLog, 'storedTree'>;
}

export interface StandingRoot {
  /** how many roots came before it */
  readonly nth: number;
  /** absent: the first one stands, which its own list proves */
  readonly pin?: string;
  /** the number under which another one may follow it */
  readonly next: number;
  /** how many rows no entry tells: whoever may write to the database invented them, and they count for nothing */
  readonly untold: number;
}

/**
 * The root whose take-over is the newest that an entry tells. A row that repeats the entry of an earlier one brings it back as little as one
 * that was invented: the order is the log's.
 * @throws Problem log_entry_missing, log_inconsistent
 */
export async function standingRoot(access: RootAccess): Promise<StandingRoot> {
  const said = await rootsSaid(access.database.app);
  let standing: RootSaid | undefined;
  let told = 0;
  for (const leaf of await provenEntries(
    access,
    said.map(({ exchange }) => exchange),
  )) {
    const row = said.find((one) => one.exchange === leaf.id && tells(leaf, one));
    if (row === undefined) continue;
    standing = row;
    told += 1;
  }
  const nth = standing?.nth ?? 0;
  const taken = new Set(said.map((one) => one.nth));
  let next = nth + 1;
  while (taken.has(next)) next += 1;
  return {
    ...{ nth, next, untold: said.length - told },
    ...(standing === undefined ? {} : { pin: standing.pin }),
  };
}

/** Entries of before do not tell the number. */
const tells = ({ operation, decision, change }: Leaf, { nth, pin }: RootSaid): boolean =>
  operation === 'takeAuthority' &&
  decision === 'allow' &&
  change?.['root'] === pin &&
  (change['nth'] === undefined || change['nth'] === nth);

/** Entries of these exchanges that lead to the tree as the database has it now, the earlier first. @throws Problem log_entry_missing, log_inconsistent */
export async function provenEntries(access: RootAccess, exchanges: readonly string[]): Promise<Leaf[]> {
  if (exchanges.length === 0) return [];
  const wanted = new Set(exchanges);
  const entries = await entriesOfExchanges(access.database.app, [...wanted]);
  if (entries.length === 0) return [];
  const proven = await provenLeaves(
    access,
    entries.map(({ index }) => index),
    // read behind the rows that point to it: what took them is in it
    await access.audit.storedTree(),
  );
  return entries.flatMap(({ index }) => {
    const leaf = proven.get(index);
    return leaf !== undefined && wanted.has(leaf.id) ? [leaf] : [];
  });
}
