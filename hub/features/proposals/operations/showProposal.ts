import { allowed } from '../../../pipeline/call.ts';
import type { ProposalHead, ProposalRow } from '../../../registry/store/proposals.ts';
import type { Services } from '../../common/services.ts';
import { shownPull, type StoredPull } from '../../pulls/operations/pulls.ts';
import { proposalOf } from './waitingProposalOf.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { seen } from '../../../domain/cells.ts';
import { ofProposalOrAuthor } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { present } from '../../../../terms/defined.ts';

/** Returns a whole proposal and its outcome. @throws Problem not_found */
export const showProposal = operation('showProposal', {
  kind: 'inspect',
  permission: seen,
  owner: ofProposalOrAuthor,
  run: async (call, services) => {
    const row = await proposalOf(call, services);
    const { decidedBy, reason } = row;
    const body = {
      ...proposalHead(row, services.identity),
      state: row.state,
      params: row.params,
      body: shownBody(row),
      ...(decidedBy === null ? {} : { decidedBy, ...namesOfIds(services.identity, { decidedBy }) }),
      ...present({ reason }),
    };
    return allowed<'showProposal'>(200, body, { facts: { change: { proposal: row.id } } });
  },
});

function shownBody({ operation, body }: Pick<ProposalRow, 'operation' | 'body'>): unknown {
  const stored = JSON.parse(body) as unknown;
  return operation === 'registerPull' ? shownPull(stored as StoredPull) : stored;
}

/** The part of a proposal shown in lists. */
export const proposalHead = (
  { id, operation, kind, name, owner, digest, author, needsOfficer }: ProposalHead,
  identity: Services['identity'],
) => ({
  proposal: id,
  operation,
  kind,
  name,
  digest,
  author,
  ...namesOfIds(identity, { author }),
  ...present({ owner }),
  ...(needsOfficer ? { needsOfficer } : {}),
});
