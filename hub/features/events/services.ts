import { operationsWith } from '../../pipeline/operation.ts';
import type { ReleaseServices } from '../../flows/release/services.ts';
import type { TopicWatch } from './topicWatch.ts';
import type { WebhookRoute } from './webhookSender.ts';

/** What the operations work with through which events leave: the release flow, and the waits of long polls. */
export interface EventServices extends ReleaseServices {
  readonly topics: TopicWatch;
  readonly webhooks: {
    readonly route: WebhookRoute;
    /** a webhook changed: deliveries are looked for now */
    readonly wake: () => void;
  };
}

/** Defines an operation of the exchange listener through which events leave. */
export const eventOperation = operationsWith<EventServices>();
