/** Who acts on a subscription: the machine of the consumer, and its stewards and security officers. */
import { own } from '../../domain/cells.ts';
import { hiddenFromOthers, type Owners } from '../../pipeline/ownership.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Reading } from '../common/reach.ts';
import type { EventServices } from './services.ts';
import { patternById, type PatternRow } from './store/patterns.ts';
import { subscriptionById, type SubscriptionRow } from './store/subscriptions.ts';

/** Permission and owner of an operation that changes deliveries. The data office acts on its own subscriptions alone. */
export const consumersOnly = {
  permission: { 'office steward': own, 'office security': own, steward: own, security: own },
  owner: async (
    call: Parameters<typeof hiddenFromOthers>[0] & { readonly params: { readonly subscription: string } },
    { database }: Pick<EventServices, 'database'>,
  ): Promise<Owners> =>
    hiddenFromOthers(call, (await subscriptionById(database.app, call.params.subscription))?.department),
} as const;

/** Owner of an operation that reads the events of a subscription, to one topic or to a pattern. */
export const ofConsumer = async (
  call: Parameters<typeof hiddenFromOthers>[0] & { readonly params: { readonly subscription: string } },
  { database }: Pick<EventServices, 'database'>,
): Promise<Owners> =>
  hiddenFromOthers(call, (await anySubscription(database.app, call.params.subscription))?.department);

/** Whether a caller may act on a subscription; of persons the permission was checked before. */
export const isConsumer = (caller: Reading, { department }: Pick<SubscriptionRow, 'department'>): boolean =>
  caller.kind === 'staff' || caller.department === department;

const anySubscription = async (
  reader: Reader,
  id: string,
): Promise<SubscriptionRow | PatternRow | undefined> =>
  (await subscriptionById(reader, id)) ?? (await patternById(reader, id));

/**
 * A subscription of a consumer that has not ended: to one topic, or to a pattern of topics.
 * @throws Problem subscription_unknown, subscription_ended
 */
export async function activeSubscription(
  reader: Reader,
  id: string,
  caller: Reading,
): Promise<SubscriptionRow | PatternRow> {
  const found = await anySubscription(reader, id);
  if (found === undefined || !isConsumer(caller, found)) throw new Problem('subscription_unknown');
  if (found.endedAt !== undefined) throw new Problem('subscription_ended');
  return found;
}
