import type { LifeCycle } from './lifeCycle.ts';

export type PolicyDocumentState =
  'draft' | 'submitted' | 'returned' | 'active' | 'suspended' | 'superseded' | 'revoked';
export type PolicyDocumentAct =
  'submit' | 'return' | 'approve' | 'suspend' | 'resume' | 'supersede' | 'revoke';

/** States of a version that has not ended: in force, suspended or waiting for a decision. */
export const openStates = [
  'submitted',
  'active',
  'suspended',
] as const satisfies readonly PolicyDocumentState[];

/** The life of one version of an Agreement (共享协议) or Restriction. Only `active` versions decide calls. */
export const policyDocumentLife: LifeCycle<PolicyDocumentState, PolicyDocumentAct> = {
  draft: { submit: 'submitted' },
  submitted: { approve: 'active', return: 'returned', supersede: 'superseded' },
  returned: {},
  active: { suspend: 'suspended', supersede: 'superseded', revoke: 'revoked' },
  suspended: { resume: 'active', supersede: 'superseded', revoke: 'revoked' },
  superseded: {},
  revoked: {},
};
