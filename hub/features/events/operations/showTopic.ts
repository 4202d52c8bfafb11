import { Problem } from '../../../../terms/problem.ts';
import { everyone } from '../../../domain/cells.ts';
import { allowed } from '../../../pipeline/call.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { topicById } from '../store/topics.ts';
import { topicView } from '../topic.ts';

/** GET /v1/topics/{topic}. @throws Problem topic_unknown */
export const showTopic = operation('showTopic', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database, registry }) => {
    const { topic } = call.params;
    const row = await topicById(database.app, topic);
    if (row === undefined) throw new Problem('topic_unknown', { topic });
    return allowed<'showTopic'>(200, topicView(row, registry.current, call.caller), {
      facts: { change: { topic } },
    });
  },
});
