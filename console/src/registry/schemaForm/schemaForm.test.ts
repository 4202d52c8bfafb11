/** The form of a schema: what it shows is edited, and what it does not show is as before. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { borrowedFormats, ownFormatNames } from '../../../../schemas/formats/index.ts';
import { semanticTags } from '../../../../schemas/vocabulary/keywords.ts';
import { nonEmpty } from '../../../../tests/nonEmpty.ts';
import type { Schemas } from '../../api/call.ts';
import { zh } from '../../words/zh.ts';
import { semantics } from './choices.ts';
import {
  fieldKinds,
  fieldsOf,
  firstDocument,
  headOf,
  moved,
  renamed,
  withField,
  withHead,
  withNewField,
  withoutField,
  type FormField,
} from './schemaForm.ts';

type Document = Schemas['SharedSchema'];
const shared = new URL('../../../../schemas/shared/', import.meta.url);
const documents = readdirSync(shared)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(new URL(file, shared), 'utf8')) as Document)
  .filter((document) => fieldsOf(document).length > 0);

const fieldIn = (document: Document, name: string): FormField => {
  const found = fieldsOf(document).find((one) => one.name === name);
  assert.ok(found !== undefined, name);
  return found;
};
const street = {
  ...firstDocument,
  $id: 'urn:datong:lights:1.0',
  $defs: { mark: { type: 'string', maxLength: 3 } },
  'x-primary-key': ['/lamp'],
  required: ['lamp'],
  properties: {
    lamp: {
      title: '灯杆',
      'x-title': { zh: '灯杆', en: 'Lamp' },
      type: 'string',
      maxLength: 20,
      pattern: '^[0-9]+$',
    },
    on: { 'x-title': { zh: '日期', en: 'Day' }, type: 'string', format: 'date' },
    kind: {
      'x-title': { zh: '种类', en: 'Kind' },
      type: ['string', 'null'],
      maxLength: 4,
      'x-code': { list: 'urn:datong:code:lamp', at: 'on', version: '2' },
      'x-mask': { name: 'keep', params: { head: 1 } },
    },
    marks: { type: 'array', items: { $ref: '#/$defs/mark' }, maxItems: 3 },
  },
} satisfies Document;

test('a field that gets the values that it has is the same, in every schema of the product', () => {
  for (const document of nonEmpty(documents)) {
    for (const field of nonEmpty(fieldsOf(document))) {
      const { name, others: _kept, mask: _mask, kind: _kind, ...same } = field;
      assert.deepEqual(withField(document, name, same), document, `${String(document.$id)} ${name}`);
    }
    const { others: _kept, ...head } = headOf(document);
    assert.deepEqual(withHead(document, head), document);
  }
});

test('an edit changes one thing, and the order of the fields is as before', () => {
  const after = withField(street, 'lamp', { sensitivity: 'L2', title: { zh: '杆号', en: 'Pole' } });
  assert.deepEqual(after['properties'], {
    ...street.properties,
    lamp: {
      title: '杆号',
      'x-title': { zh: '杆号', en: 'Pole' },
      type: 'string',
      maxLength: 20,
      pattern: '^[0-9]+$',
      'x-sensitivity': 'L2',
    },
  });
  assert.deepEqual(Object.keys(after['properties'] as object), ['lamp', 'on', 'kind', 'marks']);
  assert.deepEqual(
    withField(after, 'lamp', { sensitivity: '' }),
    withField(street, 'lamp', { title: { zh: '杆号', en: 'Pole' } }),
  );
  assert.deepEqual(withField(street, 'gone', { sensitivity: 'L1' }), street);
});

test('a kind is type and format; an identifier brings its tag; null stays as it was', () => {
  const identified = withField(street, 'kind', { kind: 'cn-resident-id' });
  const {
    type,
    format,
    'x-semantic': tag,
    maxLength,
  } = (identified['properties'] as Record<string, Record<string, unknown>>)['kind'] ?? {};
  assert.deepEqual(
    [type, format, tag, maxLength],
    [['string', 'null'], 'cn-resident-id', 'cn.resident-id', undefined],
  );
  for (const kind of fieldKinds)
    assert.equal(fieldIn(withField(street, 'lamp', { kind }), 'lamp').kind, kind);
  assert.equal(fieldIn(withField(street, 'on', { kind: 'text' }), 'on').kind, 'text');
  assert.deepEqual(
    withField(withField(street, 'lamp', { isNullable: true }), 'lamp', { isNullable: false }),
    street,
  );
  assert.equal(fieldIn(street, 'marks').kind, 'other');
  for (const kind of fieldKinds) assert.deepEqual(withField(street, 'marks', { kind }), street, kind);
});

test('a code list keeps its version, and is as of a day or of any time, never both', () => {
  const any = withField(street, 'kind', { isAnyTime: true });
  const codeOf = (document: Document): unknown =>
    (document['properties'] as Record<string, Record<string, unknown>>)['kind']?.['x-code'];
  assert.deepEqual(codeOf(any), { list: 'urn:datong:code:lamp', version: '2', ever: true });
  assert.deepEqual(codeOf(withField(street, 'kind', { codeList: 'urn:datong:code:other' })), {
    list: 'urn:datong:code:other',
    at: 'on',
    version: '2',
  });
  assert.equal(codeOf(withField(street, 'kind', { codeList: '' })), undefined);
});

test('a field of the key is required; another name reaches key, required fields and dates of codes', () => {
  const keyed = withField(street, 'on', { isKey: true });
  assert.deepEqual(
    [keyed['required'], keyed['x-primary-key']],
    [
      ['lamp', 'on'],
      ['/lamp', '/on'],
    ],
  );
  const named = renamed(keyed, 'on', 'day');
  assert.deepEqual(
    [named['required'], named['x-primary-key']],
    [
      ['lamp', 'day'],
      ['/lamp', '/day'],
    ],
  );
  assert.deepEqual(Object.keys(named['properties'] as object), ['lamp', 'day', 'kind', 'marks']);
  assert.ok(fieldIn(named, 'kind').others.includes('x-code.at: "day"'));
  assert.deepEqual(renamed(keyed, 'on', 'kind'), keyed, 'the name is taken');
  assert.deepEqual(withoutField(named, 'day')['x-primary-key'], ['/lamp']);
  assert.equal('x-primary-key' in withoutField(street, 'lamp'), false);
  assert.deepEqual(Object.keys(moved(street, 'on', 1)['properties'] as object), [
    'lamp',
    'kind',
    'on',
    'marks',
  ]);
  assert.deepEqual(moved(street, 'lamp', -1), street);
});

test('what the form does not show is named', () => {
  assert.deepEqual(headOf(street).others, ['$defs: {"mark":{"type":"string","maxLength":3}}']);
  assert.deepEqual(fieldIn(street, 'lamp').others, ['pattern: "^[0-9]+$"']);
  assert.deepEqual(fieldIn(street, 'kind').others, [
    'x-code.at: "on"',
    'x-code.version: "2"',
    'x-mask.params: {"head":1}',
  ]);
  assert.deepEqual(fieldIn(street, 'marks').others, [
    'type: "array"',
    'items: {"$ref":"#/$defs/mark"}',
    'maxItems: 3',
  ]);
});

test('a first version begins empty, and each further field has a name that is free', () => {
  const begun = withHead(firstDocument, { name: 'lights', title: { zh: '路灯', en: 'Lights' } });
  assert.equal(begun.$id, 'urn:datong:lights:1.0');
  const two = withNewField(withNewField(begun));
  assert.deepEqual(
    fieldsOf(two).map(({ name }) => name),
    ['field_1', 'field_2'],
  );
});

test('every format and every tag of the hub can be chosen, by a name', () => {
  const formats = [...ownFormatNames, ...borrowedFormats].filter((one) => one !== 'attachment');
  assert.deepEqual([...fieldKinds.slice(4)].sort(), [...formats].sort());
  for (const kind of nonEmpty(fieldKinds)) assert.ok(Object.hasOwn(zh, `vk_${kind}`), kind);
  assert.deepEqual([...semantics].sort(), [...semanticTags].sort());
  for (const tag of nonEmpty(semantics)) assert.ok(Object.hasOwn(zh, `sm_${tag.replace('.', '-')}`), tag);
});
