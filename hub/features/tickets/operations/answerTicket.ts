import { isSamePerson } from '../../../domain/standIn.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import { Problem } from '../../../../terms/problem.ts';
import { tokensOf, unsearchable } from '../../../log/evidence/searchEntries.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { transition } from '../../../domain/lifeCycle.ts';
import { answerTimes } from '../../../domain/answerTimes.ts';
import { ticketDeadline, ticketLife } from '../../../domain/ticket.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { BodyOf } from '../../../pipeline/contract.ts';
import { batchById } from '../../../flows/intake/store/batches.ts';
import { answerTicket as answerRow, ticketById, type ReportedTicket } from '../store/tickets.ts';
import { notifyReceivers } from '../store/notifyReceivers.ts';
import type { Services } from '../../common/services.ts';
import { departmentsOf } from './ticketParties.ts';
import { ticketSummary } from './ticketView.ts';
import { own } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { present } from '../../../../terms/defined.ts';

/**
 * POST /v1/tickets/{ticket}/answer: the provider names the batch that corrected the data, or explains why nothing is wrong. The opener may
 * withdraw it. Consumers who received the wrong value are notified. A ticket of other departments is reported like one that does not
 * exist.
 * @throws Problem not_found, four_eyes, transition_not_allowed, ticket_batch_unfit, ticket_invalid, text_identity_number
 */
export const answerTicket = operation('answerTicket', {
  kind: 'management',
  permission: { steward: own },
  owner: self,
  run: async (call, services) => {
    const answer = call.body;
    const { database, keys } = services;
    const { now, exchange, caller } = call;
    const ticket = await ticketById(database.app, call.params.ticket);
    const departments = departmentsOf(caller);
    const row = ticketOfSide(ticket, answer.act, departments);
    const what = `ticket ${row.id}` as const;
    const to = transition(ticketLife, what, row.state, answer.act);
    // a person who complained at their department's counter may not settle the ticket there
    if (answer.act !== 'withdraw' && caller.kind === 'staff' && isSamePerson(caller, row.person))
      throw new Problem('four_eyes');
    const reason = answer.reason ?? null;
    if (reason !== null && holdsIdentityNumber(reason))
      throw new Problem('text_identity_number', {}, { at: '/body/reason' });
    const batch = answer.act === 'mend' ? await batchOf(answer, row, services) : null;
    const notifies = answer.act === 'mend' && row.wish !== 'copy';
    const { tokens, lost } =
      row.subject === null || !notifies
        ? { tokens: [], lost: [] }
        : await tokensOf(services, row.subject, now);
    const after = { ...row, state: to, reason, batch, answeredAt: now };
    const summary = {
      ...ticketSummary(after, departments, now),
      // consumers that received the wrong value in these years are not found
      ...(lost.length === 0 ? {} : { unsearchableYears: lost }),
    };
    return allowed<'answerTicket'>(200, summary, {
      facts: {
        consumer: row.opener,
        provider: row.provider,
        dataset: row.dataset,
        change: {
          ticket: row.id,
          act: answer.act,
          stands: to,
          ...present({ batch }),
          ...unsearchable(lost),
          ...(answer.act === 'withdraw'
            ? {}
            : answerTimes(ticketDeadline(row.openedAt, chinaWorkingCalendar), row.provider)),
        },
      },
      subjects: row.subject === null ? [] : [subjectToken(keys.logToken(tokenYear(now)), row.subject)],
      work: async (transaction) => {
        if (!(await answerRow(transaction, { id: row.id, to, reason, batch, at: now, exchange })))
          throw new Problem('transition_not_allowed', { what, state: to, act: answer.act });
        if (notifies) await notifyReceivers(transaction, row, tokens);
      },
      bumpsEpoch: row.subject !== null && row.wish === 'correction',
    });
  },
});

/** The ticket, if one of these departments may do this act. @throws Problem not_found */
function ticketOfSide(
  ticket: ReportedTicket | undefined,
  act: BodyOf<'answerTicket'>['act'],
  departments: readonly string[],
): ReportedTicket {
  if (ticket === undefined) throw new Problem('not_found');
  // no one else can withdraw an objection that a person made on their own page
  const taker = ticket.origin === 'own' ? undefined : ticket.opener;
  const side = act === 'withdraw' ? taker : ticket.provider;
  if (side === undefined || !departments.includes(side)) throw new Problem('not_found');
  return ticket;
}

/**
 * The batch that corrected the data. The answer to a copy or a deletion must state how it was done. For a deletion it may name the batch
 * that deleted the rows.
 * @throws Problem ticket_invalid, ticket_batch_unfit
 */
async function batchOf(
  { batch, reason }: { readonly batch?: string; readonly reason?: string },
  row: ReportedTicket,
  services: Services,
): Promise<string | null> {
  if (row.wish === 'correction') return mendingBatch(batch, row, services);
  if (reason === undefined) throw new Problem('ticket_invalid', { reason: unsaid }, { at: '/body/reason' });
  if (batch === undefined) return null;
  if (row.wish === 'copy') throw new Problem('ticket_batch_unfit', {}, { at: '/body/batch' });
  return mendingBatch(batch, row, services);
}

const unsaid = {
  zh: '没有写明复制件如何交付，或数据如何删除',
  en: 'it is not said how the copy was handed over, or the data deleted',
};

/** A batch of that dataset published after the ticket was opened. A dataset whose rows stay with its provider has no batch. */
async function mendingBatch(
  named: string | undefined,
  { dataset, openedAt }: ReportedTicket,
  { database, registry }: Services,
): Promise<string | null> {
  const unfit = new Problem('ticket_batch_unfit', {}, { at: '/body/batch' });
  if (named === undefined) {
    if (['live', 'events'].includes(registry.current.datasets.get(dataset)?.row.mode ?? '')) return null;
    throw unfit;
  }
  const batch = await batchById(database.app, named);
  const visible = batch?.state === 'published' || batch?.state === 'superseded';
  if (batch?.dataset !== dataset || !visible || (batch.finishedAt ?? 0) < openedAt) throw unfit;
  return named;
}
