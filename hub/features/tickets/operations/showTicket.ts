import { Problem } from '../../../../terms/problem.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import { allowed } from '../../../pipeline/call.ts';
import { ticketById } from '../store/tickets.ts';
import { reachOf } from '../../common/reach.ts';
import { contextOf } from './openTicket.ts';
import { departmentsOf } from './ticketParties.ts';
import { ticketView } from './ticketView.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const permission = seen;

/** GET /v1/tickets/{ticket}: with the key for whoever has to find the row, and who named it. That is a look at a person. @throws Problem not_found */
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
