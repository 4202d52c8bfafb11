/**
 * GET /v1/subscriptions/{subscription}/live: a person of the consumer watches its events in a browser. Each connection is one answer of
 * `pullEvents`, in the form of a server-sent event, and ends; the browser connects again with the cursor as `Last-Event-ID`. So each answer is
 * decided, masked, counted and logged as any other, its entry names the person, and it changes no position of the consumer's system.
 */
import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { sent } from '../../../domain/cells.ts';
import { asDepartment } from '../../../flows/actingDepartment.ts';
import type { Outcome } from '../../../pipeline/call.ts';
import { headerOf } from '../../../pipeline/requestChecks.ts';
import { activeSubscription, ofConsumer } from '../consumers.ts';
import { pullSubscription } from '../pullSubscription.ts';
import { eventOperation } from '../services.ts';

/** Milliseconds after which a browser connects again. */
const retryMs = 1_000;
/** Milliseconds that a connection waits for an event. */
const waitMs = 25_000;
/** Events of one answer, at most: a page shows the newest. */
const maxEvents = 100;

/**
 * @throws Problem subscription_unknown, subscription_ended, subscription_of_pattern, subscription_has_sink, cursor_invalid,
 * live_pages_too_many, and the denials of the release flow
 */
export const watchEvents = eventOperation('watchEvents', {
  kind: 'release',
  permission: sent,
  owner: ofConsumer,
  run: async (call, services) => {
    const { caller, exchange, head, now, params } = call;
    const subscription = await activeSubscription(services.database.app, params.subscription, caller);
    if ('pattern' in subscription) throw new Problem('subscription_of_pattern');
    const { department } = subscription;
    const acting = asDepartment({ ...call, query: { department } });
    const outcome = await pullSubscription(services, acting, subscription, {
      after: headerOf(head, 'last-event-id'),
      limit: maxEvents,
      deadline: now + waitMs,
      waiter: services.topics.nameOf(caller.person, exchange),
      takes: false,
    });
    return asServerSent(outcome);
  },
});

/** @param outcome of `pullEvents` */
function asServerSent(outcome: Outcome): Outcome {
  if (outcome.entry !== 'allow') return outcome;
  const json = Buffer.from(outcome.body).toString('utf8'); // one line, written by pulledEvents
  const { next } = JSON.parse(json) as components['schemas']['EventsAnswer'];
  const text = `retry: ${retryMs}\nid: ${next}\nevent: events\ndata: ${json}\n\n`;
  return { ...outcome, contentType: 'text/event-stream', body: Buffer.from(text, 'utf8') };
}
