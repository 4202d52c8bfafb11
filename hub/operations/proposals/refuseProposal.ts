import type { components } from '../../../api/openapi.ts';
import { Problem } from '../../../terms/problem.ts';
import { decideProposal } from '../../store/registry/proposals.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { accepts, decidesFor, proposalOf, stateAfterAct } from './waitingProposalOf.ts';

/** A person of the owner refuses it; its author takes it back. @throws Problem not_found, transition_not_allowed, owner_decides */
export async function refuseProposal(call: Call<StaffCaller>, services: Services): Promise<Outcome> {
  const { reason } = call.body as components['schemas']['ProposalRefusal'];
  const row = await proposalOf(call, services);
  const by = call.caller.person;
  const act = row.author === by ? 'withdraw' : 'refuse';
  const to = stateAfterAct(row, act);
  const { grants } = call.caller;
  const decides = decidesFor(grants, row, services.identity) || accepts(grants, row, services.identity);
  if (act === 'refuse' && !decides) throw new Problem('owner_decides', { owner: row.owner ?? 'office' });
  const { id, kind, name } = row;
  return allowed(
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
}
