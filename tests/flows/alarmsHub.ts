/** A hub with an event type for alarms of water levels, their consumer, and datasets of levels with rules. */
import assert from 'node:assert/strict';
import type { EventRule } from '../../hub/domain/eventRule.ts';
import { timePattern, timeText } from '../../hub/domain/timeField.ts';
import { civilDateInChina } from '../../terms/civilDate.ts';
import { sampleCity, type City, type TestHub } from '../hub.ts';
import { validTerm } from '../newYear.ts';

type Row = Readonly<Record<string, unknown>>;

const field = (type: unknown, more: object = {}): object => ({
  type,
  'x-title': { zh: '数据项', en: 'Field' },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const schema = (urn: string, more: object, properties: object): object => ({
  kind: 'Schema',
  document: {
    ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: urn, type: 'object' },
    'x-title': { zh: '读数', en: 'Readings' },
    'x-class': 'general',
    additionalProperties: false,
    ...more,
    properties,
  },
});
const station = field('string', { maxLength: 40 });
const time = field('string', { format: 'date-time', pattern: timePattern });
const urn = 'urn:datong:water-level:1.0';
const eventUrn = 'urn:datong:water-alarm:1.0';
export const type = 'ecology.water-alarm';
export const topic = 'ecology.water-alarms';
const grant = { provider: 'ecology', consumer: 'education', purposes: ['environment-study'] };
const context = { purpose: 'environment-study', agreement: 'agr-alarms', onBehalfOf: 'official-1' };

export interface AlarmsHub {
  readonly city: City;
  /** of the education bureau */
  readonly subscription: string;
  /** Registers a dataset with these rules. @returns its id */
  readonly dataset: (rules: readonly Partial<EventRule>[], more?: object) => Promise<string>;
  /** Sends rows in one call, all of which the hub must accept. */
  readonly push: (id: string, rows: readonly Row[]) => Promise<void>;
}

const { year, month } = civilDateInChina(Date.now());
/** 08:00 in China on the first day of the month before last: its period is retained where three months are. */
export const start = Date.UTC(year, month - 3, 1);
export const at = (minute: number): string => timeText(start + minute * 60_000);
export const row = (name: string, minute: number, level: number | null): Row => ({
  station: name,
  time: at(minute),
  level,
  state: 'on',
});

/** The types of events, their topic and agreement, and a subscription of the consumer. */
export async function alarmsHub(hub: TestHub): Promise<AlarmsHub> {
  const city = await sampleCity(hub);
  const { client: sender } = city.ecology;
  const alarm = { required: ['station', 'time', 'rule', 'severity', 'value'] };
  const documents = [
    schema(
      urn,
      { 'x-primary-key': ['/station', '/time'], required: ['station', 'time'] },
      {
        station,
        time,
        level: field(['number', 'null']),
        state: field(['string', 'null'], { enum: ['on', 'gone', null] }),
      },
    ),
    schema(eventUrn, alarm, {
      station,
      time,
      rule: field('string', { maxLength: 40 }),
      value: field(['number', 'null']),
      severity: field('string', { enum: ['info', 'warning', 'alarm'] }),
    }),
    {
      kind: 'Dataset',
      id: type,
      title: { zh: '水位预警', en: 'Alarms' },
      schema: eventUrn,
      mode: 'events',
      sharing: { type: 'conditional', conditions: '示例' },
    },
    { kind: 'Topic', id: topic, title: { zh: '水位预警', en: 'Alarms' }, types: [type], retentionDays: 30 },
    {
      kind: 'Agreement',
      id: 'agr-alarms',
      version: 1,
      title: { zh: '预警', en: 'Alarms' },
      ...grant,
      basis: { type: 'statutory', reference: '中华人民共和国环境保护法', clause: '第五十四条' },
      valid: validTerm,
      grants: [
        {
          dataset: type,
          schema: 'water-alarm@1',
          requires: ['on-behalf-of'],
          deliveries: ['events'],
          limits: { rowsPerCall: 1000, callsPerDay: 5000 },
          fields: Object.fromEntries(alarm.required.map((name) => [name, { mask: 'clear' }])),
        },
      ],
    },
  ];
  await city.apply(documents, [city.education, city.ecology]);
  const { json } = await city.education.client.events.subscribe({ topic }, context);
  let count = 0;
  /** A dataset with these rules. */
  async function dataset(rules: readonly Partial<EventRule>[], more: object = {}): Promise<string> {
    count += 1;
    const id = `ecology.levels-${count}`;
    const eventRules = rules.map((rule) => ({ id: 'high', severity: 'warning', type, ...rule }));
    const { status, json: made } = await hub.staff(city.operator, 'POST', '/v1/datasets', {
      id,
      title: { zh: '水位', en: 'Levels' },
      schema: urn,
      mode: 'upsert',
      sharing: { type: 'conditional', conditions: '示例' },
      intake: { byCall: {}, timeField: 'time', eventRules, ...more },
    });
    if (status !== 201) throw new Error(`${String(made['code'])} ${JSON.stringify(made['detail'])}`);
    return id;
  }

  async function push(id: string, rows: readonly Row[]): Promise<void> {
    const { json: answer } = await sender.call({
      method: 'POST',
      path: `/v1/datasets/${id}/rows`,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(rows), 'utf8'),
      receipt: 'optional',
    });
    assert.equal((answer as { accepted: number }).accepted, rows.length, JSON.stringify(answer));
  }
  return { city, subscription: json.id, dataset, push };
}
