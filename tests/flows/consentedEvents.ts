/** A topic of the police about grants to persons, which education receives where a person agreed. */
import type { TestDatabase } from '../database.ts';
import type { City } from '../hub.ts';

const type = 'pub-security.grant-decided';
const topic = 'pub-security.grants';
const title = { zh: '资助决定', en: 'Grant decided' };
const field = (more: object): object => ({
  'x-title': title,
  'x-sensitivity': 'L2',
  'x-personal': 'personal',
  ...more,
});
const documents = [
  {
    kind: 'Schema',
    document: {
      ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'urn:datong:grant-decided:1.0' },
      'x-title': title,
      'x-class': 'general',
      'x-primary-key': ['/decision_id'],
      type: 'object',
      additionalProperties: false,
      required: ['decision_id', 'person_id', 'amount'],
      properties: {
        decision_id: field({ type: 'string', maxLength: 20, 'x-personal': 'none' }),
        person_id: field({ type: 'string', maxLength: 18, 'x-subject-key': 'person' }),
        amount: field({ type: 'integer' }),
      },
    },
  },
  {
    kind: 'Dataset',
    id: type,
    title,
    schema: 'urn:datong:grant-decided:1.0',
    mode: 'events',
    sharing: { type: 'conditional', conditions: '本人同意' },
  },
  { kind: 'Topic', id: topic, title, types: [type], retentionDays: 30 },
  {
    kind: 'Agreement',
    id: 'agr-grants',
    version: 1,
    title,
    provider: 'pub-security',
    consumer: 'education',
    purposes: ['school-meals'],
    basis: { type: 'consent' },
    valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
    grants: [
      {
        dataset: type,
        schema: 'grant-decided@1',
        deliveries: ['events'],
        limits: { rowsPerCall: 100 },
        fields: { amount: { mask: 'clear' } },
        rows: { all: [{ field: 'amount', op: 'range', value: { gte: 1 } }] },
        consent: { required: true },
      },
    ],
  },
];
const personOf = (at: number): string => `99010119900101${String(1000 + at)}`;

interface ConsentedEvents {
  readonly topic: string;
  /** of the subscription of education */
  readonly context: { readonly purpose: string; readonly agreement: string };
  /** The person of this number agrees. @returns the id of the consent */
  consent(at: number): Promise<string>;
  /** One event for each person, whose amount is the number of the person, unless it is given. */
  publish(persons: readonly number[], amount?: number): Promise<void>;
}

/** Registers topic, agreement and notice. Education receives the amount alone, from 1, of persons who agreed. */
export async function consentedEvents(
  city: City,
  database: Pick<TestDatabase, 'app'>,
): Promise<ConsentedEvents> {
  await city.apply('school-meals/notice.yaml');
  await city.apply(documents, [city.education, city.publicSecurity]);
  const { client } = city.publicSecurity;
  const { rows: notices } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  let count = 0;
  return {
    topic,
    context: { purpose: 'school-meals', agreement: 'agr-grants' },
    consent: async (at) => {
      const id = `grant-${at}`;
      await client.giveConsent({
        id,
        person: personOf(at),
        recipient: 'education',
        dataset: type,
        purposes: ['school-meals'],
        fields: ['amount'],
        method: 'app',
        notBefore: '2026-01-01T00:00:00+08:00',
        expires: '2099-01-01T00:00:00+08:00',
        notice: { digest: notices[0]?.digest ?? '', language: 'zh' },
      });
      return id;
    },
    publish: async (persons, amount) => {
      const events = persons.map((at) => {
        count += 1;
        const data = { decision_id: `d-${count}`, person_id: personOf(at), amount: amount ?? at };
        return { specversion: '1.0' as const, id: `grant-${count}`, source: 'test', type, data };
      });
      await client.events.publish(topic, events);
    },
  };
}
