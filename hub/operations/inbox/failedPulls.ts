import type { components } from '../../../api/openapi.ts';
import { verdictOf } from '../../domain/permissions.ts';
import type { Call } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { pagePulls } from '../../store/pulls/pagePulls.ts';
import { moment } from '../reading/listing.ts';
import type { Services } from '../services.ts';
import { departmentsOf } from '../tickets/ticketParties.ts';
import { placeOf } from './places.ts';

const most = 1_000;
/** A run that its hub left is begun anew by itself. */
const mendedByItself = 'pull_broken_off';

/** Pulls of her departments whose last run met a problem that nobody but a person mends. */
export async function failedPulls(
  { caller }: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<components['schemas']['Waiting']['pulls']> {
  const departments = departmentsOf(caller);
  if (departments.length === 0) return [];
  const found = await pagePulls(database.app, { after: undefined, most, departments, failed: true });
  return found.flatMap(({ dataset, department, last }) => {
    const mine = verdictOf('runPull', caller.grants, [placeOf(identity, department)]) === 'act';
    if (!mine || last?.outcome === undefined || last.outcome === null || last.outcome === mendedByItself)
      return [];
    const { id, outcome, endedAt, begunAt } = last;
    return [{ dataset, department, run: id, outcome, at: moment(endedAt ?? begunAt) }];
  });
}
