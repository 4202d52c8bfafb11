/** The operations of the open listener: whoever calls is not authenticated. */
import type { OperationIdOf } from '../gate/contract.ts';
import { enrol } from './identity/enrol.ts';
import { graceRenew } from './identity/graceRenew.ts';
import { getJwks } from './identity/getJwks.ts';
import { getSigningProfile } from './identity/getSigningProfile.ts';
import { getDocumentsSchema } from './registry/getDocumentsSchema.ts';
import { getCrl } from './identity/getCrl.ts';
import { getCheckpoint } from './log/getCheckpoint.ts';
import { getCosignedCheckpoint } from './log/getCosignedCheckpoint.ts';
import { proveConsistency } from './log/proveConsistency.ts';
import { getAnchors } from './log/getAnchors.ts';
import { diagnoseHandshake } from './identity/diagnoseHandshake.ts';
import { acceptInvitation } from './staff/acceptInvitation.ts';

export const openOperations = {
  enrol,
  graceRenew,
  getJwks,
  getSigningProfile,
  getDocumentsSchema,
  getCrl,
  getCheckpoint,
  getCosignedCheckpoint,
  proveConsistency,
  getAnchors,
  diagnoseHandshake,
  acceptInvitation,
} as const satisfies { readonly [Id in OperationIdOf<'open', 'none'>]: { readonly id: Id } };
