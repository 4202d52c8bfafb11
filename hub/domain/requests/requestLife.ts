import type { LifeCycle } from '../lifeCycle.ts';

export type RequestState = 'reviewing' | 'returned' | 'offered' | 'approved' | 'refused' | 'withdrawn';
export type RequestAct =
  | 'pass'
  | 'approve'
  | 'return'
  | 'supplement'
  | 'refuse'
  | 'offer'
  | 'accept'
  | 'withdraw'
  | 'hand-on'
  | 'ask-extension'
  | 'agree-extension';

/**
 * The life of a request (共享申请) until its agreement is written. `pass` ends a stage that is not the last, `approve` the last one. What
 * is approved is `granted` once both departments have signed the agreement and a second person has approved it; `granted` is the
 * agreement's state, not another one here.
 */
export const requestLife: LifeCycle<RequestState, RequestAct> = {
  reviewing: {
    pass: 'reviewing',
    approve: 'approved',
    return: 'returned',
    refuse: 'refused',
    offer: 'offered',
    withdraw: 'withdrawn',
    'hand-on': 'reviewing',
    'ask-extension': 'reviewing',
    'agree-extension': 'reviewing',
  },
  returned: { supplement: 'reviewing', withdraw: 'withdrawn' },
  offered: { accept: 'approved', withdraw: 'withdrawn' },
  approved: {},
  refused: {},
  withdrawn: {},
};
