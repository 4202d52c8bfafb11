import { Problem } from '../../../../terms/problem.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { ticketById, pageTickets, type ReportedTicket, type TicketFilter } from '../store/tickets.ts';
import { reachOf } from '../../common/reach.ts';
import { contextOf } from './openTicket.ts';
import { departmentsOf } from './ticketParties.ts';
import { ticketView, ticketSummary } from './ticketView.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { ticketLife, type TicketState } from '../../../domain/ticket.ts';
import { listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { defined } from '../../../../terms/defined.ts';

const permission = seen;

/** Tickets that have the words of a search, newest first. */
export const findTickets = async (
  reader: Reader,
  filter: Pick<TicketFilter, 'departments' | 'words'>,
  maxRows: number,
): Promise<readonly ReportedTicket[]> =>
  (await pageTickets(reader, filter, { after: undefined, maxRows })).rows;

/**
 * GET /v1/tickets/{ticket}: includes the key for those who must find the row, and who named it. This counts as access to a person's data.
 * @throws Problem not_found
 */
export const showTicket = operation('showTicket', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, services) => {
    const { database, keys } = services;
    const row = await ticketById(database.app, call.params.ticket);
    const reach = reachOf(permission, call.caller);
    const own = departmentsOf(call.caller);
    const concerned = row && [row.opener, row.provider, ...row.told.map(({ consumer }) => consumer)];
    if (
      row === undefined ||
      (reach !== undefined && concerned?.some((code) => reach.includes(code)) !== true)
    )
      throw new Problem('not_found');
    const open = (sealed: Buffer, id: string): string =>
      Buffer.from(sealerOf(keys.sealing).open(sealed, contextOf(id))).toString('utf8');
    const mayRead = own.includes(row.opener) || own.includes(row.provider);
    const view = ticketView(row, reach ?? own, call.now, mayRead ? open : undefined);
    return allowed<'showTicket'>(200, view, {
      facts: { change: { ticket: row.id, as: view.as } },
      subjects:
        row.subject === null || view.key === undefined
          ? []
          : [subjectToken(keys.logToken(tokenYear(call.now)), row.subject)],
    });
  },
});

const isState = (word: string | undefined): word is TicketState =>
  word !== undefined && Object.hasOwn(ticketLife, word);

const isPart = (word: string | undefined): word is 'opener' | 'provider' | 'told' =>
  word === 'opener' || word === 'provider' || word === 'told';

/**
 * GET /v1/tickets: those a department opened, has to answer, or is notified of; to the data office all. They cannot be searched by person.
 */
export const listTickets = operation('listTickets', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const page = orderedPage(call.query, names.ticket);
    const departments = reachOf(permission, call.caller);
    const { state, as, dataset } = call.query;
    const found = await pageTickets(
      database.app,
      {
        ...defined({ departments, dataset }),
        ...(isState(state) ? { state } : {}),
        ...(isPart(as) ? { as: { role: as, of: departmentsOf(call.caller) } } : {}),
      },
      oneMore(page),
    );
    return listedInOrder(
      call,
      'tickets',
      page,
      found,
      ({ id }) => id,
      (row) => ticketSummary(row, departments ?? [], call.now),
    );
  },
});
