import { onePlan } from '../../../../policies/onePlan.ts';
import { maskedDataset } from '../../../../policies/maskedDataset.ts';
import { plansInForce } from '../../../../policies/plansInForce.ts';
import { topicContract, type ContractMessage } from '../../../../policies/topicContract.ts';
import { Problem } from '../../../../terms/problem.ts';
import { seen } from '../../../domain/cells.ts';
import { allowed } from '../../../pipeline/call.ts';
import { self } from '../../../pipeline/ownership.ts';
import { withoutPlan } from '../../../flows/release/allowedCall.ts';
import type { LiveDataset, RegistrySnapshot } from '../../../registry/snapshot.ts';
import { operation } from '../../common/operation.ts';
import { reachOf, within, type Reading } from '../../common/reach.ts';
import { topicById } from '../store/topics.ts';

/** Which agreement is meant, where the department has several. */
interface Meant {
  readonly agreement?: string | undefined;
  readonly purpose?: string | undefined;
}

/**
 * GET /v1/topics/{topic}/asyncapi: an AsyncAPI document of what the caller's department receives from a topic, or publishes to its own one.
 * @throws Problem topic_unknown, not_your_department, no_agreement, agreement_unreadable, several_agreements
 */
export const describeTopic = operation('describeTopic', {
  kind: 'inspect',
  permission: seen,
  owner: self,
  run: async (call, { database, registry, hub }) => {
    const { topic } = call.params;
    const row = await topicById(database.app, topic);
    if (row === undefined) throw new Problem('topic_unknown', { topic });
    const { datasets } = registry.current;
    const types = row.types.flatMap((type) => datasets.get(type) ?? []);
    const department = departmentOf(call.caller, call.query.department, row.department);
    const isOwn = row.department === department;
    const messages = types.flatMap((type) =>
      isOwn ? [published(type)] : received(registry.current, type, department, call.query, call.now),
    );
    if (messages.length === 0) {
      const { agreement, purpose } = call.query;
      throw withoutPlan(
        { agreement, consumer: department, purpose, datasets: row.types },
        registry.current,
        call.now,
        topic,
      );
    }
    const body = topicContract({
      id: topic,
      title: { zh: row.titleZh, en: row.titleEn },
      origin: hub.publicOrigin,
      action: isOwn ? 'send' : 'receive',
      messages,
    });
    return allowed<'describeTopic'>(200, body, {
      facts: { consumer: department, provider: row.department, change: { topic } },
    });
  },
});

/** @throws Problem not_your_department where a person of several departments names none, or another one */
function departmentOf(caller: Reading, requested: string | undefined, publisher: string): string {
  const reach = reachOf(seen, caller);
  if (reach === undefined) return requested ?? publisher;
  const own = [...new Set(within(reach, requested))];
  const [only, ...others] = own;
  if (only === undefined || others.length > 0)
    throw new Problem(
      'not_your_department',
      { department: requested ?? own.join(' ') },
      { at: '/query/department' },
    );
  return only;
}

const described = ({ row, schema }: LiveDataset) => ({
  type: row.id,
  title: { zh: row.titleZh, en: row.titleEn },
  schema: schema.urn,
});

const published = (type: LiveDataset): ContractMessage => ({
  ...described(type),
  data: type.schema.document,
});

/** @returns nothing for a type that no agreement grants to the department @throws Problem several_agreements */
function received(
  { plans }: Pick<RegistrySnapshot, 'plans'>,
  type: LiveDataset,
  consumer: string,
  meant: Meant,
  now: number,
): readonly ContractMessage[] {
  const plan = onePlan(plansInForce(plans, { consumer, dataset: type.row.id }, now), meant);
  if (plan === undefined) return [];
  const { ref } = plan;
  return [
    {
      ...described(type),
      data: maskedDataset(plan, type.compiled.surroundings).document,
      under: { agreement: ref.agreement, version: plan.agreement.version, purpose: ref.purpose },
    },
  ];
}
