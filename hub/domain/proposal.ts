import type { LifeCycle } from './lifeCycle.ts';

export type ProposalState = 'waiting' | 'accepted' | 'refused' | 'withdrawn';
export type ProposalAct = 'accept' | 'refuse' | 'withdraw';

/** What waits for a person of its owner: decided once. Its author alone withdraws it. */
export const proposalLife: LifeCycle<ProposalState, ProposalAct> = {
  waiting: { accept: 'accepted', refuse: 'refused', withdraw: 'withdrawn' },
  accepted: {},
  refused: {},
  withdrawn: {},
};
