import { pageSubscriptions } from '../store/subscriptions.ts';
import { subscriptionView } from '../subscriptionView.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { listed, names, oneMore, pageAsked } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import { reachOf } from '../../common/reach.ts';

const permission = seen;

/** GET /v1/subscriptions: those of a department, and those to its topics; to the data office all. @throws Problem cursor_invalid */
export const listSubscriptions = operation('listSubscriptions', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const page = pageAsked(call.query, names.uuid);
    const departments = reachOf(permission, call.caller);
    const rows = await pageSubscriptions(database.app, { ...oneMore(page), departments });
    return listed(call, 'subscriptions', page, rows, ({ id }) => id, subscriptionView);
  },
});
