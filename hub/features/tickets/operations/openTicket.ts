import type { components } from '../../../../api/openapi.ts';
import { parseLeaf } from '../../../../log/parseLeaf.ts';
import { Problem } from '../../../../terms/problem.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import type { TicketWish } from '../../../domain/ticket.ts';
import { subjectHash } from '../../../domain/subjectHash.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import { allowed, type Call } from '../../../pipeline/call.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { entriesOfExchanges } from '../../../log/store/entries.ts';
import { isDuplicate } from '../../../platform/database/failure.ts';
import { insertTicket, nextTicketId, openedSince, type ReportedTicket } from '../store/tickets.ts';
import { takeAssertion } from '../../subjects/store/takeAssertion.ts';
import type { Reading } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { counterOf } from '../../subjects/operations/viewSubject.ts';
import { assertedPerson } from '../../subjects/operations/ownSession.ts';
import { departmentOf } from './ticketParties.ts';
import { ticketView } from './ticketView.ts';
import { own } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { present } from '../../../../terms/defined.ts';

type Requested = components['schemas']['TicketAsked'];

/** maximum number for one department within a day: each one makes decisions in progress run again */
const maxADay = 200;
const dayLength = 86_400_000;

/**
 * POST /v1/tickets: reports that data is wrong or missing. A consumer reports an answer it got, or a subject whose key it holds. An
 * appointed department reports for a person, at its counter or in its service. The key is stored as the rows' keyed hash, and also sealed
 * for the provider. Entries have neither. While a correction is open, answers about that subject state it. A person may also ask for a
 * copy or a deletion.
 * @throws Problem ticket_invalid, not_found (the exchange), dataset_unknown, dataset_not_agreed, ticket_open_already, tickets_full,
 *   text_identity_number, not_person_service, assertion_invalid, assertion_used
 */
export const openTicket = operation('openTicket', {
  kind: 'management',
  permission: { steward: own },
  owner: self,
  run: async (call, services) => {
    const requested = call.body;
    const { database, keys } = services;
    const { now, exchange: by } = call;
    if (holdsIdentityNumber(requested.claim))
      throw new Problem('text_identity_number', {}, { at: '/body/claim' });
    const claimant = await claimOf(call, requested, services);
    const { opener, origin } = claimant;
    const about = await aboutOf(requested, opener, origin, services);
    const key = claimant.key ?? requested.key;
    if (key === undefined && requested.exchange === undefined)
      throw invalid('key', '没有写明主体', 'no subject is named');
    const wish = requested.wish ?? 'correction';
    if (wish !== 'correction') refuseUnasked(origin, key);
    if ((await openedSince(database.app, opener, now - dayLength)) >= maxADay)
      throw new Problem('tickets_full', { most: maxADay });
    const id = await nextTicketId(database.app);
    const subject = key === undefined ? null : hashOf(key, about.live, services);
    const row: ReportedTicket = {
      id,
      opener,
      origin,
      provider: about.live.row.department,
      dataset: about.live.row.id,
      person: call.caller.kind === 'staff' ? call.caller.person : null,
      exchange: requested.exchange ?? null,
      field: requested.field ?? null,
      subject,
      sealedKey: key === undefined ? null : sealedFor(services, id, key),
      claim: requested.claim,
      wish,
      state: 'open',
      openedAt: now,
      answeredAt: null,
      reason: null,
      batch: null,
      told: [],
    };
    return allowed<'openTicket'>(
      201,
      ticketView(row, [opener], now, () => key ?? ''),
      {
        facts: {
          consumer: opener,
          provider: row.provider,
          dataset: row.dataset,
          change: {
            ticket: id,
            act: 'open',
            origin,
            ...wished(wish),
            ...present({ field: row.field, against: row.exchange }),
            ...claimant.facts,
          },
        },
        subjects: subject === null ? [] : [subjectToken(keys.logToken(tokenYear(now)), subject)],
        work: async (transaction) => {
          await claimant.work?.(transaction);
          await storeTicket(transaction, row, by);
        },
        // answers about the subject state from now on that it is open
        bumpsEpoch: subject !== null && wish === 'correction',
      },
    );
  },
});

/** A copy and a deletion are for a named person who asks for it. @throws Problem ticket_invalid */
function refuseUnasked(origin: Claim['origin'], key: string | undefined): void {
  if (origin === 'department')
    throw invalid('wish', '复制和删除由本人提出', 'a copy and a deletion are asked for by the person');
  if (key === undefined) throw invalid('key', '没有写明主体', 'no subject is named');
}

/** The wish as entries state it. A correction, the most frequent wish, is omitted. */
export const wished = (wish: TicketWish): { readonly wish?: string } =>
  wish === 'correction' ? {} : { wish };

/** @throws Problem ticket_open_already */
export async function storeTicket(
  transaction: Parameters<typeof insertTicket>[0],
  row: ReportedTicket,
  exchange: string,
): Promise<void> {
  await insertTicket(transaction, row, exchange).catch((error: unknown) => {
    throw isDuplicate(error) ? new Problem('ticket_open_already', {}, { cause: error }) : error;
  });
}

/** Sealed for the provider, under the ticket's id. */
export const sealedFor = ({ keys }: Pick<Services, 'keys'>, id: string, key: string): Buffer =>
  Buffer.from(sealerOf(keys.sealing).seal(Buffer.from(key, 'utf8'), contextOf(id)));

export const contextOf = (id: string): string => `ticket:${id}`;

interface Claim {
  readonly opener: string;
  readonly origin: ReportedTicket['origin'];
  /** the identifier that was proven */
  readonly key?: string;
  readonly facts?: Readonly<Record<string, string>>;
  readonly work?: (transaction: Parameters<typeof takeAssertion>[0]) => Promise<void>;
}

/** On whose behalf it is reported: the department's own, or a person's who is at its counter or was proven by its service. */
async function claimOf(
  { caller, exchange, now }: Call<Reading>,
  requested: Requested,
  services: Services,
): Promise<Claim> {
  const { assertion, counter } = requested;
  if (assertion !== undefined && counter !== undefined)
    throw invalid('counter', '服务窗口与断言只能取其一', 'either at the counter or by an assertion');
  if (counter !== undefined) {
    if (caller.kind !== 'staff')
      throw invalid('counter', '服务窗口由工作人员办理', 'a counter is served by staff');
    if (holdsIdentityNumber(counter.application))
      throw new Problem('text_identity_number', {}, { at: '/body/counter/application' });
    const { document, presentedBy, application } = counter;
    const opener = await counterOf(caller, services);
    return { opener, origin: 'counter', facts: { document, presentedBy, application } };
  }
  if (assertion === undefined) return { opener: departmentOf(caller), origin: 'department' };
  if (caller.kind === 'staff')
    throw invalid('assertion', '断言由部门系统提交', 'an assertion is handed in by a department’s machine');
  const { department } = caller;
  const proven = await assertedPerson(assertion, { department, now }, services);
  return {
    opener: department,
    origin: 'service',
    key: assertion.subject.value,
    facts: { assertion: proven.id, presentedBy: proven.presentedBy },
    work: async (transaction) => {
      const taken = { department, id: proven.id, jws: assertion.jws, exchange };
      if (!(await takeAssertion(transaction, taken))) throw new Problem('assertion_used');
    },
  };
}

/** The dataset it is about, and the field. A consumer may name what it receives; a person, any dataset that holds persons. */
async function aboutOf(
  { exchange, dataset: named, field }: Requested,
  opener: string,
  origin: Claim['origin'],
  { database, registry }: Services,
): Promise<{ readonly live: LiveDataset }> {
  const own = exchange === undefined ? undefined : await answeredTo(exchange, opener, database);
  const dataset = own ?? named;
  if (dataset === undefined) throw invalid('dataset', '没有写明数据资源', 'no dataset is named');
  if (named !== undefined && named !== dataset)
    throw invalid('dataset', '该交换不涉及这一数据资源', 'that exchange is about another dataset');
  const live = registry.current.datasets.get(dataset);
  if (live === undefined) throw new Problem('dataset_unknown', { dataset });
  if (origin !== 'department' && live.schema.subject?.kind !== 'person')
    throw invalid('dataset', '该数据资源不以个人为主体', 'the dataset is not about persons');
  if (origin === 'department' && registry.current.plans.reach.get(opener)?.has(dataset) !== true)
    throw new Problem('dataset_not_agreed', {}, { at: '/body/dataset' });
  if (field !== undefined && !live.schema.fields.some(({ name }) => name === field))
    throw invalid('field', '数据集标准没有该数据项', 'the schema has no such field');
  return { live };
}

/**
 * The dataset of an answer that this department got. An answer to others is reported like one that does not exist.
 * @throws Problem not_found
 */
async function answeredTo(exchange: string, opener: string, { app }: Services['database']): Promise<string> {
  const [entry] = await entriesOfExchanges(app, [exchange]);
  const leaf = entry && parseLeaf(entry.leaf);
  if (
    leaf?.kind !== 'release' ||
    leaf.decision !== 'allow' ||
    leaf.consumer !== opener ||
    leaf.dataset === undefined
  )
    throw new Problem('not_found');
  return leaf.dataset;
}

/** @throws Problem ticket_invalid */
function hashOf(key: string, { schema }: LiveDataset, { keys }: Services): Buffer {
  if (schema.subject === undefined) throw invalid('key', '该数据资源没有主体', 'the dataset has no subject');
  return Buffer.from(subjectHash(keys.subject, schema.subject.kind, key), 'hex');
}

const invalid = (at: string, zh: string, en: string): Problem =>
  new Problem('ticket_invalid', { reason: { zh, en } }, { at: `/body/${at}` });
