/** Events that may leave, as CloudEvents, with what their log entry says and claims: the same for an answer and for a webhook. */
import type { components } from '../../../api/openapi.ts';
import { openDataset, type AllowedCall } from '../../flows/release/allowedCall.ts';
import { type EntryClaim, entryClaim, privateFact } from '../../flows/release/entryClaim.ts';
import { personsOf, tokensOf } from '../../flows/release/pagePersons.ts';
import type { ReleaseServices } from '../../flows/release/services.ts';
import { underCorrection, type AnswerNote } from '../../flows/release/underCorrection.ts';
import type { LeafFacts } from '../../log/entry.ts';
import { moment } from '../common/listing.ts';
import type { ReleasableEvents } from './nextEvents.ts';
import type { EventServices } from './services.ts';

type DeliveredEvent = components['schemas']['DeliveredEvent'];

export interface Released {
  readonly events: readonly DeliveredEvent[];
  readonly claim: EntryClaim | undefined;
  /** part of an answer: data that are being corrected */
  readonly correction: { readonly notes?: readonly AnswerNote[] };
  readonly facts: LeafFacts;
  /** log tokens */
  readonly subjects: Uint8Array;
}

/** Ids of the events that were opened under response plans. */
export const openedOf = ({ events }: Pick<ReleasableEvents, 'events'>): readonly string[] =>
  events.flatMap(({ stored }) => (stored.opened ? [stored.id] : []));

/** @param at the exchange that releases them, and when (Unix milliseconds) */
export function releasedEvents(
  services: Pick<ReleaseServices, 'registry' | 'keys'> & Pick<EventServices, 'publicOrigin'>,
  subscription: { readonly id: string; readonly topic: string; readonly orderingKey: string | null },
  { permission, facts }: Pick<AllowedCall, 'permission' | 'facts'>,
  { events, rows, check, consented, unfit }: ReleasableEvents,
  at: { readonly exchange: string; readonly now: number },
): Released {
  const { id, topic, orderingKey } = subscription;
  const dataset = openDataset(services.registry, permission);
  const claim = entryClaim(check, consented, [], at);
  const correction = underCorrection(services, dataset, permission, () =>
    personsOf({ rows })().map((one) => [one]),
  );
  return {
    events: events.map(({ stored, data }) => {
      const key = orderingKey === null ? undefined : data[orderingKey];
      return {
        specversion: '1.0' as const,
        id: stored.id,
        source: `/v1/topics/${topic}`,
        type: stored.type,
        time: moment(stored.time),
        datacontenttype: 'application/json' as const,
        dataschema: `${services.publicOrigin}/v1/schemas/${stored.schema}`,
        // masked as its field is; absent where the field was not released
        ...(typeof key === 'string' || typeof key === 'number' ? { subject: String(key) } : {}),
        data,
      };
    }),
    claim,
    correction: correction.answer,
    facts: {
      schema: dataset.schema.urn,
      rows: { delivered: events.length, withheld: 0 },
      ...facts,
      ...correction.facts,
      change: { subscription: id, topic, ...(unfit === 0 ? {} : { unfit }) },
      ...privateFact(claim),
    },
    subjects: tokensOf(services, { rows }, at.now),
  };
}
