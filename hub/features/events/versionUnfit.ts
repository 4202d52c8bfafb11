/** What topics and response plans need of the schema of an event type, when the type goes over to another version of it. */
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { topicsByType } from '../../registry/store/eventTypes.ts';
import { plansOfTopic } from './store/plans.ts';
import { topicById } from './store/topics.ts';
import { isKeyField } from './topic.ts';

/** A field by which events are ordered or closed, and which events may lack under the version. */
interface UnfitField {
  /** place in the text of the version */
  readonly pointer: string;
  readonly code: 'ordering_key' | 'closing_field';
  readonly message: Bilingual;
}

/**
 * A minor version may make a required field optional. Events without the field could not be ordered, and would close nothing.
 * @param type id of the event type
 * @returns empty: the version fits
 * @throws Problem rows_unauthenticated where a plan was changed past the hub
 */
export async function versionUnfit(
  reader: Reader,
  type: string,
  version: Pick<DatasetSchema, 'fields'>,
): Promise<readonly UnfitField[]> {
  const id = (await topicsByType(reader, [type])).get(type);
  const topic = id === undefined ? undefined : await topicById(reader, id);
  if (topic === undefined) return [];
  const found: UnfitField[] = [];
  const { orderingKey } = topic;
  if (orderingKey !== null && !isKeyField(version, orderingKey))
    found.push({
      pointer: `/properties/${orderingKey}`,
      code: 'ordering_key',
      message: {
        zh: `主题 ${topic.id} 按 ${orderingKey} 排序，该数据项须必填且不为 null`,
        en: `the topic ${topic.id} is ordered by ${orderingKey}, which must be required and not null`,
      },
    });
  for (const { code, document } of await plansOfTopic(reader, topic.id)) {
    const { closedBy } = document;
    if (closedBy === undefined || ![document.type, closedBy.type].includes(type)) continue;
    if (isKeyField(version, closedBy.field)) continue;
    found.push({
      pointer: `/properties/${closedBy.field}`,
      code: 'closing_field',
      message: {
        zh: `预案 ${code} 按 ${closedBy.field} 关闭事件，该数据项须必填且不为 null`,
        en: `the plan ${code} closes events by ${closedBy.field}, which must be required and not null`,
      },
    });
  }
  return found;
}
