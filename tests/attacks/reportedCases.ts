/** Cases that two contractors work on, whose reporters have phones: in a field, in the metadata of photos, and in events. For one test file: a hub starts with the import. */
import assert from 'node:assert/strict';
import sharp from 'sharp';
import { pointForm } from '../../schemas/places/point.ts';
import { cityHub } from '../cityHub.ts';

export const { hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const { client: provider } = city.ecology;

export const dataset = 'ecology.street-cases';
const opened = 'ecology.case-opened';
export const topic = 'ecology.case-events';
/** Of the reporters of a-1, a-2 and a-3: the second case is another contractor's. */
export const phones = ['13800009991', '13800009992', '13800009993'] as const;
const contractors = ['education', 'pub-security', 'education'] as const;
const field = (type: unknown, more: object = {}): object => ({
  type,
  'x-title': { zh: '数据项', en: 'Field' },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const personal = { maxLength: 20, 'x-sensitivity': 'L3', 'x-personal': 'personal' };
const title = { zh: '办件', en: 'Cases' };
const schema = {
  kind: 'Schema',
  document: {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'urn:datong:street-case:1.0' },
    type: 'object',
    'x-title': { zh: '城管办件', en: 'Street cases' },
    'x-class': 'general',
    'x-primary-key': ['/case'],
    additionalProperties: false,
    required: ['case', 'reporter', 'phone', 'place', 'status', 'assigned_to'],
    properties: {
      case: field('string', { maxLength: 20 }),
      reporter: field('string', { ...personal, 'x-subject-key': 'person' }),
      phone: field('string', personal),
      place: field('string', { maxLength: 100 }),
      status: field('string', { enum: ['open', 'accepted'] }),
      assigned_to: field('string', { maxLength: 40 }),
      note: field(['string', 'null'], { maxLength: 20 }),
      spot: field('object', { ...pointForm, 'x-geo': 'point' }),
      photo: field('string', {
        format: 'attachment',
        'x-attachment': { mediaTypes: ['image/jpeg'], maxBytes: 1_000_000 },
      }),
    },
  },
};
const eventSchema = {
  kind: 'Schema',
  document: {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'urn:datong:case-opened:1.0' },
    type: 'object',
    'x-title': title,
    'x-class': 'general',
    'x-primary-key': ['/case'],
    additionalProperties: false,
    required: ['case', 'reporter', 'phone', 'assigned_to'],
    properties: {
      case: field('string', { maxLength: 20 }),
      reporter: field('string', { ...personal, 'x-subject-key': 'person' }),
      phone: field('string', personal),
      assigned_to: field('string', { maxLength: 40 }),
    },
  },
};
const clear = (...names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name, { mask: 'clear' }]));
const agreement = (consumer: string, cases: object, events: object): object => ({
  kind: 'Agreement',
  id: `agr-cases-${consumer}`,
  version: 1,
  title,
  provider: 'ecology',
  consumer,
  purposes: ['environment-study'],
  basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' },
  grants: [
    {
      dataset,
      schema: 'street-case@1',
      filterBy: ['case', 'note', 'assigned_to'],
      lookupBy: ['case'],
      requires: ['on-behalf-of'],
      deliveries: ['batch', 'stream', 'export', 'history', 'changes'],
      limits: { rowsPerCall: 1000, callsPerDay: 50_000, subjectsPerCall: 100 },
      ...cases,
    },
    {
      dataset: opened,
      schema: 'case-opened@1',
      requires: ['on-behalf-of'],
      deliveries: ['events'],
      limits: { rowsPerCall: 1000, callsPerDay: 50_000 },
      ...events,
    },
  ],
});
const visible = ['case', 'place', 'status', 'assigned_to', 'note'];
const fact = (id: string, name: string): object => ({
  id,
  title,
  all: [{ field: name, equals: 'asked' }],
  limits: { callsPerDay: 50_000, perSubjectPerDay: 1_000 },
});
const ownRows = { rows: { all: [{ field: 'assigned_to', op: 'eq', value: 'education' }] } };
export const contextOf = (consumer: string) => ({
  purpose: 'environment-study',
  agreement: `agr-cases-${consumer}`,
  onBehalfOf: 'official-1',
});

export const photos: string[] = [];
/** by consumer */
export const subscriptions = new Map<string, string>();
/** Registers the cases of two contractors, with photos and events. Education is granted no phone, Public Security every one. */
export async function reportedCases(): Promise<void> {
  const rules = {
    state: 'status',
    transitions: [{ id: 'accept', from: 'open', to: 'accepted', by: ['education'] }],
    contributors: ['education', 'pub-security'].map((department) => ({
      department,
      sets: ['note'],
      rows: { all: [{ field: 'assigned_to', is: 'me' }] },
    })),
  };
  const documents = [
    schema,
    eventSchema,
    {
      kind: 'Dataset',
      id: dataset,
      title,
      mode: 'upsert',
      schema: 'urn:datong:street-case:1.0',
      intake: { byCall: {}, cases: rules },
      sharing: { type: 'conditional', conditions: '示例' },
    },
    {
      kind: 'Dataset',
      id: opened,
      title,
      mode: 'events',
      schema: 'urn:datong:case-opened:1.0',
      sharing: { type: 'conditional', conditions: '示例' },
    },
    { kind: 'Topic', id: topic, title, types: [opened], retentionDays: 30 },
    agreement(
      'education',
      {
        ...ownRows,
        facts: [fact('state-is', 'status')],
        fields: Object.assign(
          { spot: { mask: 'geoGrid', metres: 1000 }, photo: { mask: 'stripMetadata' } },
          clear(...visible),
        ),
      },
      Object.assign({ fields: clear('case') }, ownRows),
    ),
    agreement(
      'pub-security',
      { facts: [fact('phone-is', 'phone')], fields: clear(...visible, 'phone', 'spot', 'photo') },
      { fields: clear('case', 'phone') },
    ),
  ];
  await city.apply(documents, [city.education, city.publicSecurity, city.ecology]);
  for (const phone of phones) photos.push(await photoOf(phone));
  const rows = contractors.map((department, nth) => ({
    case: `a-${nth + 1}`,
    reporter: `person ${nth + 1}`,
    phone: phones[nth],
    place: '荷塘街 1 号',
    status: 'open',
    assigned_to: department,
    note: null,
    spot: { type: 'Point', coordinates: [120.15 + nth / 100, 30.25] },
    photo: photos[nth],
  }));
  await provider.call({
    method: 'POST',
    path: `/v1/datasets/${dataset}/rows`,
    receipt: 'optional',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(rows), 'utf8'),
  });
  for (const [client, consumer] of [
    [city.education.client, 'education'],
    [city.publicSecurity.client, 'pub-security'],
  ] as const) {
    const { json } = await client.events.subscribe({ topic }, contextOf(consumer));
    subscriptions.set(consumer, json.id);
  }
  await provider.events.publish(
    topic,
    contractors.map((department, nth) => ({
      specversion: '1.0',
      id: `opened-${nth}`,
      source: 'test',
      type: opened,
      data: {
        case: `a-${nth + 1}`,
        reporter: `person ${nth + 1}`,
        phone: phones[nth] ?? '',
        assigned_to: department,
      },
    })),
  );
}

/** A photo whose metadata has the phone. @returns the id of the attachment */
async function photoOf(phone: string): Promise<string> {
  const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: 'green' } })
    .withExif({ IFD0: { ImageDescription: phone } })
    .jpeg()
    .toBuffer();
  assert.ok(bytes.includes(phone));
  const upload = { field: 'photo', mediaType: 'image/jpeg', name: 'photo.jpg' };
  return (await provider.attachments.put(dataset, bytes, upload)).json.attachment;
}
