/** Whose word a held batch waits for, where its dataset names a person. Pure: the time is an argument. */
import { lasts, type StandIn } from './standIn.ts';

export interface Named {
  readonly person: string;
  /** whether she may decide batches of this dataset: while she may not, whoever may decides */
  readonly able: boolean;
}

/** Whether somebody's word is the named person's: her own, or that of who stands in for her, be it as deputy or as standing second. @param now Unix milliseconds */
const speaksFor = (person: string, named: string, standIns: readonly StandIn[], now: number): boolean =>
  person === named ||
  standIns.some((one) => one.person === person && one.steward === named && lasts(one, now));

/**
 * Whether a person may say the next word: the named one's comes first, and a second person's behind it is anybody's.
 * @param first who has said the first of two words already @param now Unix milliseconds
 */
export function mayDecide(
  person: string,
  { person: named, able }: Named,
  {
    first,
    standIns,
    now,
  }: { readonly first: string | undefined; readonly standIns: readonly StandIn[]; readonly now: number },
): boolean {
  if (!able || speaksFor(person, named, standIns, now)) return true;
  return first !== undefined && speaksFor(first, named, standIns, now);
}
