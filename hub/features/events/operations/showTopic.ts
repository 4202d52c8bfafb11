import { Problem } from '../../../../terms/problem.ts';
import { everyone } from '../../../domain/cells.ts';
import { allowed } from '../../../pipeline/call.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { topicById, topicTraffic } from '../store/topics.ts';
import { ownTopics, topicView } from '../topic.ts';

/** GET /v1/topics/{topic}. @throws Problem topic_unknown */
export const showTopic = operation('showTopic', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database, registry }) => {
    const { topic } = call.params;
    const row = await topicById(database.app, topic);
    if (row === undefined) throw new Problem('topic_unknown', { topic });
    const traffic = await topicTraffic(database.app, ownTopics([row], call.caller));
    return allowed<'showTopic'>(200, topicView(row, registry.current, traffic.get(topic)), {
      facts: { change: { topic } },
    });
  },
});
