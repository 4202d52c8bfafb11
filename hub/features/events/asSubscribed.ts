import type { Call } from '../../pipeline/call.ts';
import type { Acting } from '../../flows/actingDepartment.ts';
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
 * (agreement, purpose, official, case number) is checked again each time that events leave. Of a person who reads them, the official is
 * the person.
 * @param now decision time, Unix milliseconds: a call may have waited
 */
export function asSubscribed(
  call: Call<Acting>,
  { agreement, agreements, purpose, onBehalfOf, matter }: Signed,
  type: string,
  now: number,
): Call<Acting> {
  const { caller } = call;
  const context = { agreement: agreements?.get(type) ?? agreement, purpose, ...present({ matter }) };
  const acting: Acting =
    caller.kind === 'department'
      ? { ...caller, signed: { ...context, ...present({ 'on-behalf-of': onBehalfOf }) } }
      : { ...caller, stated: { ...context, 'on-behalf-of': caller.person } };
  return { ...call, now, params: { dataset: type }, caller: acting };
}
