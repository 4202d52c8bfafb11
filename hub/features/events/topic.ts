/** What makes a topic valid, and how it is shown. */
import type { components } from '../../../api/openapi.ts';
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { own } from '../../domain/cells.ts';
import { moment } from '../common/listing.ts';
import { reachOf, type Reading } from '../common/reach.ts';
import type { LiveDataset, RegistrySnapshot } from '../../registry/snapshot.ts';
import type { ListedTopic, TopicRow } from './store/topics.ts';
import { present } from '../../../terms/defined.ts';

type Document = components['schemas']['Topic'];
type View = components['schemas']['TopicView'];

/** Who is shown how many events a topic has. */
const publishers = { steward: own, security: own, auditor: own } as const;

/** Whether every event of a type has a value of this field that can be compared exactly. */
export const isKeyField = ({ fields }: Pick<DatasetSchema, 'fields'>, name: string): boolean =>
  fields.some(
    (one) => one.name === name && one.required && !one.nullable && ['string', 'integer'].includes(one.type),
  );

/**
 * Why a topic cannot be registered; undefined where it can.
 * @param owned the topic that each type belongs to already
 * @param former the topic as registered
 */
export function topicUnfit(
  { id, types, orderingKey }: Document,
  { datasets }: Pick<RegistrySnapshot, 'datasets'>,
  owned: ReadonlyMap<string, string>,
  former: TopicRow | undefined,
): Bilingual | undefined {
  for (const type of types) {
    const unfit = typeUnfit(id, type, datasets.get(type), orderingKey);
    if (unfit !== undefined) return unfit;
    const other = owned.get(type);
    if (other !== undefined && other !== id)
      return { zh: `${type} 已属于主题 ${other}`, en: `${type} belongs to the topic ${other}` };
  }
  if (former === undefined) return undefined;
  const removed = former.types.find((type) => !types.includes(type));
  if (removed !== undefined)
    return { zh: `事件类型 ${removed} 不能移除`, en: `the type ${removed} cannot be removed` };
  if ((orderingKey ?? null) !== former.orderingKey)
    return { zh: 'orderingKey 不可更改', en: 'the ordering key cannot be changed' };
  return undefined;
}

function typeUnfit(
  topic: string,
  type: string,
  dataset: LiveDataset | undefined,
  orderingKey: string | undefined,
): Bilingual | undefined {
  if (providerOf(datasetId(type)) !== providerOf(datasetId(topic)))
    return { zh: `${type} 不属于本部门`, en: `${type} is not of the same department` };
  if (dataset === undefined) return { zh: `没有登记 ${type}`, en: `there is no dataset ${type}` };
  if (dataset.row.mode !== 'events')
    return { zh: `${type} 不是事件类型（mode: events）`, en: `the mode of ${type} is not events` };
  if (dataset.row.state === 'retired') return { zh: `${type} 已退役`, en: `${type} is retired` };
  if (orderingKey === undefined) return undefined;
  if (isKeyField(dataset.schema, orderingKey)) return undefined;
  return {
    zh: `${type} 的标准没有必填且不为 null 的文本或整数数据项 ${orderingKey}`,
    en: `the schema of ${type} has no required field ${orderingKey} of type string or integer, without null`,
  };
}

/** Which of these topics are the caller's own: how many events they have is shown. */
export const ownTopics = (
  topics: readonly Pick<ListedTopic, 'id' | 'department'>[],
  caller: Reading,
): readonly string[] => {
  const reach = reachOf(publishers, caller) ?? [];
  return topics.filter(({ department }) => reach.includes(department)).map(({ id }) => id);
};

/**
 * A topic as a caller sees it, with the types that can be read as they are registered. How many events there are is shown to the publisher
 * alone: next to what was delivered, the number would reveal how many were withheld.
 * @param traffic events of the last hours, of a topic of the caller's own
 */
export const topicView = (
  row: ListedTopic,
  { datasets }: Pick<RegistrySnapshot, 'datasets'>,
  traffic: readonly number[] | undefined,
): View => ({
  id: row.id,
  department: row.department,
  title: { zh: row.titleZh, en: row.titleEn },
  types: row.types.flatMap((type) => {
    const dataset = datasets.get(type)?.row;
    return dataset === undefined ? [] : [{ type, schema: dataset.schema, sharing: dataset.sharing }];
  }),
  ...present({ orderingKey: row.orderingKey }),
  retentionDays: row.retentionDays,
  ...(traffic === undefined ? {} : { events: row.lastSequence, traffic: [...traffic] }),
  digest: row.digest,
  registeredAt: moment(row.registeredAt),
});
