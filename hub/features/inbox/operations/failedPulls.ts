import { dayInChina } from '../../../../terms/civilDate.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import { pausedNow } from '../../../domain/pull.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { pagePulls } from '../../pulls/store/pagePulls.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import { placeOf } from '../../../identity/staffPlaces.ts';
import type { Undated } from './undated.ts';
import { runPull } from '../../pulls/operations/runPull.ts';

type PullWaiting = Undated<'pulls'>;

const most = 1_000;
/** A run that its hub left is begun anew by itself. */
const mendedByItself = 'pull_broken_off';

/** Pulls of her departments that wait, or whose last run met a problem that nobody but a person mends. */
export async function failedPulls(
  { caller, now }: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<PullWaiting[]> {
  const departments = departmentsOf(caller);
  if (departments.length === 0) return [];
  const pausedOn = dayInChina(now);
  const wanted = { after: undefined, most, departments, failed: true, pausedOn };
  const found = await pagePulls(database.app, wanted);
  return found.flatMap(({ dataset, department, pause, last, failingSince }): PullWaiting[] => {
    const mine = verdictOf(runPull.permission, caller.grants, [placeOf(identity, department)]) === 'act';
    if (!mine) return [];
    if (pause !== undefined && pausedNow(pause, now))
      return [{ dataset, department, outcome: 'pull_paused', at: moment(pause.at), until: pause.until }];
    if (last?.outcome === undefined || last.outcome === null || last.outcome === mendedByItself) return [];
    const { id, outcome, endedAt, begunAt } = last;
    const at = endedAt ?? begunAt;
    // while it was paused nobody could mend it
    const since = Math.max(failingSince ?? at, pause === undefined ? 0 : endOfDay(pause.until));
    return [{ dataset, department, run: id, outcome, at: moment(at), since: moment(Math.min(since, at)) }];
  });
}

/** Unix milliseconds at which a civil day of China is over. */
const endOfDay = (day: string): number => Date.parse(`${day}T00:00:00+08:00`) + 86_400_000;
