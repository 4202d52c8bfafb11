import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { pageTopics, topicTraffic } from '../store/topics.ts';
import { ownTopics, topicView } from '../topic.ts';

/** GET /v1/topics: every topic, or those of one department. @throws Problem cursor_invalid */
export const listTopics = operation('listTopics', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database, registry }) => {
    const page = orderedPage(call.query, names.code);
    const found = await pageTopics(database.app, { ...oneMore(page), department: call.query.department });
    const traffic = await topicTraffic(database.app, ownTopics(found.rows, call.caller));
    return listedInOrder(
      call,
      'topics',
      page,
      found,
      ({ id }) => id,
      (row) => topicView(row, registry.current, traffic.get(row.id)),
    );
  },
});
