import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { SubjectCaller } from '../../identity/authentication/caller.ts';
import { ticketsForPerson } from '../../store/tickets/tickets.ts';
import type { Services } from '../services.ts';
import { ownTicketView, titledDataset } from './ownTicketView.ts';

const most = 100;

/** GET /v1/own/tickets: her objections, and what became of them; with the datasets that hold persons, among which one may be missing her. */
export async function listOwnTickets(call: Call<SubjectCaller>, services: Services): Promise<Outcome> {
  const { database, registry } = services;
  const { caller, now } = call;
  const rows = await ticketsForPerson(database.app, caller.subject, most);
  const datasets = [...registry.current.datasets.values()]
    .filter(({ schema }) => schema.subject?.kind === 'person')
    .map(({ row }) => titledDataset(row.id, services));
  return allowed(
    200,
    { tickets: rows.map((row) => ownTicketView(row, services, now)), datasets },
    { facts: { change: { session: caller.session, tickets: rows.length } } },
  );
}
