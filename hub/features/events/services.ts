import { operationsWith } from '../../pipeline/operation.ts';
import type { Identity } from '../../identity/identity.ts';
import type { ReleaseServices } from '../../flows/release/services.ts';
import type { TopicWatch } from './topicWatch.ts';
import type { WebhookRoute } from './webhookSender.ts';

/** What the operations work with through which events come and leave: the release flow, the waits of long polls, and webhooks. */
export interface EventServices extends ReleaseServices {
  readonly identity: ReleaseServices['identity'] & Pick<Identity, 'department'>;
  /** origin of the exchange listener */
  readonly publicOrigin: string;
  readonly topics: TopicWatch;
  readonly webhooks: {
    readonly route: WebhookRoute;
    /** a webhook changed: deliveries are searched now */
    readonly wake: () => void;
    /** events were stored: deliveries are searched now if there is a webhook */
    readonly stored: () => void;
  };
}

/** Defines an operation of the exchange listener through which events come or leave. */
export const eventOperation = operationsWith<EventServices>();
