import type { Call } from '../../pipeline/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import type { SubscriptionRow } from './store/subscriptions.ts';
import { present } from '../../../terms/defined.ts';

/** A subscription to one topic, or one topic of a pattern. */
export interface Received extends Omit<
  SubscriptionRow,
  'publisher' | 'acknowledged' | 'createdAt' | 'endedAt' | 'hasWebhook'
> {
  /** of a pattern: the agreement of each type */
  readonly agreements?: ReadonlyMap<string, string>;
  /** of a pattern: number of the event after which each type begins */
  readonly starts?: ReadonlyMap<string, bigint>;
}

type Signed = Pick<Received, 'agreement' | 'agreements' | 'purpose' | 'onBehalfOf' | 'matter'>;

/**
 * The question of a subscription about one type of event, as the release flow decides it: what was signed when the subscription was made
 * (agreement, purpose, official, case number) is checked again each time that events leave.
 * @param now decision time, Unix milliseconds: a call may have waited
 */
export function asSubscribed<T extends Call<DepartmentCaller>>(
  call: T,
  { agreement, agreements, purpose, onBehalfOf, matter }: Signed,
  type: string,
  now: number,
): Call<DepartmentCaller> {
  const signed = {
    agreement: agreements?.get(type) ?? agreement,
    purpose,
    ...present({ 'on-behalf-of': onBehalfOf, matter }),
  };
  return { ...call, now, params: { dataset: type }, caller: { ...call.caller, signed } };
}
