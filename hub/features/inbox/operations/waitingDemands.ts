import type { components } from '../../../../api/openapi.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { listDemands } from '../../demands/store/demands.ts';
import { demandView } from '../../demands/operations/demandView.ts';
import { ofOffice } from '../../demands/operations/ofOffice.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import type { Services } from '../../common/services.ts';

const most = 1_000;

/** To stewards what was assigned to their departments; to those of the data office what lies before it, and what a department is late with. The nearest day first. */
export async function waitingDemands(
  { caller, now }: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<readonly components['schemas']['DemandView'][]> {
  const own = departmentsOf(caller);
  const office = ofOffice(caller);
  if (own.length === 0 && !office) return [];
  const open = await listDemands(database.app, { open: true, ...(office ? {} : { departments: own }) }, most);
  return open
    .map((demand) => demandView(demand, now, identity))
    .filter(({ state, provider, overdue }) =>
      state === 'office' ? office : own.includes(provider ?? '') || (office && overdue === true),
    )
    .sort((one, other) => ((one.due ?? '') < (other.due ?? '') ? -1 : 1));
}
