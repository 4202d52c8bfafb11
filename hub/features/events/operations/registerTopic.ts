import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { topicsByType } from '../../../registry/store/eventTypes.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import { changeTopic, insertTopic, topicById, type TopicRow } from '../store/topics.ts';
import { topicUnfit } from '../topic.ts';
import { defined } from '../../../../terms/defined.ts';

/**
 * POST /v1/topics: a topic, or another title, another retention or further types of one that is registered.
 * @throws Problem department_unknown, topic_unfit, already_registered
 */
export const registerTopic = operation('registerTopic', {
  kind: 'management',
  permission: { operator: everywhere, 'office steward': own, steward: own },
  owner: (call) => anyOf(providerOf(datasetId(call.body.id))),
  run: async (call, { database, identity, registry }) => {
    const { body, exchange } = call;
    const { id, title, types, orderingKey, retentionDays } = body;
    const department = providerOf(datasetId(id));
    if (identity.department(department) === undefined)
      throw new Problem('department_unknown', { department }, { at: '/body/id' });
    await registry.refresh();
    const former = await topicById(database.app, id);
    const digest = digestOf({ ...body, types: [...types].sort() });
    if (former?.digest !== digest) {
      const owned = await topicsByType(database.app, types);
      const reason = topicUnfit(body, registry.current, owned, former);
      if (reason !== undefined) throw new Problem('topic_unfit', { topic: id, reason });
    }
    const row: TopicRow = {
      id,
      department,
      titleZh: title.zh,
      titleEn: title.en,
      orderingKey: orderingKey ?? null,
      retentionDays,
      digest,
      types,
    };
    return registered({
      kind: 'Topic',
      id,
      digest,
      registered: former?.digest === digest ? digest : undefined,
      versioned: false,
      work: async (transaction) => {
        if (former === undefined) await insertTopic(transaction, row, exchange);
        else if (!(await changeTopic(transaction, row, former.digest, exchange)))
          throw new Problem('already_registered', { what: `Topic ${id}` });
      },
      change: {
        types: [...types].sort().join(' '),
        retentionDays,
        ...defined({ orderingKey }),
      },
    });
  },
});
