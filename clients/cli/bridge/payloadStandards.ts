/** Records of payloads that follow a standard: OGC SensorThings 1.1 observations, and NGSI-LD entities and notifications. Pure. */
import { unixMoment } from '../../../terms/civilDate.ts';
import { isObject } from '../../../terms/isObject.ts';

/** A payload that is not a valid record of its kind; `rule` is written to the rejects file. */
export class UnreadablePayload extends Error {
  readonly rule: string;
  constructor(rule: string) {
    super(rule);
    this.rule = rule;
  }
}

type Members = Readonly<Record<string, unknown>>;

const membersOf = (value: unknown, rule: string): Members => {
  if (isObject(value)) return value;
  throw new UnreadablePayload(rule);
};

/**
 * Observations of SensorThings: one, several, or data arrays (`CreateObservations`). Each gives `datastream`, `time` (the begin of
 * `phenomenonTime`), `result`, and those of `id`, `timeEnd`, `resultTime`, `resultQuality` and `parameters` that the observation has.
 */
export function sensorThingsRecords(value: unknown): readonly Members[] {
  const observations = Array.isArray(value) ? (value as unknown[]) : [value];
  return observations.flatMap((one) => {
    const observation = membersOf(one, 'sensorthings.observation');
    return observation['dataArray'] === undefined
      ? [observationRecord(observation)]
      : dataArrayRecords(observation);
  });
}

function dataArrayRecords(group: Members): readonly Members[] {
  const { components, dataArray, ...shared } = group;
  if (!Array.isArray(components) || !Array.isArray(dataArray))
    throw new UnreadablePayload('sensorthings.data-array');
  const names = components as readonly unknown[];
  return (dataArray as unknown[]).map((values) => {
    if (!Array.isArray(values) || values.length !== names.length)
      throw new UnreadablePayload('sensorthings.data-array');
    const members = names.map((name, i): [string, unknown] => [String(name), (values as unknown[])[i]]);
    return observationRecord({ ...shared, ...Object.fromEntries(members) });
  });
}

function observationRecord(observation: Members): Members {
  const { phenomenonTime, result } = observation;
  if (result === undefined || typeof phenomenonTime !== 'string')
    throw new UnreadablePayload('sensorthings.observation');
  const [time, timeEnd] = phenomenonTime.split('/');
  const more = { id: observation['@iot.id'], timeEnd };
  const given = ['resultTime', 'resultQuality', 'parameters'].map((name): [string, unknown] => [
    name,
    observation[name],
  ]);
  const present = [...Object.entries(more), ...given].filter(([, one]) => one !== undefined);
  return { ...Object.fromEntries(present), datastream: datastreamOf(observation), time, result };
}

/** Id of the datastream: expanded, by its link, or null where the payload has none (the topic may name it). */
function datastreamOf(observation: Members): string | null {
  const expanded = observation['Datastream'] ?? observation['MultiDatastream'];
  if (typeof expanded === 'object' && expanded !== null) {
    const id = (expanded as Members)['@iot.id'];
    return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
  }
  const link =
    observation['Datastream@iot.navigationLink'] ?? observation['MultiDatastream@iot.navigationLink'];
  if (typeof link !== 'string') return null;
  return /(?:Multi)?Datastreams\('?([^')]+)'?\)/.exec(link)?.[1] ?? null;
}

/**
 * Entities of NGSI-LD, normalized or simplified: one, several, or those of a notification (also as MQTT brokers send it, with `metadata`
 * and `body`). Each gives `id`, `type`, the value of each attribute under its name, and `observedAt`, the newest of its attributes.
 */
export function ngsiLdRecords(value: unknown): readonly Members[] {
  if (Array.isArray(value)) return (value as unknown[]).map(entityRecord);
  const members = membersOf(value, 'ngsi-ld.entity');
  if (members['body'] !== undefined && members['metadata'] !== undefined)
    return ngsiLdRecords(members['body']);
  if (members['type'] !== 'Notification') return [entityRecord(members)];
  const { data } = members;
  if (!Array.isArray(data)) throw new UnreadablePayload('ngsi-ld.notification');
  return (data as unknown[]).map(entityRecord);
}

function entityRecord(value: unknown): Members {
  const entity = membersOf(value, 'ngsi-ld.entity');
  const { id, type } = entity;
  if (typeof id !== 'string' || typeof type !== 'string') throw new UnreadablePayload('ngsi-ld.entity');
  const record: Record<string, unknown> = { id, type };
  let observedAt: string | undefined;
  for (const [name, attribute] of Object.entries(entity)) {
    if (['@context', 'id', 'type', 'scope'].includes(name)) continue;
    record[name] = attributeValue(attribute);
    const at = observedAtOf(attribute);
    if (at !== undefined && (observedAt === undefined || unixMoment(at) > unixMoment(observedAt)))
      observedAt = at;
  }
  return observedAt === undefined ? record : { ...record, observedAt };
}

const valueMembers: Readonly<Record<string, string>> = {
  Property: 'value',
  GeoProperty: 'value',
  Relationship: 'object',
  LanguageProperty: 'languageMap',
  VocabProperty: 'vocab',
  JsonProperty: 'json',
  ListProperty: 'valueList',
  ListRelationship: 'objectList',
};

function attributeValue(attribute: unknown): unknown {
  // several instances of one attribute have no one value
  if (Array.isArray(attribute) && attribute.some((one) => isAttribute(one)))
    throw new UnreadablePayload('ngsi-ld.several');
  if (!isAttribute(attribute)) return attribute;
  const member = valueMembers[attribute['type'] as string] ?? 'value';
  if (!Object.hasOwn(attribute, member)) throw new UnreadablePayload('ngsi-ld.attribute');
  return attribute[member];
}

const isAttribute = (value: unknown): value is Members =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  typeof (value as Members)['type'] === 'string' &&
  Object.hasOwn(valueMembers, (value as Members)['type'] as string);

function observedAtOf(attribute: unknown): string | undefined {
  if (!isAttribute(attribute)) return undefined;
  const at = attribute['observedAt'];
  return typeof at === 'string' && !Number.isNaN(unixMoment(at)) ? at : undefined;
}
