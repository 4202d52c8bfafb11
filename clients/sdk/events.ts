/** Events: published to a topic of this department, and received by subscriptions under an agreement. */
import type { components } from '../../api/openapi.ts';
import { contextHeaders, jsonCall, pathWith } from './jsonCall.ts';
import { signedCall, type CallServices } from './signedCall.ts';
import type { Answer, CallContext, FilterTerm } from './types.ts';

type Schemas = components['schemas'];
/** A CloudEvent 1.0; `data` is a record of the schema of its type. */
export type PublishedEvent = Omit<Schemas['PublishedEvent'], 'data'> & {
  readonly data: Readonly<Record<string, unknown>>;
};
export type EventsPublished = Schemas['EventsPublished'];
export type SubscriptionRequest = Omit<Schemas['SubscriptionAsked'], 'types' | 'filter'> & {
  readonly types?: readonly string[];
  readonly filter?: readonly FilterTerm[];
};
export type Subscription = Schemas['Subscription'];
export type SinkChanged = Schemas['SinkChanged'];
export type SecretRotated = Schemas['SecretRotated'];
export type DeadLetterList = Schemas['DeadLetterList'];
export type LettersReplayed = Schemas['LettersReplayed'];
/** A CloudEvent 1.0 as a consumer receives it: `data` is masked. */
export type DeliveredEvent = Omit<Schemas['DeliveredEvent'], 'data'> & {
  readonly data: Readonly<Record<string, unknown>>;
};
export type EventsAnswer = Omit<Schemas['EventsAnswer'], 'events'> & {
  readonly events: readonly DeliveredEvent[];
};

export type OpenEvent = Schemas['OpenEvent'];
/** Why an event is closed. */
export type EventClosing = components['schemas']['EventClosing'];
export type EventGrade = Schemas['EventGrade'];
export type EventArchive = Schemas['EventArchive'];
export type EventAcknowledged = Schemas['EventAcknowledged'];

/** Which events one call fetches. */
export interface EventsRequest {
  /** `next` of an answer that was stored */
  readonly after?: string;
  /** seconds to wait for an event, up to 30 */
  readonly wait?: number;
  /** 1 to 1,000 */
  readonly limit?: number;
}

/** Events of one call, at most. */
export const maxEventsOfCall = 1_000;

export class Events {
  private readonly services: CallServices;

  constructor(services: CallServices) {
    this.services = services;
  }

  /**
   * Publishes one to 1,000 events: the hub stores all of them, or none. A call can be repeated safely: events stored before are reported as
   * repeated.
   */
  async publish(topic: string, events: readonly PublishedEvent[]): Promise<Answer<EventsPublished>> {
    const path = `/v1/topics/${encodeURIComponent(topic)}/events`;
    return (await this.call(jsonCall(path, events, {}, 'required'))) as Answer<EventsPublished>;
  }

  /**
   * Subscribes to a topic. The context is signed once, and every delivery is decided by it again. A pattern of topics has no agreement: each
   * topic is decided under its own.
   */
  async subscribe(
    requested: SubscriptionRequest,
    context: Omit<CallContext, 'agreement'> & Partial<Pick<CallContext, 'agreement'>>,
  ): Promise<Answer<Subscription>> {
    const input = jsonCall('/v1/subscriptions', requested, contextHeaders(context), 'required');
    return (await this.call(input)) as Answer<Subscription>;
  }

  /** Returns the next events. Send `next` of the answer as `after` once they are stored; until then the hub repeats them. */
  async pull(subscription: string, requested: EventsRequest = {}): Promise<Answer<EventsAnswer>> {
    const path = pathWith(`/v1/subscriptions/${encodeURIComponent(subscription)}/events`, requested);
    return (await this.call({ method: 'GET', path, receipt: 'required' })) as Answer<EventsAnswer>;
  }

  /**
   * Returns answer after answer with at least one event, without end. Asking for the next one acknowledges the one before, so store that
   * one first.
   * @param signal ends it, after the call that is under way
   */
  async *listen(
    subscription: string,
    { signal, ...requested }: EventsRequest & { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<Answer<EventsAnswer>, void> {
    let { after } = requested;
    while (signal?.aborted !== true) {
      const answer = await this.pull(subscription, {
        wait: 30,
        ...requested,
        ...(after === undefined ? {} : { after }),
      });
      if (answer.json.events.length > 0) yield answer;
      after = answer.json.next;
    }
  }

  /** Pauses or resumes the deliveries to a webhook, or sends it one message immediately. */
  async sink(subscription: string, act: Schemas['SinkAct']['act']): Promise<Answer<SinkChanged>> {
    return (await this.call(
      jsonCall(`/v1/subscriptions/${encodeURIComponent(subscription)}/sink`, { act }, {}, 'required'),
    )) as Answer<SinkChanged>;
  }

  /** Replaces the secret of a webhook. @param overlapHours how long the old one signs as well */
  async rotateSecret(subscription: string, overlapHours?: number): Promise<Answer<SecretRotated>> {
    const body = overlapHours === undefined ? {} : { overlapHours };
    return (await this.call(
      jsonCall(`/v1/subscriptions/${encodeURIComponent(subscription)}/secret`, body, {}, 'required'),
    )) as Answer<SecretRotated>;
  }

  /** Events that a webhook did not take in time. */
  async deadLetters(
    subscription: string,
    requested: { readonly cursor?: string; readonly limit?: number } = {},
  ): Promise<Answer<DeadLetterList>> {
    const path = pathWith(`/v1/subscriptions/${encodeURIComponent(subscription)}/dead-letters`, requested);
    return (await this.call({ method: 'GET', path, receipt: 'required' })) as Answer<DeadLetterList>;
  }

  /** Has dead letters sent again. @param events their ids; absent: all */
  async replay(subscription: string, events?: readonly string[]): Promise<Answer<LettersReplayed>> {
    const body = events === undefined ? {} : { events };
    const path = `/v1/subscriptions/${encodeURIComponent(subscription)}/dead-letters/replay`;
    return (await this.call(jsonCall(path, body, {}, 'required'))) as Answer<LettersReplayed>;
  }

  /** Ends a subscription: it delivers nothing more. */
  async end(subscription: string): Promise<Answer<Subscription>> {
    const path = `/v1/subscriptions/${encodeURIComponent(subscription)}/end`;
    return (await this.call({ method: 'POST', path, receipt: 'required' })) as Answer<Subscription>;
  }

  /**
   * Returns what is due in an event under a response plan, who acknowledged and what is late. Its publisher sees all, others their own
   * part.
   */
  async board(event: string): Promise<Answer<OpenEvent>> {
    return (await this.call({
      method: 'GET',
      path: openEvent(event),
      receipt: 'required',
    })) as Answer<OpenEvent>;
  }

  /** Returns the archive of an event that the department published: log entries with their proofs, signed by the hub. */
  async archive(event: string): Promise<Answer<EventArchive>> {
    const path = `${openEvent(event)}/archive`;
    return (await this.call({ method: 'GET', path, receipt: 'required' })) as Answer<EventArchive>;
  }

  /** Acknowledges an event for the department: `received`, `accepted` or `done`. A higher grade includes the lower ones. */
  async acknowledge(event: string, grade: EventGrade): Promise<Answer<EventAcknowledged>> {
    const input = jsonCall(`${openEvent(event)}/acknowledgements`, { grade }, {}, 'required');
    return (await this.call(input)) as Answer<EventAcknowledged>;
  }

  /** Closes an event of the department: nothing is due any more, and the purpose of its plan is closed. */
  async close(event: string, closing: EventClosing): Promise<Answer<OpenEvent>> {
    const input = jsonCall(`${openEvent(event)}/closure`, closing, {}, 'required');
    return (await this.call(input)) as Answer<OpenEvent>;
  }

  private call(input: Parameters<typeof signedCall>[0]): ReturnType<typeof signedCall> {
    return signedCall(input, this.services);
  }
}

const openEvent = (event: string): string => `/v1/open-events/${encodeURIComponent(event)}`;
