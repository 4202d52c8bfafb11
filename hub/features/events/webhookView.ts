/** A webhook as both sides see it: state, trouble in words, dead letters. */
import type { components } from '../../../api/openapi.ts';
import type { Sealer } from '../../flows/rows/store/sealedParts.ts';
import { moment } from '../common/listing.ts';
import type { WebhookState } from './store/webhooks.ts';
import { deliveryFault } from './webhookMessage.ts';
import { openUrl } from './webhookSender.ts';
import { present } from '../../../terms/defined.ts';

type View = components['schemas']['SinkView'];
type Trouble = components['schemas']['SinkTrouble'];

/** @param code of a delivery that failed, or of a refusal of the release flow */
export function troubleOf(code: string, status: number | null): Trouble {
  const text = deliveryFault(code) ?? {
    zh: `共享流程不允许推送（${code}），事件保留在队列中`,
    en: `the release flow does not allow the delivery (${code}); the events stay queued`,
  };
  return { code, ...text, ...present({ status }) };
}

const stateOf = ({ pausedAt, provenAt, failingSince, trouble }: WebhookState): View['state'] => {
  if (pausedAt !== null) return 'paused';
  if (provenAt === null) return 'unproven';
  if (failingSince !== null) return 'failing';
  return trouble === null ? 'active' : 'refused';
};

/**
 * The consumer is shown where its webhook is. The publisher is shown how many events wait: next to what was delivered, the number would
 * show the consumer how many were withheld.
 */
export function sinkView(
  row: WebhookState,
  sealer: Sealer,
  reader: { readonly isConsumer: boolean; readonly isPublisher: boolean },
): View {
  const { batch, deadLetters, deliveredAt, failingSince, nextAt, trouble, status, position, newest } = row;
  return {
    kind: 'webhook',
    ...(reader.isConsumer ? { host: new URL(openUrl(sealer, row)).host } : {}),
    batch,
    state: stateOf(row),
    deadLetters,
    ...(reader.isPublisher ? { waiting: Number(newest - position) } : {}),
    ...(deliveredAt === null ? {} : { lastDelivered: moment(deliveredAt) }),
    ...(failingSince === null ? {} : { failingSince: moment(failingSince) }),
    ...(trouble === null ? {} : { nextAttempt: moment(nextAt), trouble: troubleOf(trouble, status) }),
  };
}

/** Of a webhook that was just made. */
export const newSinkView = (url: string, batch: number): View => ({
  kind: 'webhook',
  host: new URL(url).host,
  batch,
  state: 'unproven',
  deadLetters: 0,
});
