/** Published events as they are stored: validated against the schemas of their types, or refused with places and rules. */
import { createHash } from 'node:crypto';
import type { components } from '../../../api/openapi.ts';
import { rowRules } from '../../../adapters/reading/rowRules.ts';
import { textSign } from '../../../adapters/reading/text/textSigns.ts';
import { maskedPointer } from '../../../schemas/explain.ts';
import { pointerTo } from '../../../schemas/jsonSchema.ts';
import { canonicalJsonOfRow, type CanonicalValue } from '../../../terms/canonicalJson.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import { isStorable } from '../../domain/rowTable/storable.ts';
import { receives } from '../../domain/dataset.ts';
import { liveDataset } from '../../flows/hostedDataset.ts';
import type { Registry } from '../../registry/registry.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { unavailable } from '../../registry/unavailable.ts';
import type { NewEvent } from './store/events.ts';
import type { TopicRow } from './store/topics.ts';

type Published = components['schemas']['PublishedEvent'];

const day = 86_400_000;
/** How far the clock of a publisher may be ahead of the hub's, in milliseconds. */
const maxAhead = 5 * 60_000;
const maxFindings = 20;

interface Finding {
  readonly pointer: string;
  readonly code: string;
  readonly message: Bilingual;
}

/** Events of one call to one topic. */
export interface EventReader {
  readonly registry: Registry;
  readonly topic: TopicRow;
  /** Unix milliseconds */
  readonly now: number;
  /** a new uuid version 7 */
  readonly newId: () => string;
  /** keyed hash of a subject, 32 bytes */
  readonly subjectHash: (kind: string, value: string) => Buffer;
}

/** @throws Problem event_invalid with findings, dataset_unavailable */
export function readEvents(reader: EventReader, events: readonly Published[]): readonly NewEvent[] {
  const findings: Finding[] = [];
  const wrong = new Set<number>();
  const read = events.map((event, at) => {
    const found = faultsOf(reader, event);
    if (found.length > 0) wrong.add(at);
    for (const { pointer, ...one } of found)
      if (findings.length < maxFindings)
        findings.push({ pointer: events.length === 1 ? pointer : `/${at}${pointer}`, ...one });
    return found.length > 0 ? undefined : stored(reader, event);
  });
  if (wrong.size > 0) throw new Problem('event_invalid', { count: wrong.size }, { findings });
  return read.filter((event) => event !== undefined);
}

/** @throws Problem dataset_unavailable: a type that is suspended or retired takes no events */
function faultsOf({ registry, topic, now }: EventReader, event: Published): readonly Finding[] {
  if (!topic.types.includes(event.type))
    return [
      finding('/type', 'type', `主题 ${topic.id} 没有这个事件类型`, `the topic ${topic.id} has no such type`),
    ];
  const dataset = liveDataset(registry, event.type);
  if (!receives(dataset.row.state)) throw unavailable(dataset.row);
  return [
    ...sourceFaults(event),
    ...timeFaults(event, topic, now),
    ...schemaFaults(event, dataset),
    ...dataFaults(event, dataset),
    ...subjectFaults(event, topic),
  ];
}

/** Under this source and an id that can be computed in advance, the hub publishes the notices of response plans. */
export const hubSource = 'datong';

const sourceFaults = ({ source }: Published): readonly Finding[] =>
  source === hubSource
    ? [
        finding(
          '/source',
          'source',
          `${hubSource} 是枢纽自身事件的来源；请写本部门系统的名称`,
          `${hubSource} is the source of the hub's own events; name the system of the department`,
        ),
      ]
    : [];

function timeFaults({ time }: Published, { retentionDays }: TopicRow, now: number): readonly Finding[] {
  if (time === undefined) return [];
  const at = Date.parse(time);
  if (at <= now + maxAhead && at >= now - retentionDays * day) return [];
  return [
    finding(
      '/time',
      'time',
      `应在 ${retentionDays} 天以内，且不晚于枢纽时间 5 分钟；请校准时钟`,
      `it lies within the last ${retentionDays} days and at most 5 minutes ahead of the hub; check the clock`,
    ),
  ];
}

/** A publisher may still write for an older minor version. */
function schemaFaults({ dataschema }: Published, { schema }: LiveDataset): readonly Finding[] {
  if (dataschema === undefined || dataschema === schema.urn) return [];
  const [name, minor] = split(dataschema);
  const [bound, newest] = split(schema.urn);
  if (name === bound && minor < newest) return [];
  return [
    finding(
      '/dataschema',
      'dataschema',
      `该类型的标准是 ${schema.urn}`,
      `the schema of the type is ${schema.urn}`,
    ),
  ];
}

/** `urn:datong:warning:1.2` as name with major version, and minor version. */
function split(urn: string): readonly [string, number] {
  const at = urn.lastIndexOf('.');
  return [urn.slice(0, at), Number(urn.slice(at + 1))];
}

function dataFaults({ data }: Published, { compiled, schema }: LiveDataset): readonly Finding[] {
  if (!isStorableWhole(data))
    return [
      finding(
        '/data',
        'text.not-storable',
        '含有无法存储的字符',
        'it holds characters that cannot be stored',
      ),
    ];
  const sign = signIn(data, '');
  if (sign !== undefined) return [{ ...sign, pointer: `/data${maskedPointer(schema, data, sign.pointer)}` }];
  if (compiled.check(data)) return [];
  return compiled
    .explain(data)
    .map(({ pointer, rule, message }) => ({ pointer: `/data${pointer}`, code: rule, message }));
}

const isStorableWhole = (value: unknown): boolean =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).every(([name, one]) => isStorable(name) && isStorableWhole(one))
    : isStorable(value);

/** The first text with characters that are not shown, or that was decoded wrongly: a row of a call is refused for the same. */
function signIn(value: unknown, pointer: string): Finding | undefined {
  if (typeof value === 'string') {
    const rule = textSign(value);
    return rule === undefined ? undefined : { pointer, code: rule, message: rowRules[rule] };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, one] of Object.entries(value)) {
    const found = signIn(one, pointerTo(pointer, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `subject` is the value of the ordering key, so that it is masked by what masks the field. */
function subjectFaults({ subject, data }: Published, { orderingKey }: TopicRow): readonly Finding[] {
  if (subject === undefined) return [];
  if (orderingKey !== null && String((data as Record<string, unknown>)[orderingKey]) === subject) return [];
  return [
    orderingKey === null
      ? finding(
          '/subject',
          'subject',
          '该主题没有 orderingKey，不写 subject',
          'the topic has no ordering key: leave it out',
        )
      : finding(
          '/subject',
          'subject',
          `应与数据项 ${orderingKey} 的值相同`,
          `it is the value of the field ${orderingKey}`,
        ),
  ];
}

const finding = (pointer: string, code: string, zh: string, en: string): Finding => ({
  pointer,
  code,
  message: { zh, en },
});

function stored({ registry, now, newId, subjectHash }: EventReader, event: Published): NewEvent {
  // another form of the same event may have it or not
  const { datacontenttype: _form, ...content } = event;
  const { schema } = liveDataset(registry, event.type);
  const named =
    schema.subject === undefined ? undefined : (event.data as Record<string, unknown>)[schema.subject.field];
  return {
    id: newId(),
    type: event.type,
    given: `${event.source}\n${event.id}`,
    digest: createHash('sha256')
      .update(canonicalJsonOfRow(content as CanonicalValue))
      .digest(),
    time: event.time === undefined ? now : Date.parse(event.time),
    schema: schema.urn,
    subject:
      schema.subject === undefined || typeof named !== 'string'
        ? null
        : subjectHash(schema.subject.kind, named),
    data: JSON.stringify(event.data),
  };
}
