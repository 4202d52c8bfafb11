import type { components } from '../../../../api/openapi.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { ticketUrgency, toldDays } from '../../../domain/ticket.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { listTickets } from '../../tickets/store/tickets.ts';
import { ticketSummary } from '../../tickets/operations/ticketView.ts';
import { departmentsOf } from '../../tickets/operations/ticketParties.ts';
import type { Services } from '../../common/services.ts';

const most = 1_000;
const dayLength = 86_400_000;

/**
 * To a steward those that her departments have to answer, and what was mended of what they received; to a steward of the data office also
 * whatever is near its deadline. Those longest open come first.
 */
export async function waitingTickets(
  { caller, now }: Call<StaffCaller>,
  { database }: Services,
): Promise<readonly components['schemas']['TicketSummary'][]> {
  const own = departmentsOf(caller);
  const ofOffice = caller.grants.some(
    ({ role, department }) => role === 'steward' && department === undefined,
  );
  if (own.length === 0 && !ofOffice) return [];
  const filter = { since: now - toldDays * dayLength, ...(ofOffice ? {} : { departments: own }) };
  const rows = await listTickets(database.app, filter, most);
  const hers = rows.filter(({ state, provider, openedAt, told }) =>
    state === 'open'
      ? own.includes(provider) ||
        (ofOffice && ticketUrgency(openedAt, now, chinaWorkingCalendar) !== 'running')
      : told.some(({ consumer }) => own.includes(consumer)),
  );
  return hers.toReversed().map((row) => ticketSummary(row, own, now));
}
