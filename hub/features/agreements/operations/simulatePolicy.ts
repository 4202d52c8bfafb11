import type { components } from '../../../../api/openapi.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import { parsePolicyDocument } from '../../../../policies/documents/parseDocument.ts';
import type { CellChange } from '../../../../policies/questions/cellChange.ts';
import { Simulation } from '../../../../policies/questions/simulation.ts';
import { newestCheckpoint } from '../../../log/evidence/logAccess.ts';
import { answeringLeaves } from '../../../log/search/answeringLeaves.ts';
import { allowed, type Call, type Outcome } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { effectTogether, mayTighten } from '../../../registry/compileTogether.ts';
import { policyDocumentVersions } from '../../../registry/store/policy/policyDocuments.ts';
import { reachOf } from '../../common/reach.ts';
import type { Services } from '../../common/services.ts';
import { partiesOfSubmission, checkNumber } from './parties.ts';
import { unionsSeenBy } from './showPolicyDocument.ts';
import { checkSharing } from './submitPolicyDocument.ts';
import { seen } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { explain, planOf } from '../../../../policies/explain.ts';
import { requestOf } from '../../../flows/release/allowedCall.ts';
import { requestedIn } from '../../../flows/release/queryDataset.ts';
import { quotaCounter } from '../../../flows/release/quotas.ts';
import { callsTaken } from '../../../log/store/quotas.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { Problem } from '../../../../terms/problem.ts';
import { defined } from '../../../../terms/defined.ts';

const usualDays = 7;
/** maximum number of log entries read; a caller may request fewer */
const maxEntries = 20_000;
/** maximum number of cells, and of kinds of changes, that are returned; all are counted */
const maxCells = 1_000;
const maxChanges = 100;
const day = 86_400_000;

const permission = seen;

/**
 * POST /v1/policy/simulations: reports what would change if the document came into force now. It also reports how many calls of the last
 * days would be answered differently. A department sees its own agreements and calls; the data office sees all.
 * @throws Problem simulations_too_many, policy_invalid, parties_differ, policy_does_not_compile, unknown_reference, sharing_refused
 */
export const simulatePolicy = operation('simulatePolicy', {
  kind: 'inspect',
  permission,
  owner: (call) => anyOf(...partiesOfSubmission(call.body)),
  run: async (call, services) => {
    const end = services.simulations.begin(call.caller);
    try {
      return await simulate(call, services);
    } finally {
      end();
    }
  },
});

async function simulate(call: Call<StaffCaller, 'simulatePolicy'>, services: Services): Promise<Outcome> {
  const { document: written, days = usualDays, most: maxCalls = maxEntries } = call.body;
  const { app } = services.database;
  const document = parsePolicyDocument(written, 'document');
  const versions = await policyDocumentVersions(app, document.id);
  await checkNumber(app, document, versions);
  if (document.kind === 'Agreement') await checkSharing(app, document);
  const effect = await effectTogether(app, document, call.now);
  const reach = reachOf(permission, call.caller);
  const cells = effect.diff.cells.filter((cell) => cell.agreement === document.id || isSeen(cell, reach));
  const from = new Date(call.now - days * day).toISOString();
  const { before, after } = effect;
  const simulation = new Simulation({ before, after, cells: effect.diff.cells }, document.id, call.now);
  const read = await readCalls(services, { from, reach, maxCalls }, (leaf) => simulation.add(leaf));
  const { changes, ...counts } = simulation.report();
  const simulated: components['schemas']['PolicySimulated'] = {
    document: effect.document,
    tightening: mayTighten(effect, document, versions, services.registry.current),
    counts: countsOf(cells),
    cells: cells.slice(0, maxCells),
    unions: unionsSeenBy(call.caller, effect.unions) as components['schemas']['JointView'][],
    decisions: {
      from,
      until: new Date(call.now).toISOString(),
      days,
      ...counts,
      ...defined({ cutAt: read.cutAt }),
      changes: changes.slice(0, maxChanges).map((one) => ({ ...one, exchanges: [...one.exchanges] })),
    },
  };
  const { calls, different } = counts;
  return allowed<'simulatePolicy'>(200, simulated, {
    facts: { change: { document: effect.document, days, calls, different } },
  });
}

const isSeen = (
  { provider, consumer }: Pick<CellChange, 'provider' | 'consumer'>,
  reach: readonly string[] | undefined,
): boolean => reach === undefined || reach.includes(provider) || reach.includes(consumer);

function countsOf(cells: readonly CellChange[]): Record<CellChange['kind'], number> {
  const counts = { added: 0, loosened: 0, tightened: 0, removed: 0 };
  for (const { kind } of cells) counts[kind] += 1;
  return counts;
}

/**
 * Reads the calls since the given time, newest first, up to the limit.
 * @returns `cutAt`: the time of the oldest call read, if there are more
 */
async function readCalls(
  services: Services,
  {
    from,
    reach,
    maxCalls,
  }: { readonly from: string; readonly reach: readonly string[] | undefined; readonly maxCalls: number },
  take: (leaf: Leaf) => void,
): Promise<{ readonly cutAt?: string }> {
  const { size } = newestCheckpoint(services);
  const seen: string[] = [];
  let read = 0;
  let oldest = '';
  for (const department of reach ?? [undefined]) {
    const question = { kind: 'release', from, ...defined({ department }) };
    for await (const leaves of answeringLeaves(services.database.app, question, size)) {
      for (const leaf of leaves) {
        // a caller that represents both parties of a call sees it once
        if (seen.some((one) => one === leaf.consumer || one === leaf.provider)) continue;
        if (read === maxCalls) return { cutAt: oldest };
        read += 1;
        oldest = leaf.at;
        take(leaf);
      }
    }
    if (department !== undefined) seen.push(department);
  }
  return {};
}

/** Explains to the requesting department why the same query would be allowed or denied. It reads no rows and no consents. */
export const explainDecision = operation('explainDecision', {
  kind: 'inspect',
  run: async (call, { registry, database }) => {
    const requested = requestedIn(registry.current, call.params.dataset, call.body);
    const request = requestOf(call, requested);
    if (!registry.current.founded) throw new Problem('hub_not_founded');
    const { plans } = registry.current;
    const plan = planOf(request, plans);
    const callsToday =
      plan?.whole.limits.callsPerDay === undefined
        ? undefined
        : await callsTaken(database.app, quotaCounter(plan.ref), dayInChina(call.now));
    const explanation = explain(request, plans, call.now, 'consumer', {
      ...defined({ callsToday }),
      stopped: registry.current.stopped.get(request.agreement ?? '') ?? [],
    });
    const { consumer, dataset } = request;
    return allowed<'explainDecision'>(200, explanation, {
      facts: { consumer, dataset, policy: plans.digest },
    });
  },
});
