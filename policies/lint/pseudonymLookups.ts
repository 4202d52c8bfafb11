/**
 * Detects a department that lists pseudonyms of a domain and also looks rows up by the original value. Such a department can link the two:
 * it looks up a value that it holds, and the answer contains its pseudonym.
 */
import { documentName } from '../documents/storedDocument.ts';
import { pointer, type PolicyFinding } from '../finding.ts';
import { Report } from '../plans/report.ts';
import type { Plan, Plans } from '../plans.ts';

/** The pseudonym domains that a plan gives, by domain and scope: pseudonyms of two scopes differ. */
const domainsOf = ({ whole }: Plan): ReadonlyMap<string, string> =>
  new Map(
    whole.fields.flatMap(({ mask: { name, params, scope = '' } }) =>
      name === 'pseudonym' && typeof params['domain'] === 'string'
        ? [[`${params['domain']} ${scope}`, params['domain']]]
        : [],
    ),
  );

/** Whether the plan returns rows without a full value that the caller already holds. */
const lists = ({ needs }: Plan): boolean => !needs.lookup;

/** One warning for each grant and domain. */
export function checkPseudonymLookups(plans: Plans, findings: PolicyFinding[]): void {
  const reported = new Set<string>();
  for (const plan of plans.all) {
    if (plan.lookups.size === 0) continue;
    for (const [key, domain] of domainsOf(plan)) {
      const other = plans.all.find(
        (one) => one.ref.consumer === plan.ref.consumer && lists(one) && domainsOf(one).has(key),
      );
      const name = `${documentName(plan.agreement)} ${plan.grantIndex} ${domain}`;
      if (other === undefined || reported.has(name)) continue;
      reported.add(name);
      const [field = ''] = plan.lookups;
      const where = `${documentName(other.agreement)} ${other.ref.dataset}`;
      new Report(plan.agreement, findings).warning(
        'lookup_names_pseudonym',
        pointer('grants', plan.grantIndex, 'lookupBy'),
        `按 ${field} 的完整值查询即可得到领域“${domain}”的假名，而 ${where} 成批给出该领域的假名：两者合看，假名还原为原值`,
        `a look-up by a full value of ${field} returns its pseudonym of the domain ${domain}, which ${where} lists: together they turn pseudonyms back into values`,
      );
    }
  }
}
