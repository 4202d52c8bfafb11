import { operationsWith } from '../../pipeline/operation.ts';
import type { ReleaseServices } from '../../flows/release/services.ts';
import type { TopicWatch } from './topicWatch.ts';

/** What the operations work with through which events leave: the release flow, and the waits of long polls. */
export interface EventServices extends ReleaseServices {
  readonly topics: TopicWatch;
}

/** Defines an operation of the exchange listener through which events leave. */
export const eventOperation = operationsWith<EventServices>();
