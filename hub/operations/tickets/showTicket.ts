import { Problem } from '../../../terms/problem.ts';
import { subjectToken, tokenYear } from '../../audit/subjects.ts';
import { sealerOf } from '../../exchange/sealer.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import { ticketById } from '../../store/tickets/tickets.ts';
import { reachOf, type Reading } from '../reading/reach.ts';
import type { Services } from '../services.ts';
import { contextOf } from './openTicket.ts';
import { departmentsOf } from './ticketParties.ts';
import { ticketView } from './ticketView.ts';

/** GET /v1/tickets/{ticket}: with the key for whoever has to find the row, and who named it. That is a look at a person. @throws Problem not_found */
export async function showTicket(call: Call<Reading>, services: Services): Promise<Outcome> {
  const { database, keys } = services;
  const row = await ticketById(database.app, call.params['ticket'] ?? '');
  const reach = reachOf('showTicket', call.caller);
  const own = departmentsOf(call.caller);
  const concerned = row && [row.opener, row.provider, ...row.told.map(({ consumer }) => consumer)];
  if (row === undefined || (reach !== undefined && concerned?.some((code) => reach.includes(code)) !== true))
    throw new Problem('not_found');
  const open = (sealed: Buffer, id: string): string =>
    Buffer.from(sealerOf(keys.sealing).open(sealed, contextOf(id))).toString('utf8');
  const mayRead = own.includes(row.opener) || own.includes(row.provider);
  const view = ticketView(row, reach ?? own, call.now, mayRead ? open : undefined);
  return allowed(200, view, {
    facts: { change: { ticket: row.id, as: view.as } },
    subjects:
      row.subject === null || view.key === undefined
        ? []
        : [subjectToken(keys.logToken(tokenYear(call.now)), row.subject)],
  });
}
