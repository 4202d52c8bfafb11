/** Events: published to a topic of one's own department. */
import type { components } from '../../api/openapi.ts';
import { jsonCall } from './jsonCall.ts';
import { signedCall, type CallServices } from './signedCall.ts';
import type { Answer } from './types.ts';

type Schemas = components['schemas'];
/** A CloudEvent 1.0; `data` is a record of the schema of its type. */
export type PublishedEvent = Omit<Schemas['PublishedEvent'], 'data'> & {
  readonly data: Readonly<Record<string, unknown>>;
};
export type EventsPublished = Schemas['EventsPublished'];

/** Events of one call, at most. */
export const maxEventsOfCall = 1_000;

export class Events {
  private readonly services: CallServices;

  constructor(services: CallServices) {
    this.services = services;
  }

  /**
   * Publishes one to 1,000 events: all of them are stored, or none. It is safe to repeat a call: what was stored before is reported as
   * repeated.
   */
  async publish(topic: string, events: readonly PublishedEvent[]): Promise<Answer<EventsPublished>> {
    const path = `/v1/topics/${encodeURIComponent(topic)}/events`;
    return (await signedCall(
      jsonCall(path, events, {}, 'required'),
      this.services,
    )) as Answer<EventsPublished>;
  }
}
