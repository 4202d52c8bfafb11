import { getHashes } from 'node:crypto';
import { documentName } from '../documents/storedDocument.ts';
import { pointer, type PolicyFinding } from '../finding.ts';
import type { Plan } from '../plans/plan.ts';
import { Report } from '../plans/report.ts';
import { tagsOf } from '../plans/scope.ts';
import type { Plans } from '../plans.ts';

/** Reports grants that compile but need review, each once. */
export function checkGrants(plans: Plans, findings: PolicyFinding[]): void {
  const seen = new Set<string>();
  for (const plan of plans.all) {
    const grant = `${documentName(plan.agreement)} ${plan.grantIndex}`;
    if (seen.has(grant)) continue;
    seen.add(grant);
    const report = new Report(plan.agreement, findings);
    const at = (...parts: readonly (string | number)[]): string =>
      pointer('grants', plan.grantIndex, ...parts);
    clearNeedsStatute(plan, report, at);
    lookupNeedsQuota(plan, report, at);
    algorithmsExist(plan, report, at);
  }
}

type At = (...parts: readonly (string | number)[]) => string;

/** Sensitive personal information (PIPL art. 28) and the highest level are released unmasked by statute or not at all. */
function clearNeedsStatute({ whole, schema, agreement }: Plan, report: Report, at: At): void {
  if (agreement.basis.type === 'statutory') return;
  for (const { field, mask } of whole.fields) {
    const tags = tagsOf(schema, field);
    if (mask.name !== 'clear' || (tags?.personal !== 'sensitive' && tags?.sensitivity !== 'L4')) continue;
    report.warning(
      'clear_without_statute',
      at('fields', field),
      '敏感数据以原值提供，但依据不是法定职责',
      'a sensitive field leaves clear, and the basis is no statute',
    );
  }
}

/** Lookups need a quota: a caller with unlimited lookups can try every possible number. */
function lookupNeedsQuota({ lookups, whole }: Plan, report: Report, at: At): void {
  if (lookups.size === 0 || whole.limits.callsPerDay !== undefined) return;
  report.warning(
    'lookup_without_quota',
    at('lookupBy'),
    '精确查询没有每日次数上限，可被用来逐个试探',
    'lookups without a limit of calls a day: values can be tried one by one',
  );
}

/** @param known digests of the cryptographic library: SM3 is not in every build of it */
export function algorithmsExist(
  { whole }: Pick<Plan, 'whole'>,
  report: Pick<Report, 'warning'>,
  at: At,
  known: ReadonlySet<string> = new Set(getHashes()),
): void {
  for (const { field, mask } of whole.fields) {
    const { algorithm } = mask.params;
    if (typeof algorithm !== 'string' || known.has(algorithm)) continue;
    report.warning(
      'algorithm_unavailable',
      at('fields', field),
      `本机的密码库没有 ${algorithm}`,
      `the cryptographic library here has no ${algorithm}`,
    );
  }
}
