/** The operations of the open listener: whoever calls is not authenticated. */
import type { OperationIdOf } from '../pipeline/contract.ts';
import { enrol } from '../features/departments/operations/enrol.ts';
import { graceRenew } from '../features/departments/operations/graceRenew.ts';
import { getJwks } from '../features/departments/operations/getJwks.ts';
import { getSigningProfile } from '../features/departments/operations/getSigningProfile.ts';
import { getDocumentsSchema } from '../features/registry/operations/getDocumentsSchema.ts';
import { getCrl } from '../features/departments/operations/getCrl.ts';
import { getCheckpoint } from '../features/log/operations/getCheckpoint.ts';
import { getCosignedCheckpoint } from '../features/log/operations/getCosignedCheckpoint.ts';
import { proveConsistency } from '../features/log/operations/proveConsistency.ts';
import { getAnchors } from '../features/log/operations/getAnchors.ts';
import { diagnoseHandshake } from '../features/departments/operations/diagnoseHandshake.ts';
import { acceptInvitation } from '../features/staff/operations/acceptInvitation.ts';

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
