import { parseLeaf } from '../../../../log/parseLeaf.ts';
import { Problem } from '../../../../terms/problem.ts';
import { tokensOf } from '../../../log/evidence/searchEntries.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { holdsIdentityNumber } from '../../../domain/identityNumberIn.ts';
import { allowed, type Call } from '../../../pipeline/call.ts';
import type { SubjectCaller } from '../../../identity/authentication/caller.ts';
import { entryAbout } from '../../../log/store/entryAbout.ts';
import { nextTicketId, ownSince, type TicketTold } from '../store/tickets.ts';
import type { Services } from '../../common/services.ts';
import { identifierOf } from '../../subjects/operations/ownIdentifier.ts';
import { isToldOf } from '../../subjects/operations/subjectView.ts';
import { keepTicket, sealedFor, wished } from './openTicket.ts';
import { ownTicketView } from './ownTicketView.ts';
import { operation } from '../../common/operation.ts';

/** of one person within a day: each is a change that decisions under way are decided again for */
const mostADay = 10;
const dayLength = 86_400_000;

/**
 * POST /v1/own/tickets: a person objects on her own page, to a look that she was told of, or to a record that is wrong or missing. The
 * department that vouched for her opens it in her name; who answers is the provider. Her identifier comes from her session, where it lies
 * sealed. @throws Problem not_found (somebody else's exchange, too), dataset_unknown, ticket_invalid, ticket_open_already, tickets_full,
 *   text_identity_number, own_session_ended
 */
export const openOwnTicket = operation('openOwnTicket', {
  kind: 'management',
  run: async (call, services) => {
    const asked = call.body;
    const { exchange: look, dataset: named, claim, wish = 'correction' } = asked;
    const { caller, now, exchange } = call;
    const { database, keys, registry } = services;
    if (holdsIdentityNumber(claim)) throw new Problem('text_identity_number', {}, { at: '/body/claim' });
    const dataset = look === undefined ? named : await datasetOfLook(look, call, services);
    if (dataset === undefined || (named !== undefined && named !== dataset))
      throw new Problem('ticket_invalid', { reason: unnamed }, { at: '/body/dataset' });
    const live = registry.current.datasets.get(dataset);
    if (live?.schema.subject?.kind !== 'person') throw new Problem('dataset_unknown', { dataset });
    if ((await ownSince(database.app, caller.subject, now - dayLength)) >= mostADay)
      throw new Problem('tickets_full', { most: mostADay });
    const key = await identifierOf(services, caller.session);
    if (key === undefined) throw new Problem('own_session_ended');
    const id = await nextTicketId(database.app);
    const row: TicketTold = {
      ...{
        id,
        opener: caller.department,
        origin: 'own',
        person: null,
        provider: live.row.department,
        dataset,
      },
      ...{ exchange: look ?? null, field: null, subject: Buffer.from(caller.subject) },
      ...{
        sealedKey: sealedFor(services, id, key),
        claim,
        wish,
        state: 'open',
        openedAt: now,
        answeredAt: null,
      },
      ...{ reason: null, batch: null, told: [] },
    };
    return allowed<'openOwnTicket'>(201, ownTicketView(row, services, now), {
      facts: {
        ...{ consumer: row.opener, provider: row.provider, dataset },
        change: {
          ...{ ticket: id, act: 'open', origin: 'own', session: caller.session },
          presentedBy: caller.presentedBy,
          ...wished(wish),
          ...(look === undefined ? {} : { against: look }),
        },
      },
      subjects: [subjectToken(keys.logToken(tokenYear(now)), caller.subject)],
      work: (transaction) => keepTicket(transaction, row, exchange),
      bumpsEpoch: wish === 'correction',
    });
  },
});

const unnamed = {
  zh: '没有写明数据资源，或与该次查询不符',
  en: 'no dataset is named, or not that of the look',
};

/** The dataset of a look at her that she is told of. @throws Problem not_found */
async function datasetOfLook(
  look: string,
  { caller, now }: Call<SubjectCaller>,
  services: Services,
): Promise<string> {
  const { tokens } = await tokensOf(services, caller.subject, now);
  const bytes = await entryAbout(services.database.app, look, tokens);
  const leaf = bytes && parseLeaf(bytes);
  const dataset = leaf?.kind === 'release' && leaf.decision === 'allow' ? leaf.dataset : undefined;
  if (leaf === undefined || dataset === undefined || !(await isToldOf(services, caller.subject, now))(leaf))
    throw new Problem('not_found');
  return dataset;
}
