import { ticketLife, type TicketState } from '../../../domain/ticket.ts';
import { listTickets as ticketsOf } from '../store/tickets.ts';
import { listed, names, oneMore, pageAsked } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import { departmentsOf } from './ticketParties.ts';
import { ticketSummary } from './ticketView.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const isState = (word: string | undefined): word is TicketState =>
  word !== undefined && Object.hasOwn(ticketLife, word);
const isPart = (word: string | undefined): word is 'opener' | 'provider' | 'told' =>
  word === 'opener' || word === 'provider' || word === 'told';

const permission = seen;

/** GET /v1/tickets: those a department opened, has to answer, or is told of; to the data office all. Nobody searches them by person. */
export const listTickets = operation('listTickets', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const page = pageAsked(call.query, names.ticket);
    const departments = reachOf(permission, call.caller);
    const { state, as, dataset } = call.query;
    const rows = await ticketsOf(
      database.app,
      {
        ...(departments === undefined ? {} : { departments }),
        ...(page.after === undefined ? {} : { before: page.after }),
        ...(isState(state) ? { state } : {}),
        ...(dataset === undefined ? {} : { dataset }),
        ...(isPart(as) ? { as: { role: as, of: departmentsOf(call.caller) } } : {}),
      },
      oneMore(page).most,
    );
    return listed(
      call,
      'tickets',
      page,
      rows,
      ({ id }) => id,
      (row) => ticketSummary(row, departments ?? [], call.now),
    );
  },
});
