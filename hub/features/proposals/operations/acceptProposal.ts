import { isSamePerson } from '../../../domain/standIn.ts';
import { Problem } from '../../../../terms/problem.ts';
import { decideProposal, proposalById } from '../../../registry/store/proposals.ts';
import { refuseDoneOnBehalf } from '../../common/onBehalfOf.ts';
import { digestOf } from '../../registry/operations/registration.ts';
import { proposableOperation } from './proposableOperations.ts';
import { accepts, proposalOf, stateAfterAct, decidesFor } from './waitingProposalOf.ts';
import { decided, own, everywhere } from '../../../domain/cells.ts';
import { anyOf, ofProposalOrAuthor } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { allowed } from '../../../pipeline/call.ts';

/**
 * A person of the owner accepts another person's proposal. It is checked again against the current state and executed by the same entry.
 * @throws Problem not_found, version_exists (something else was read), transition_not_allowed, four_eyes, made_by_unread, owner_decides,
 *   officer_decides, and any problem of the proposed operation in the current state
 */
export const acceptProposal = operation('acceptProposal', {
  kind: 'management',
  // the data office decides on behalf of a department without eligible persons
  permission: decided,
  owner: async (call, { database }) =>
    anyOf((await proposalById(database.app, call.params.proposal))?.owner ?? undefined),
  run: async (call, services) => {
    const { digest } = call.body;
    const row = await proposalOf(call, services);
    const what = `${row.kind} ${row.name}` as const;
    if (row.digest !== digest) throw new Problem('version_exists', { what });
    const body = JSON.parse(row.body) as unknown;
    const to = stateAfterAct(row, 'accept');
    const by = call.caller.person;
    if (isSamePerson(call.caller, row.author)) throw new Problem('four_eyes');
    await refuseDoneOnBehalf(call.caller, { proposal: row }, services);
    // the entry records the digest of the proposal: the executed operation must match it
    if (digestOf({ operation: row.operation, params: row.params, body }) !== row.digest)
      throw new Problem('made_by_unread');
    if (!accepts(call.caller.grants, row, services.identity))
      throw row.needsOfficer
        ? new Problem('officer_decides')
        : new Problem('owner_decides', { owner: row.owner ?? 'office' });
    const operation = proposableOperation(row.operation);
    if (operation === undefined) throw new TypeError(`${row.operation} cannot be accepted`);
    const proposed = { ...call, body, params: row.params };
    const outcome = await operation.register(proposed, services, { author: row.author, approver: by });
    return {
      ...outcome,
      facts: { ...outcome.facts, change: { ...outcome.facts.change, proposal: row.id, author: row.author } },
      work: async (transaction) => {
        await outcome.work?.(transaction);
        if (
          !(await decideProposal(transaction, { id: row.id, to, by, reason: null, exchange: call.exchange }))
        )
          throw new Problem('transition_not_allowed', { what, state: 'accepted', act: 'accept' });
      },
      bumpsEpoch: outcome.bumpsEpoch,
    };
  },
});

/**
 * A person of the owner refuses the proposal, or its author withdraws it.
 * @throws Problem not_found, transition_not_allowed, owner_decides
 */
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
