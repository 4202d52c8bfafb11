/**
 * Detects a department that lists pseudonyms of a domain and also looks rows up by a full value. Such a department can link the two: it looks
 * up a value that it holds, and the answer contains its pseudonym.
 */
import { documentName } from '../documents/storedDocument.ts';
import { pointer, type PolicyFinding } from '../finding.ts';
import { Report } from '../plans/report.ts';
import type { Plan, Plans } from '../plans.ts';

/** What decides whether two pseudonyms of a value are equal. */
interface Pseudonyms {
  readonly domain: string;
  readonly scope: string;
  readonly algorithm: unknown;
  /** undefined: the one that is issued at the time of the call */
  readonly epoch: unknown;
}

const pseudonymsOf = ({ whole }: Plan): readonly Pseudonyms[] =>
  whole.fields.flatMap(({ mask: { name, params, scope = '' } }) => {
    const { domain, algorithm, epoch } = params;
    return name === 'pseudonym' && typeof domain === 'string' ? [{ domain, scope, algorithm, epoch }] : [];
  });

const canBeEqual = (one: Pseudonyms, other: Pseudonyms): boolean =>
  one.domain === other.domain &&
  one.scope === other.scope &&
  one.algorithm === other.algorithm &&
  (one.epoch === other.epoch || one.epoch === undefined || other.epoch === undefined);

/** Whether the plan returns rows without a full value that the caller already holds. */
const lists = ({ needs }: Plan): boolean => !needs.lookup;

/** One warning for each grant and domain. */
export function checkPseudonymLookups(plans: Plans, findings: PolicyFinding[]): void {
  const reported = new Set<string>();
  for (const plan of plans.all) {
    if (plan.lookups.size === 0) continue;
    for (const returned of pseudonymsOf(plan)) {
      const { domain } = returned;
      const other = plans.all.find(
        (one) =>
          one.ref.consumer === plan.ref.consumer &&
          lists(one) &&
          pseudonymsOf(one).some((listed) => canBeEqual(returned, listed)),
      );
      const name = `${documentName(plan.agreement)} ${plan.grantIndex} ${domain}`;
      if (other === undefined || reported.has(name)) continue;
      reported.add(name);
      const where = `${documentName(other.agreement)} ${other.ref.dataset}`;
      new Report(plan.agreement, findings).warning(
        'lookup_names_pseudonym',
        pointer('grants', plan.grantIndex, 'lookupBy'),
        `按 ${[...plan.lookups].join('、')} 的完整值查询可得到领域“${domain}”的假名，而 ${where} 成批给出该领域的假名：两者合看，假名可与已掌握的值对应`,
        `a look-up by a full value of ${[...plan.lookups].join(', ')} returns pseudonyms of the domain ${domain}, which ${where} lists: together they link pseudonyms to values that the caller holds`,
      );
    }
  }
}
