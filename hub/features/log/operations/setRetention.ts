import { ruleKind } from '../../../../log/destruction.ts';
import { leastYears, ruleId } from '../../../../log/retention.ts';
import { Problem } from '../../../../terms/problem.ts';
import { listRules, putRule } from '../../../log/store/retention.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import { own } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/**
 * How long entries of a class are kept, of one dataset or of all; without years for ever. A second person of the data office accepts.
 * @throws Problem retention_invalid, unknown_reference
 */
export const setRetention = proposable('setRetention', {
  permission: { 'office steward': own, 'office security': own },
  owner: ofOffice,
  secondPerson: true,
  run: async (call, { database, registry }, hands) => {
    const { class: kept, dataset, years, reason } = call.body;
    if (years !== undefined && years < leastYears)
      throw new Problem('retention_invalid', {
        reason: {
          zh: `个人信息和重要数据处理情况的记录至少保存 ${leastYears} 年`,
          en: `records of the use of personal and important data are kept for ${leastYears} years at least`,
        },
      });
    if (dataset !== undefined && !registry.current.datasets.has(dataset))
      throw new Problem('unknown_reference', { kind: 'Dataset', name: dataset });
    const id = ruleId(kept, dataset);
    const standing = (await listRules(database.app)).find((row) => row.id === id);
    const digest = digestOf({ id, years: years ?? null });
    return registered({
      ...{ kind: ruleKind, id, digest, versioned: false },
      registered: standing?.digest === digest ? digest : undefined,
      work: (transaction) =>
        putRule(transaction, {
          ...{ id, class: kept, dataset: dataset ?? null, years: years ?? null, reason, digest, ...hands },
          exchange: call.exchange,
        }),
      // 0: for ever
      change: { years: years ?? 0, reason },
    });
  },
});
