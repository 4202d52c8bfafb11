import { Problem } from '../../../../terms/problem.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { defined } from '../../../../terms/defined.ts';
import type { Limits } from '../../../../policies/documents/agreement.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import { seen } from '../../../domain/cells.ts';
import { dailyLimits, quotaCounter } from '../../../flows/release/quotas.ts';
import { reportedMissing } from '../../../log/evidence/entryBundle.ts';
import { newestAnswers } from '../../../log/evidence/searchEntries.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { leafIn } from '../../../log/search/leaves.ts';
import { callsTaken } from '../../../log/store/quotas.ts';
import { allowed } from '../../../pipeline/call.ts';
import { ofAgreementParties } from '../../../pipeline/ownership.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { policyDocumentVersions } from '../../../registry/store/policy/policyDocuments.ts';
import { operation } from '../../common/operation.ts';

/** Newest calls in an answer. */
const maxCalls = 20;

/**
 * GET /v1/policy/documents/{document}/use: returns to the parties of an agreement what was taken today from each daily limit, while the
 * agreement is in force, and the newest calls under it, refused ones included. It states which entries of such calls are missing from the
 * log. Official, case and subject are not returned.
 * @throws Problem not_found
 */
export const showAgreementUse = operation('showAgreementUse', {
  kind: 'inspect',
  permission: seen,
  owner: ofAgreementParties,
  run: async (call, services) => {
    const { document } = call.params;
    const { database, registry } = services;
    if ((await policyDocumentVersions(database.app, document)).length === 0) throw new Problem('not_found');
    await registry.refresh();
    const day = dayInChina(call.now);
    const plans = registry.current.plans.agreements.get(document)?.all ?? [];
    const quotas = await Promise.all(
      plans.map(async ({ ref, whole }) => ({
        consumer: ref.consumer,
        dataset: ref.dataset,
        purpose: ref.purpose,
        taken: await takenOf(database.app, quotaCounter(ref), day, whole.limits),
      })),
    );
    const { size } = newestCheckpoint(services);
    const { entries, gone } = await newestAnswers(
      database.app,
      { agreement: document, kind: 'release' },
      size,
      maxCalls,
    );
    const altered: number[] = [];
    const calls = entries.flatMap(({ index, leaf: bytes }) => {
      const leaf = leafIn(bytes);
      if (leaf !== undefined) return [callView(leaf)];
      altered.push(index);
      return [];
    });
    const missing = reportedMissing([...gone, ...altered]);
    return allowed<'showAgreementUse'>(
      200,
      { day, quotas, calls, ...missing },
      { facts: { change: { document } } },
    );
  },
});

async function takenOf(pool: Pool, counter: string, day: string, limits: Limits) {
  const taken = [];
  for (const { of, limit, suffix } of dailyLimits) {
    const max = limits[limit];
    if (max !== undefined) taken.push({ of, taken: await callsTaken(pool, `${counter}${suffix}`, day), max });
  }
  return taken;
}

function callView({ id, at, operation, decision, code, consumer, dataset, purpose, rows }: Leaf) {
  return {
    exchange: id,
    at,
    operation,
    decision,
    ...defined({ code, consumer, dataset, purpose, rows: rows?.delivered }),
  };
}
