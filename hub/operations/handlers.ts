/**
 * Which function answers which operationId, by listener. The boot compares this with openapi.yaml: neither may have one more.
 * The walks of the exchange listener (query, upload, quarantine) are bound in hub/exchange/walks.ts.
 */
import type { ExchangeOperation } from '../exchange/call.ts';
import { diagnose } from './exchange/diagnose.ts';
import { explainDecision } from './exchange/explainDecision.ts';
import { getReceipt } from './exchange/getReceipt.ts';
import { renewCertificate } from './exchange/renewCertificate.ts';
import { healthz } from './health/healthz.ts';
import { metrics } from './health/metrics.ts';
import { readyz } from './health/readyz.ts';
import { enrol } from './identity/enrol.ts';
import { graceRenew } from './identity/graceRenew.ts';
import { issueEnrolmentCode } from './identity/issueEnrolmentCode.ts';
import { diagnoseHandshake, getCrl, getJwks, getSigningProfile } from './identity/publicMaterial.ts';
import { registerDepartment } from './identity/registerDepartment.ts';
import { revokeCertificate } from './identity/revokeCertificate.ts';
import { exportPack } from './log/exportPack.ts';
import { listEntries } from './log/listEntries.ts';
import { getAnchors, getCheckpoint } from './log/publicLog.ts';
import { searchEntries } from './log/searchEntries.ts';
import type { ManagedOperation, PublicOperation } from './managed.ts';
import { approvePolicyDocument } from './policy/approvePolicyDocument.ts';
import { submitPolicyDocument } from './policy/submitPolicyDocument.ts';
import { suspendAgreement } from './policy/suspendAgreement.ts';
import { registerCodeList } from './registry/registerCodeList.ts';
import { registerDataset } from './registry/registerDataset.ts';
import { registerMapping } from './registry/registerMapping.ts';
import { registerPurpose } from './registry/registerPurpose.ts';
import { registerSchema } from './registry/registerSchema.ts';
import type { Services } from './services.ts';
import { issueToken } from './staff/issueToken.ts';
import { revokeToken } from './staff/revokeToken.ts';

export const staffOperations: Readonly<Record<string, ManagedOperation>> = {
  registerDepartment,
  issueEnrolmentCode,
  revokeCertificate,
  registerCodeList,
  registerPurpose,
  registerSchema,
  registerDataset,
  registerMapping,
  submitPolicyDocument,
  approvePolicyDocument,
  suspendAgreement,
  issueToken,
  revokeToken,
  listEntries,
  searchEntries,
  exportPack,
};

/** Of the open listener: those that change something leave an entry. */
export const openActs: Readonly<Record<string, ManagedOperation>> = { enrol, graceRenew };

export const openReads: Readonly<Record<string, PublicOperation>> = {
  getJwks,
  getSigningProfile,
  getCrl,
  getCheckpoint,
  getAnchors,
  diagnoseHandshake,
};

export const adminOperations: Readonly<Record<string, PublicOperation>> = { healthz, readyz, metrics };

/** Of the exchange listener, besides the walks. */
export const exchangeOperations = (services: Services): Readonly<Record<string, ExchangeOperation>> => ({
  getReceipt: getReceipt(services),
  explainDecision: explainDecision(services),
  diagnose: diagnose(services),
  renewCertificate: renewCertificate(services),
});
