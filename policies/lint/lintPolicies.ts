/** What is wrong, or looks wrong, with a set of documents. Errors do not compile; warnings do, and someone should look. */
import type { PolicyContext } from '../context.ts';
import { readTime } from '../documents/documentChecks.ts';
import type { PolicyDocument } from '../documents/storedDocument.ts';
import type { PolicyFinding } from '../finding.ts';
import { Report } from '../plans/report.ts';
import { tryCompilePlans } from '../plans.ts';
import { checkCombinations } from './combinationRisk.ts';
import { checkFloors } from './floors.ts';
import { checkGrants } from './grants.ts';
import { checkJointViews } from './jointViews.ts';
import { checkPseudonymLookups } from './pseudonymLookups.ts';
import { proposedMasks } from './proposedMasks.ts';
import { undecidedFields } from './undecidedFields.ts';

export interface PolicyLint {
  /** errors and warnings */
  readonly findings: readonly PolicyFinding[];
  /** for completeness: fields of registered schemas that no agreement grants, masks other than the schema proposes */
  readonly notes: readonly PolicyFinding[];
}

/** @param now Unix milliseconds: what has expired by then */
export function lintPolicies(
  documents: readonly PolicyDocument[],
  context: PolicyContext,
  now: number,
): PolicyLint {
  const { plans, findings: errors } = tryCompilePlans(documents, context);
  const findings: PolicyFinding[] = [...errors, ...expired(documents, now)];
  if (plans === undefined) return { findings, notes: [] };
  checkFloors(plans, context, findings);
  checkGrants(plans, findings);
  checkCombinations(plans, findings);
  checkJointViews(plans, findings);
  checkPseudonymLookups(plans, findings);
  return { findings, notes: [...undecidedFields(plans), ...proposedMasks(plans)] };
}

function expired(documents: readonly PolicyDocument[], now: number): PolicyFinding[] {
  const findings: PolicyFinding[] = [];
  for (const document of documents) {
    if (document.kind !== 'Agreement' || (readTime(document.valid.until) ?? Infinity) > now) continue;
    new Report(document, findings).warning(
      'expired',
      '/valid/until',
      '共享协议已到期',
      'the agreement has expired',
    );
  }
  return findings;
}
