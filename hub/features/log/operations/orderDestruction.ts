import { createHash } from 'node:crypto';
import { orderKind } from '../../../../log/destruction.ts';
import { leastYears, yearsBefore } from '../../../../log/retention.ts';
import { Problem } from '../../../../terms/problem.ts';
import { provenRules } from '../../../log/retention/provenRules.ts';
import { holdsIdentityNumber } from '../../../domain/identityNumberIn.ts';
import { insertOrder } from '../../../log/store/retention.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import { own } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/**
 * Lets go the entries before a moment whose time is over by the rules: the job `destroyEntries` then takes them out to files and destroys
 * them. A second person of the data office accepts; what is under legal hold stays until the hold has ended.
 * @throws Problem retention_invalid
 */
export const orderDestruction = proposable('orderDestruction', {
  permission: { 'office steward': own, 'office security': own },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, services, hands) => {
    const { before, reason, case: caseNumber } = call.body;
    const end = Date.parse(before);
    if (end > yearsBefore(call.now, leastYears))
      throw invalid(
        `截止时间应在 ${leastYears} 年以前`,
        `its moment lies at least ${leastYears} years in the past`,
      );
    // the log keeps it for ever
    if (holdsIdentityNumber(caseNumber))
      throw invalid('案件编号中有身份证件号码', 'its case holds an identity number');
    const { rules, doubted } = await provenRules(services);
    if (doubted.length > 0)
      throw invalid(
        `规则 ${doubted.join('、')} 与日志所载不符`,
        `the rules ${doubted.join(', ')} are not what the log says of them`,
      );
    if (![...rules.values()].some((years) => years !== undefined))
      throw invalid('没有任何留存期限，全部条目永久保存', 'no rule has a term: every entry is kept for ever');
    const asked = { before: new Date(end).toISOString(), reason, case: caseNumber };
    const digest = digestOf(asked);
    return registered({
      ...{ kind: orderKind, digest, registered: undefined, versioned: false },
      id: `destruction-${createHash('sha256').update(digest).digest('hex').slice(0, 16)}`,
      work: (transaction) => insertOrder(transaction, { id: call.exchange, before: end, ...hands }),
      change: asked,
    });
  },
});

const invalid = (zh: string, en: string): Problem => new Problem('retention_invalid', { reason: { zh, en } });
