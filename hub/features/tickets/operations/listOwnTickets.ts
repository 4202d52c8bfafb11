import type { KeyObject } from 'node:crypto';
import { allowed } from '../../../pipeline/call.ts';
import { subjectHash } from '../../../domain/subjectHash.ts';
import type { SubjectCaller } from '../../../identity/authentication/caller.ts';
import { ticketsForPerson } from '../store/tickets.ts';
import { ownTicketView, titledDataset } from './ownTicketView.ts';
import { operation } from '../../common/operation.ts';

const most = 100;

/**
 * Under what her browser keeps the texts that she has not sent: the same each time she comes, nobody else's, and not her guardian's who comes
 * for her. Without the hub's key nobody makes it or tells whom it means.
 */
const visitorOf = (key: KeyObject, { subject, presentedBy }: SubjectCaller): string =>
  subjectHash(key, `own-page ${presentedBy}`, Buffer.from(subject).toString('hex'));

/** GET /v1/own/tickets: her objections, and what became of them; with the datasets that hold persons, among which one may be missing her. */
export const listOwnTickets = operation('listOwnTickets', {
  kind: 'inspect',
  run: async (call, services) => {
    const { database, keys, registry } = services;
    const { caller, now } = call;
    const rows = await ticketsForPerson(database.app, caller.subject, most);
    const datasets = [...registry.current.datasets.values()]
      .filter(({ schema }) => schema.subject?.kind === 'person')
      .map(({ row }) => titledDataset(row.id, services));
    return allowed<'listOwnTickets'>(
      200,
      {
        visitor: visitorOf(keys.subject, caller),
        tickets: rows.map((row) => ownTicketView(row, services, now)),
        datasets,
      },
      { facts: { change: { session: caller.session, tickets: rows.length } } },
    );
  },
});
