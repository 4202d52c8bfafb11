import type { components } from '../../../../api/openapi.ts';
import { type ReportedTicket, nextTicketId, ownSince, ticketsForPerson } from '../store/tickets.ts';
import type { Services } from '../../common/services.ts';
import { titledDataset, titledDepartment } from '../../subjects/operations/titledDepartment.ts';
import { ticketSummary } from './ticketView.ts';
import { parseLeaf } from '../../../../log/parseLeaf.ts';
import { Problem } from '../../../../terms/problem.ts';
import { tokensOf } from '../../../log/evidence/searchEntries.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { allowed, type Call } from '../../../pipeline/call.ts';
import type { SubjectCaller } from '../../../identity/authentication/caller.ts';
import { entryAbout } from '../../../log/store/firstApproval.ts';
import { identifierOf } from '../../subjects/operations/ownSession.ts';
import { entryVisibilityOf } from '../../subjects/operations/subjectView.ts';
import { storeTicket, sealedFor, wished } from './openTicket.ts';
import { cursorOf, names, oneMore, requestedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import type { KeyObject } from 'node:crypto';
import { subjectHash } from '../../../domain/subjectHash.ts';
import { defined, present } from '../../../../terms/defined.ts';

type Schemas = components['schemas'];

/** `OwnTicket` of openapi.yaml: what a person is shown of their objection. */
function ownTicketView(row: ReportedTicket, services: Services, now: number): Schemas['OwnTicket'] {
  const { id, state, due, provisional, overdue, opened, answered, exchange } = ticketSummary(
    row,
    [row.opener],
    now,
  );
  return {
    id,
    state,
    claim: row.claim,
    due,
    provisional,
    overdue,
    opened,
    ...(row.wish === 'correction' ? {} : { wish: row.wish }),
    dataset: titledDataset(row.dataset, services),
    provider: titledDepartment(services.identity, row.provider),
    ...defined({ exchange, answered }),
    ...present({ reason: row.reason }),
  };
}

/** maximum number for one person within a day: each one makes decisions in progress run again */
const maxADay = 10;

const dayLength = 86_400_000;

/**
 * POST /v1/own/tickets: a person objects on their own page, to an access record shown to them, or to a record that is wrong or missing.
 * The department that vouched for them opens the ticket on their behalf, and the provider answers. The identifier comes from the session,
 * where it is stored sealed.
 * @throws Problem not_found (another person's exchange, too), dataset_unknown, ticket_invalid, ticket_open_already, tickets_full,
 *   text_identity_number, own_session_ended
 */
export const openOwnTicket = operation('openOwnTicket', {
  kind: 'management',
  run: async (call, services) => {
    const requested = call.body;
    const { exchange: look, dataset: named, claim, wish = 'correction' } = requested;
    const { caller, now, exchange } = call;
    const { database, keys, registry } = services;
    if (holdsIdentityNumber(claim)) throw new Problem('text_identity_number', {}, { at: '/body/claim' });
    const dataset = look === undefined ? named : await datasetOfAccess(look, call, services);
    if (dataset === undefined || (named !== undefined && named !== dataset))
      throw new Problem('ticket_invalid', { reason: unnamed }, { at: '/body/dataset' });
    const live = registry.current.datasets.get(dataset);
    if (live?.schema.subject?.kind !== 'person') throw new Problem('dataset_unknown', { dataset });
    if ((await ownSince(database.app, caller.subject, now - dayLength)) >= maxADay)
      throw new Problem('tickets_full', { most: maxADay });
    const key = await identifierOf(services, caller.session);
    if (key === undefined) throw new Problem('own_session_ended');
    const id = await nextTicketId(database.app);
    const row: ReportedTicket = {
      id,
      opener: caller.department,
      origin: 'own',
      person: null,
      provider: live.row.department,
      dataset,
      exchange: look ?? null,
      field: null,
      subject: Buffer.from(caller.subject),
      sealedKey: sealedFor(services, id, key),
      claim,
      wish,
      state: 'open',
      openedAt: now,
      answeredAt: null,
      reason: null,
      batch: null,
      told: [],
    };
    return allowed<'openOwnTicket'>(201, ownTicketView(row, services, now), {
      facts: {
        consumer: row.opener,
        provider: row.provider,
        dataset,
        change: {
          ticket: id,
          act: 'open',
          origin: 'own',
          session: caller.session,
          presentedBy: caller.presentedBy,
          ...wished(wish),
          ...defined({ against: look }),
        },
      },
      subjects: [subjectToken(keys.logToken(tokenYear(now)), caller.subject)],
      work: (transaction) => storeTicket(transaction, row, exchange),
      bumpsEpoch: wish === 'correction',
    });
  },
});

const unnamed = {
  zh: '没有写明数据资源，或与该次查询不符',
  en: 'no dataset is named, or not that of the look',
};

/**
 * The dataset of an access record that is shown to the person. Of years whose subject key is lost none is shown, as the view reports
 * (`unsearchableYears`).
 * @throws Problem not_found
 */
async function datasetOfAccess(
  look: string,
  { caller, now }: Call<SubjectCaller>,
  services: Services,
): Promise<string> {
  const { tokens } = await tokensOf(services, caller.subject, now);
  const bytes = await entryAbout(services.database.app, look, tokens);
  const leaf = bytes && parseLeaf(bytes);
  const dataset = leaf?.kind === 'release' && leaf.decision === 'allow' ? leaf.dataset : undefined;
  if (
    leaf === undefined ||
    dataset === undefined ||
    !(await entryVisibilityOf(services, caller.subject, now))(leaf)
  )
    throw new Problem('not_found');
  return dataset;
}

/**
 * The key under which the person's browser stores unsent texts. It is the same at each visit. Other persons have another key, and so has a
 * guardian who acts for the person. Without the hub's key it can neither be computed nor traced to a person.
 */
const visitorOf = (key: KeyObject, { subject, presentedBy }: SubjectCaller): string =>
  subjectHash(key, `own-page ${presentedBy}`, Buffer.from(subject).toString('hex'));

/**
 * GET /v1/own/tickets: the person's objections and their results. Also the datasets that hold persons, where a record of the person may be
 * missing.
 * @throws Problem cursor_invalid
 */
export const listOwnTickets = operation('listOwnTickets', {
  kind: 'inspect',
  run: async (call, services) => {
    const { database, keys, registry } = services;
    const { caller, now } = call;
    const page = requestedPage(call.query, names.ticket);
    const rows = await ticketsForPerson(database.app, caller.subject, oneMore(page));
    const shown = rows.slice(0, page.maxRows);
    const last = rows.length > shown.length ? shown.at(-1) : undefined;
    const datasets = [...registry.current.datasets.values()]
      .filter(({ schema }) => schema.subject?.kind === 'person')
      .map(({ row }) => titledDataset(row.id, services));
    return allowed<'listOwnTickets'>(
      200,
      {
        visitor: visitorOf(keys.subject, caller),
        presentedBy: caller.presentedBy,
        tickets: shown.map((row) => ownTicketView(row, services, now)),
        datasets,
        ...(last === undefined ? {} : { nextCursor: cursorOf(last.id) }),
      },
      { facts: { change: { session: caller.session, tickets: shown.length } } },
    );
  },
});
