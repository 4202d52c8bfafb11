import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filledBody, canBeXml, sentConditions, type LiveServiceDocument } from './liveService.ts';

const service: LiveServiceDocument = {
  url: 'https://a.example/b',
  type: 'text/xml; charset=utf-8',
  mapping: 'rows',
  signs: true,
  seconds: 5,
};
const filled = (template: object, values: Readonly<Record<string, string | number>>): string =>
  filledBody({ ...service, ...template }, { values: new Map(Object.entries(values)), page: 2 });

test('a value is inserted as given and changes nothing around it', () => {
  const evil = '","admin":true,"a":"{{$page}} {{id}} $& </id><!--张';
  const json = filled(
    { json: { id: '{{id}}', both: '{{id}}-{{$page}}', page: '{{$page}}', n: 1 } },
    { id: evil },
  );
  assert.deepEqual(JSON.parse(json), { id: evil, both: `${evil}-2`, page: 2, n: 1 });
  assert.match(json, /^[\x20-\x7e]*$/, 'the same in every encoding');
  const xml = filled({ xml: '<q><id>{{id}}</id><p>{{$page}}</p></q>' }, { id: evil });
  assert.match(xml, /^<q><id>[^<>"]*<\/id><p>2<\/p><\/q>$/);
  assert.match(xml, /^[\x20-\x7e]*$/);
  assert.deepEqual(['a\u0001b', '\ud800', '\ufffe', '张\t三', '𠮷'].map(canBeXml), [
    false,
    false,
    false,
    true,
    true,
  ]);
});

test('a number remains one where it is alone', () => {
  assert.equal(filled({ json: { n: '{{n}}', t: 'n={{n}}' } }, { n: 7 }), '{"n":7,"t":"n=7"}');
});

test('what is sent is pushed, the rest is filtered here; without a full value no question is sent', () => {
  const requested = { json: { id: '{{id}}' } };
  const id = { field: 'id', op: 'in', value: ['1', '2'] } as const;
  const region = { field: 'region', op: 'eq', value: '990101' } as const;
  const sent = sentConditions(requested, [region, id], 50);
  assert.deepEqual(
    sent?.fillings.map((one) => [...one]),
    [[['id', '1']], [['id', '2']]],
  );
  assert.deepEqual([sent.pushed, sent.hubOnly], [[id], [region]]);
  assert.equal(sentConditions(requested, [region], 50), undefined);
  const range = { field: 'id', op: 'range', value: { gte: '1' } } as const;
  assert.equal(sentConditions(requested, [range], 50), undefined);
});

test('lists of values are counted before they are combined; a value that is named twice is sent once', () => {
  const requested = { json: { a: '{{a}}', b: '{{b}}' } };
  const sent = (a: readonly string[], b: readonly string[]) =>
    sentConditions(
      requested,
      [
        { field: 'a', op: 'in', value: a },
        { field: 'b', op: 'in', value: b },
      ],
      4,
    )?.fillings.map((one) => [...one.values()].join(''));
  assert.deepEqual(sent(['1', '2', '1'], ['3', '4']), ['13', '14', '23', '24']);
  assert.equal(sent(['1', '2'], ['3', '4', '5']), undefined);
  const begun = performance.now();
  const many = Array.from({ length: 10_000 }, (_, i) => String(i));
  assert.equal(sent(many, many), undefined);
  assert.ok(performance.now() - begun < 1_000);
});
