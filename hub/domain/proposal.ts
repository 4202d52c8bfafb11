import type { LifeCycle } from './lifeCycle.ts';

export type ProposalState = 'waiting' | 'accepted' | 'refused' | 'withdrawn';
export type ProposalAct = 'accept' | 'refuse' | 'withdraw';

/** A proposal waits for a person of its owner and is decided once. Only its author may withdraw it. */
export const proposalLife: LifeCycle<ProposalState, ProposalAct> = {
  waiting: { accept: 'accepted', refuse: 'refused', withdraw: 'withdrawn' },
  accepted: {},
  refused: {},
  withdrawn: {},
};
