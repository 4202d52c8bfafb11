import { compareText, pageOfRows } from '../../../platform/database/pages.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { lagsOf } from '../lag.ts';
import { topicsOfPattern, type PatternTopic } from '../patternTopics.ts';
import { patternById } from '../store/patterns.ts';
import { pageSubscriptions, subscriptionById, type ListedSubscription } from '../store/subscriptions.ts';
import { webhookStates } from '../store/webhooks.ts';
import { patternView, subscriptionView } from '../subscriptionView.ts';
import { sinkView } from '../webhookView.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import { reachOf } from '../../common/reach.ts';

const permission = seen;

/** GET /v1/subscriptions: those of a department, and those to its topics; to the data office all. @throws Problem cursor_invalid */
export const listSubscriptions = operation('listSubscriptions', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database, keys, registry }) => {
    const page = orderedPage(call.query, names.uuid);
    const departments = reachOf(permission, call.caller);
    const reaches = (one: string): boolean => departments?.includes(one) ?? true;
    const { subscription } = call.query;
    const found =
      subscription === undefined
        ? await pageSubscriptions(database.app, { ...oneMore(page), departments })
        : { rows: await oneSubscription(database.app, subscription) };
    await registry.refresh();
    const matched = new Map<string, readonly PatternTopic[]>();
    for (const row of found.rows) {
      const { id, topic: pattern, beginsAt, endedAt } = row;
      if (beginsAt === null || endedAt !== undefined) continue;
      const services = { reader: database.app, registry };
      const topics = await topicsOfPattern(services, Object.assign({}, row, { pattern, beginsAt }), call.now);
      // a publisher is shown its own topics
      const isShown = ({ publisher }: PatternTopic): boolean => reaches(row.department) || reaches(publisher);
      matched.set(id, topics.filter(isShown));
    }
    // of a page, the rows are chosen already
    const rows = found.rows.filter(
      ({ id, department, publisher }) =>
        subscription === undefined ||
        reaches(department) ||
        reaches(publisher) ||
        (matched.get(id) ?? []).length > 0,
    );
    const states = await webhookStates(
      database.app,
      rows.flatMap(({ id, hasWebhook }) => (hasWebhook ? [id] : [])),
    );
    const sealer = sealerOf(keys.sealing);
    // the data office reaches all departments, and only the consumer is shown its lag
    const isConsumers = (one: string): boolean =>
      departments?.includes(one) ?? one === call.caller.department;
    const followed = rows.flatMap((row) =>
      isConsumers(row.department)
        ? [{ row, topics: matched.get(row.id), sent: states.get(row.id)?.position }]
        : [],
    );
    const lags = await lagsOf(database.app, registry.current, followed, call.now);
    return listedInOrder(
      call,
      'subscriptions',
      page,
      subscription === undefined ? found : pageOfRows(rows, page, ({ id }, after) => compareText(id, after)),
      ({ id }) => id,
      (row) => {
        if (row.beginsAt !== null)
          return patternView(
            Object.assign({}, row, { pattern: row.topic }),
            matched.get(row.id) ?? [],
            lags.get(row.id),
          );
        const state = states.get(row.id);
        const reader = { isConsumer: reaches(row.department), isPublisher: reaches(row.publisher) };
        return subscriptionView(row, state && sinkView(state, sealer, reader), lags.get(row.id));
      },
    );
  },
});

/** @returns none or one */
async function oneSubscription(reader: Reader, id: string): Promise<readonly ListedSubscription[]> {
  const row = await subscriptionById(reader, id);
  if (row !== undefined) return [Object.assign({}, row, { beginsAt: null })];
  const pattern = await patternById(reader, id);
  if (pattern === undefined) return [];
  return [
    Object.assign({}, pattern, {
      topic: pattern.pattern,
      publisher: '',
      orderingKey: null,
      types: [],
      agreement: '',
      acknowledged: 0n,
      hasWebhook: false,
    }),
  ];
}
