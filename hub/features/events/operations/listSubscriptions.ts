import { pageSubscriptions, subscriptionById } from '../store/subscriptions.ts';
import { webhookStates } from '../store/webhooks.ts';
import { subscriptionView } from '../subscriptionView.ts';
import { sinkView } from '../webhookView.ts';
import { sealerOf } from '../../../flows/sealer.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { listed, names, oneMore, requestedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import { reachOf } from '../../common/reach.ts';

const permission = seen;

/** GET /v1/subscriptions: those of a department, and those to its topics; to the data office all. @throws Problem cursor_invalid */
export const listSubscriptions = operation('listSubscriptions', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database, keys }) => {
    const page = requestedPage(call.query, names.uuid);
    const departments = reachOf(permission, call.caller);
    const reaches = (one: string): boolean => departments?.includes(one) ?? true;
    const { subscription } = call.query;
    const one = subscription === undefined ? undefined : await subscriptionById(database.app, subscription);
    const rows =
      subscription === undefined
        ? await pageSubscriptions(database.app, { ...oneMore(page), departments })
        : [one].flatMap((row) =>
            row !== undefined && (reaches(row.department) || reaches(row.publisher)) ? [row] : [],
          );
    const states = await webhookStates(
      database.app,
      rows.flatMap(({ id, hasWebhook }) => (hasWebhook ? [id] : [])),
    );
    const sealer = sealerOf(keys.sealing);
    return listed(
      call,
      'subscriptions',
      page,
      rows,
      ({ id }) => id,
      (row) => {
        const state = states.get(row.id);
        const reader = { isConsumer: reaches(row.department), isPublisher: reaches(row.publisher) };
        return subscriptionView(row, state && sinkView(state, sealer, reader));
      },
    );
  },
});
