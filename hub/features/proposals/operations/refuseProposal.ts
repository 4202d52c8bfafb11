import { Problem } from '../../../../terms/problem.ts';
import { decideProposal } from '../../../registry/store/proposals.ts';
import { allowed } from '../../../pipeline/call.ts';
import { accepts, decidesFor, proposalOf, stateAfterAct } from './waitingProposalOf.ts';
import { own, everywhere } from '../../../domain/cells.ts';
import { ofProposalOrAuthor } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** A person of the owner refuses it; its author takes it back. @throws Problem not_found, transition_not_allowed, owner_decides */
export const refuseProposal = operation('refuseProposal', {
  kind: 'management',
  permission: {
    operator: own,
    'office steward': everywhere,
    'office security': everywhere,
    steward: own,
    security: own,
  },
  owner: ofProposalOrAuthor,
  run: async (call, services) => {
    const { reason } = call.body;
    const row = await proposalOf(call, services);
    const by = call.caller.person;
    const act = row.author === by ? 'withdraw' : 'refuse';
    const to = stateAfterAct(row, act) as 'refused' | 'withdrawn';
    const { grants } = call.caller;
    const decides = decidesFor(grants, row, services.identity) || accepts(grants, row, services.identity);
    if (act === 'refuse' && !decides) throw new Problem('owner_decides', { owner: row.owner ?? 'office' });
    const { id, kind, name } = row;
    return allowed<'refuseProposal'>(
      200,
      { proposal: id, kind, name, state: to },
      {
        facts: { change: { proposal: id, kind, id: name, state: to, author: row.author } },
        work: async (transaction) => {
          if (!(await decideProposal(transaction, { id, to, by, reason, exchange: call.exchange })))
            throw new Problem('transition_not_allowed', { what: `${kind} ${name}`, state: to, act });
        },
      },
    );
  },
});
