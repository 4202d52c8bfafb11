import type { OperationRows } from '../../gate/bindRows.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { giveMandate } from './giveMandate.ts';
import { listMandates } from './listMandates.ts';
import { offerPolicySignature } from './offerPolicySignature.ts';
import { revokeMandate } from './revokeMandate.ts';
import { showMandate } from './showMandate.ts';
import { signPolicyDocument } from './signPolicyDocument.ts';

/** Persons who sign in a department's name, and what they sign. */
export const mandating = {
  giveMandate: { kind: 'management', run: giveMandate },
  listMandates: { kind: 'inspect', run: listMandates },
  showMandate: { kind: 'inspect', run: showMandate },
  revokeMandate: { kind: 'management', run: revokeMandate },
  offerPolicySignature: { kind: 'inspect', run: offerPolicySignature },
  signPolicyDocument: { kind: 'management', run: signPolicyDocument },
} as const satisfies OperationRows<StaffCaller, Services>;
