import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSchema } from '../../schemas/parse.ts';
import { disclosureUnfit, type Disclosed } from './ruleDisclosure.ts';

const field = (type: unknown, more: object = {}): object => ({
  type,
  'x-title': { zh: '数据项', en: 'Field' },
  'x-sensitivity': 'L1',
  'x-personal': 'none',
  ...more,
});
const of = (
  sharing: Disclosed['sharing'],
  key: readonly string[],
  properties: Readonly<Record<string, object>>,
): Disclosed => ({
  sharing,
  schema: readSchema(
    {
      ...{ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'urn:datong:reading:1.0' },
      type: 'object',
      'x-title': { zh: '读数', en: 'Readings' },
      'x-class': 'general',
      ...(key.length === 0 ? {} : { 'x-primary-key': key.map((name) => `/${name}`) }),
      additionalProperties: false,
      required: Object.keys(properties),
      properties,
    },
    () => undefined,
  ),
});
const time = field('string', { format: 'date-time' });
const word = field('string', { maxLength: 40 });
const person = field('string', {
  maxLength: 40,
  'x-sensitivity': 'L3',
  'x-personal': 'personal',
  'x-subject-key': 'person',
});
const pulse = field('number', { 'x-sensitivity': 'L4', 'x-personal': 'sensitive' });
const readings = of('conditional', ['person', 'time'], { person, time, pulse });
const alarm = (sharing: Disclosed['sharing'], more: Readonly<Record<string, object>>): Disclosed =>
  of(sharing, [], { person, time, rule: pulse, severity: pulse, value: pulse, ...more });
const reason = (type: Disclosed, when = 'pulse > 150', source = readings): string | undefined =>
  disclosureUnfit({ id: 'high', when }, source, type)?.en;

test('an event is shared as its readings are, or less', () => {
  assert.match(
    reason(alarm('unconditional', {})) ?? '',
    /shared more widely \(unconditional\).*\(conditional\)/,
  );
  assert.equal(reason(alarm('conditional', {})), undefined);
  assert.equal(reason(alarm('none', {})), undefined);
});

test('an event of readings about persons names the same subject', () => {
  const plain = field('string', { maxLength: 40, 'x-sensitivity': 'L3', 'x-personal': 'personal' });
  assert.match(reason(alarm('none', { person: plain })) ?? '', /mark person .* x-subject-key: person/);
  const organisation = { ...person, 'x-subject-key': 'organization' };
  assert.match(reason(alarm('none', { person: organisation })) ?? '', /x-subject-key: person/);
  const unkeyed = of('conditional', ['station', 'time'], { station: word, time, person, pulse });
  assert.match(reason(alarm('none', {}), 'pulse > 150', unkeyed) ?? '', /not in their key/);
  const ofPlace = { ...word, 'x-subject-key': 'place' };
  const places = of('none', ['station', 'time'], { station: ofPlace, time, level: field('number') });
  const levels = of('none', [], { station: word, time, rule: word, severity: word, value: field('number') });
  assert.equal(reason(levels, 'level > 3', places), undefined, 'a place has no consent to give');
});

test('each field protects as much as the one that it discloses', () => {
  assert.match(
    reason(alarm('none', { value: field('number', { 'x-sensitivity': 'L3', 'x-personal': 'sensitive' }) })) ??
      '',
    /value of the type of event \(x-sensitivity: L3\) protects pulse of the readings \(L4\) too little/,
  );
  const unkind = field('number', { 'x-sensitivity': 'L4' });
  assert.match(reason(alarm('none', { value: unkind })) ?? '', /x-personal: none.*\(sensitive\)/);
  assert.match(
    reason(alarm('none', { rule: word })) ?? '',
    /rule of the type of event .* pulse/,
    'it says the pulse is high',
  );
  const opener = { ...person, 'x-sensitivity': 'L2' };
  assert.match(reason(alarm('none', { person: opener })) ?? '', /person of the type of event .*L2/);
  const important = of('none', ['station', 'time'], {
    station: word,
    time,
    level: field('number', { 'x-class': 'important' }),
  });
  const general = of('none', [], { station: word, time, rule: word, severity: word, value: field('number') });
  assert.match(reason(general, 'level > 3', important) ?? '', /x-class: general.*\(important\)/);
});

test('silence discloses no value', () => {
  const open = field('number');
  assert.equal(
    reason(alarm('none', { rule: word, severity: word, value: open }), 'no reading for 15 min'),
    undefined,
  );
});
