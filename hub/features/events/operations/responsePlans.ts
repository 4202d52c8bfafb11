/** Response plans (预案): registered by two persons of the department that publishes the type of event. */
import type { components } from '../../../../api/openapi.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { Problem } from '../../../../terms/problem.ts';
import { everyone, everywhere, proposing, own } from '../../../domain/cells.ts';
import { anyOf, self } from '../../../pipeline/ownership.ts';
import { topicsByType } from '../../../registry/store/eventTypes.ts';
import { purposeByCode } from '../../../registry/store/purposes.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { Services } from '../../common/services.ts';
import { listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { registered, revisionOf } from '../../registry/operations/registration.ts';
import { planUnfit, planView } from '../plan.ts';
import { departmentOfPurpose, insertPlan, pagePlans, planByCode, type PlanDocument } from '../store/plans.ts';
import { defined } from '../../../../terms/defined.ts';

const permission = { operator: proposing, 'office steward': proposing, steward: own } as const;

/**
 * POST /v1/response-plans: a plan, or the next revision of one. It waits until a second person of the department accepts it. Events that are
 * open go on under the revision that they opened under.
 * @throws Problem department_unknown, plan_unfit, plan_changed
 */
export const registerResponsePlan = proposable('registerResponsePlan', {
  permission,
  owner: (call) => anyOf(providerOf(datasetId(call.body.id))),
  secondPerson: true,
  run: async (call, services, actingPersons) => {
    const { basedOn, plan } = askedPlan(call.body);
    const { id, type, purpose } = plan;
    const { department, topics, reason } = await checkedPlan(plan, services);
    if (reason !== undefined) throw new Problem('plan_unfit', { plan: id, reason });
    const { revision, digest, registered: already } = await nextRevision(plan, basedOn, services);
    return registered({
      kind: 'ResponsePlan',
      id,
      version: String(revision),
      digest,
      registered: already,
      versioned: true,
      work: (transaction) =>
        insertPlan(
          transaction,
          {
            code: id,
            revision,
            document: plan,
            digest,
            department,
            topic: topics.get(type) ?? '',
            type,
            purpose: purpose ?? null,
            withdrawn: null,
          },
          actingPersons,
          call.exchange,
        ),
      change: { type, steps: plan.steps.length, ...defined({ purpose }) },
    });
  },
});

type Checking = Pick<Services, 'database' | 'identity' | 'registry'>;

/** The plan that is stored, and the revision that it is based on. */
function askedPlan({ basedOn, ...plan }: components['schemas']['ResponsePlan']): {
  readonly basedOn: number | undefined;
  readonly plan: PlanDocument;
} {
  return { basedOn, plan };
}

/** Checks a plan as its registration does. @throws Problem department_unknown */
async function checkedPlan(
  plan: PlanDocument,
  { database: { app }, identity, registry }: Checking,
): Promise<{
  readonly department: string;
  readonly topics: ReadonlyMap<string, string>;
  readonly reason: Bilingual | undefined;
}> {
  const { id, type, purpose, closedBy, noticeType } = plan;
  const department = providerOf(datasetId(id));
  if (identity.department(department) === undefined)
    throw new Problem('department_unknown', { department }, { at: '/body/id' });
  await registry.refresh();
  const types = [type, closedBy?.type, noticeType].filter((one) => one !== undefined);
  const topics = await topicsByType(app, types);
  const { datasets, plans } = registry.current;
  const reason = planUnfit(plan, department, {
    datasets,
    identity,
    topics,
    purposeExists: purpose !== undefined && (await purposeByCode(app, purpose)) !== undefined,
    purposeOf: purpose === undefined ? undefined : await departmentOfPurpose(app, purpose),
    purposeUsed: plans.all.some(({ ref }) => ref.purpose === purpose),
  });
  return { department, topics, reason };
}

/**
 * The revision that a plan gets; `registered` is set where it is in force with the same text. A changed text is based on the newest
 * revision, so that no editor overwrites what another one changed in the meantime.
 * @throws Problem plan_changed
 */
async function nextRevision(
  plan: PlanDocument,
  basedOn: number | undefined,
  { database }: Checking,
): Promise<ReturnType<typeof revisionOf>> {
  const live = await planByCode(database.app, plan.id);
  const next = revisionOf(plan, live === undefined ? undefined : { ...live, over: live.withdrawn !== null });
  const newest = live?.revision ?? 0;
  if (next.registered === undefined && (basedOn ?? 0) !== newest)
    throw new Problem('plan_changed', { plan: plan.id, revision: newest }, { at: '/body/basedOn' });
  return next;
}

/**
 * POST /v1/response-plans/trials: reports whether a plan could be registered, and as which revision.
 * @throws Problem department_unknown, plan_changed
 */
export const tryResponsePlan = operation('tryResponsePlan', {
  kind: 'inspect',
  permission: { operator: everywhere, 'office steward': everywhere, steward: own },
  owner: (call) => anyOf(providerOf(datasetId(call.body.id))),
  run: async (call, services) => {
    const { basedOn, plan } = askedPlan(call.body);
    const { reason } = await checkedPlan(plan, services);
    const facts = { facts: { change: { kind: 'ResponsePlan', id: plan.id } } };
    if (reason !== undefined)
      return allowed<'tryResponsePlan'>(200, { plan: plan.id, fits: false, reason }, facts);
    const { revision, registered: already } = await nextRevision(plan, basedOn, services);
    const unchanged = already !== undefined;
    return allowed<'tryResponsePlan'>(200, { plan: plan.id, fits: true, revision, unchanged }, facts);
  },
});

/** No event opens under it any more; those that are open go on, and its purpose stays closed without them. @throws Problem not_found */
export const withdrawResponsePlan = proposable('withdrawResponsePlan', {
  permission,
  owner: (call) => anyOf(providerOf(datasetId(call.params.plan))),
  secondPerson: true,
  run: async (call, { database }, actingPersons) => {
    const code = call.params.plan;
    const known = await planByCode(database.app, code);
    if (known === undefined) throw new Problem('not_found');
    const over = known.withdrawn !== null;
    const revision = known.revision + (over ? 0 : 1);
    return registered({
      kind: 'ResponsePlan',
      id: code,
      version: String(revision),
      digest: known.digest,
      registered: over ? known.digest : undefined,
      versioned: true,
      work: (transaction) =>
        insertPlan(
          transaction,
          { ...known, revision, withdrawn: call.body.reason },
          actingPersons,
          call.exchange,
        ),
      change: { withdrawn: true },
    });
  },
});

/** GET /v1/response-plans: whole documents, by id. @throws Problem cursor_invalid */
export const listResponsePlans = operation('listResponsePlans', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const page = orderedPage(call.query, names.code);
    const { department } = call.query;
    const found = await pagePlans(database.app, { ...oneMore(page), department });
    return listedInOrder(call, 'plans', page, found, ({ code }) => code, planView);
  },
});
