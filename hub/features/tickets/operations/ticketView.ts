import type { components } from '../../../../api/openapi.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { ticketDeadline, ticketUrgency } from '../../../domain/ticket.ts';
import type { ReportedTicket } from '../store/tickets.ts';
import { moment } from '../../common/listing.ts';
import { present } from '../../../../terms/defined.ts';

type Schemas = components['schemas'];

/** A ticket as one of the parties sees it, in lists. It names no person. */
export function ticketSummary(
  row: ReportedTicket,
  departments: readonly string[],
  now: number,
): Schemas['TicketSummary'] {
  const { id, state, origin, opener, provider, dataset, field, exchange, openedAt, answeredAt } = row;
  const { day, provisional } = ticketDeadline(openedAt, chinaWorkingCalendar);
  const reported = row.told.find(({ consumer }) => departments.includes(consumer));
  const as = roleIn(row, departments);
  return {
    id,
    state,
    as,
    origin,
    provider,
    dataset,
    due: day,
    provisional,
    // a notified receiver is not shown who complained
    ...(as === 'told' ? {} : { opener }),
    overdue: state === 'open' && ticketUrgency(openedAt, now, chinaWorkingCalendar) === 'overdue',
    ...(row.wish === 'correction' ? {} : { wish: row.wish }),
    ...present({ field }),
    ...(exchange === null || as === 'told' ? {} : { exchange }),
    opened: moment(openedAt),
    ...(answeredAt === null ? {} : { answered: moment(answeredAt) }),
    ...(reported === undefined || as !== 'told' ? {} : { exchanges: [...reported.exchanges] }),
  };
}

/** The caller's role in the ticket; a caller with access to all tickets is the office. */
function roleIn(
  { opener, provider, told: reported }: ReportedTicket,
  departments: readonly string[],
): Schemas['TicketSummary']['as'] {
  if (departments.includes(provider)) return 'provider';
  if (departments.includes(opener)) return 'opener';
  return reported.some(({ consumer }) => departments.includes(consumer)) ? 'told' : 'office';
}

/**
 * A complete ticket. A notified receiver does not see the claim.
 * @param open of who may read the key: stewards and machines of opener and provider
 */
export function ticketView(
  row: ReportedTicket,
  departments: readonly string[],
  now: number,
  open?: (sealed: Buffer, id: string) => string,
): Schemas['TicketView'] {
  const summary = ticketSummary(row, departments, now);
  const { as } = summary;
  return {
    ...summary,
    ...(as === 'told' ? {} : { claim: row.claim }),
    ...(open === undefined || row.sealedKey === null ? {} : { key: open(row.sealedKey, row.id) }),
    ...(row.reason === null || as === 'told' ? {} : { reason: row.reason }),
    ...present({ batch: row.batch }),
    ...(as === 'provider' || as === 'office' ? { told: row.told.map(({ consumer }) => consumer) } : {}),
  };
}
