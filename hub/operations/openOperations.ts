/** The operations of the open listener: their callers are not authenticated. */
import type { OperationIdOf } from '../pipeline/contract.ts';
import { enrol } from '../features/departments/operations/enrolment.ts';
import { graceRenew } from '../features/departments/operations/graceRenew.ts';
import { getCrl, getJwks, getSigningProfile } from '../features/departments/operations/publicMaterial.ts';
import { getDocumentsSchema } from '../features/registry/operations/showSchema.ts';
import {
  getAnchors,
  getCheckpoint,
  getCosignedCheckpoint,
  proveConsistency,
} from '../features/log/operations/publishedLog.ts';
import { diagnoseHandshake } from '../features/departments/operations/diagnose.ts';
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
