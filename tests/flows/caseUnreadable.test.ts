/** What a contributor must not find out by changes of a case: fields that it may not read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreementOf, field, readable, refusal, refused, row, rules, streetCases } from './streetCases.ts';
import { cityHub } from '../cityHub.ts';

const { hub, city } = await cityHub({ jobsByTime: false }, { connections: 12 });
const { client: provider } = city.ecology;
const { client: roads } = city.education;
const { client: parks } = city.publicSecurity;

const { dataset, push, change, read } = await streetCases(hub, city);

test('a field that a contributor sets and may not read is not found out by a change', async () => {
  const hiding = {
    fields: Object.fromEntries(readable.slice(0, -1).map((name) => [name, { mask: 'clear' }])),
  };
  const id = await dataset(rules, hiding);
  await push(id, [row('paid', 'education', { cost: 1234 }), row('free', 'education', { cost: 7 })]);
  for (const set of [{ cost: 1234 }, { cost: 1234, note: 'x' }]) {
    const answers: Omit<Awaited<ReturnType<typeof change>>, 'batch'>[] = [];
    for (const name of ['paid', 'free']) {
      const { records } = await read(roads, id, { filter: [{ field: 'case', op: 'eq', value: name }] });
      assert.ok(!('cost' in (records[0] ?? {})));
      const version = set.note === undefined ? 1 : 2;
      const { batch: _batch, ...answer } = await change(roads, id, name, { version, set });
      answers.push(answer);
    }
    assert.deepEqual(answers[0], answers[1]);
    assert.deepEqual(answers[0]?.fields, Object.keys(set));
  }
  // what it may read is compared
  assert.equal(await refusal(change(roads, id, 'paid', { version: 3, set: { note: 'x' } })), 'row_unchanged');
  assert.equal(
    await refusal(change(provider, id, 'paid', { version: 3, set: { cost: 1234 } })),
    'row_unchanged',
  );
});

test('a rule that compares a field with one that a contributor may not read refuses the field, whatever the values', async () => {
  const crossRules = [{ field: 'cost', is: 'atLeast', fields: ['budget'], onBroken: 'hold' }];
  const budgeted = async (fields: readonly string[]): Promise<string> => {
    const id = await dataset(
      rules,
      { fields: Object.fromEntries(fields.map((name) => [name, { mask: 'clear' }])) },
      { crossRules },
    );
    await push(id, [
      row('a', 'education', { cost: 50, budget: 40 }),
      row('b', 'education', { cost: 9, budget: 1 }),
    ]);
    return id;
  };
  const hidden = await budgeted(readable);
  for (const name of ['a', 'b'])
    for (const cost of [0, 20, 45, 1_000]) {
      const problem = await refused(change(roads, hidden, name, { version: 1, set: { cost } }));
      assert.deepEqual([problem['code'], problem['at']], ['row_field_not_yours', '/body/set/cost']);
    }
  assert.equal((await change(roads, hidden, 'a', { version: 1, set: { note: 'x' } })).version, 2);
  const shown = await budgeted([...readable, 'budget']);
  assert.equal(await refusal(change(roads, shown, 'a', { version: 1, set: { cost: 39 } })), 'rows_refused');
  assert.equal((await change(roads, shown, 'a', { version: 1, set: { cost: 41 } })).version, 2);
});

test('the deadline of a transition that is not its own is not shown to a contributor that only sets fields', async () => {
  const noting = {
    ...rules,
    contributors: [...rules.contributors.slice(0, 1), { department: 'pub-security', sets: ['note'] }],
  };
  const transitions = rules.transitions.map((one) => ({
    ...one,
    by: one.by.filter((by) => by !== 'pub-security'),
  }));
  const id = await dataset({ ...noting, transitions });
  await push(id, [row('t', 'education')]);
  assert.equal((await change(parks, id, 't', { version: 1, set: { note: 'x' } })).due, undefined);
  assert.equal((await change(roads, id, 't', { version: 2, set: { note: 'y' } })).due?.transition, 'accept');
});

test('a reference discloses nothing to a contributor of rows that it may not read', async () => {
  const staff = 'ecology.staff';
  const referring = { references: [{ fields: ['note'], dataset: staff, onMissing: 'reject' }] };
  const schema = {
    kind: 'Schema',
    document: {
      ...{
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: 'urn:datong:staff:1.0',
        type: 'object',
      },
      'x-title': { zh: '人员', en: 'Staff' },
      'x-class': 'general',
      'x-primary-key': ['/code'],
      additionalProperties: false,
      required: ['code', 'office'],
      properties: { code: field('string', { maxLength: 20 }), office: field('string', { maxLength: 20 }) },
    },
  };
  await city.apply(
    [
      schema,
      {
        kind: 'Dataset',
        id: staff,
        title: { zh: '人员', en: 'Staff' },
        schema: 'urn:datong:staff:1.0',
        mode: 'upsert',
        intake: { byCall: {} },
        sharing: { type: 'conditional', conditions: '示例' },
      },
    ],
    [city.ecology],
  );
  await push(staff, [{ code: 'P-7', office: 'north' }]);
  const id = await dataset(rules, {}, referring);
  await push(id, [row('a', 'education')]);
  const answers = async (version: number): Promise<string[]> => {
    const found: string[] = [];
    for (const note of ['P-6', 'P-7'])
      found.push(await refusal(change(roads, id, 'a', { version, set: { note } })));
    return found;
  };
  assert.deepEqual(await answers(1), ['row_field_not_yours', 'row_field_not_yours']);
  const emptied = { version: 1, set: { note: null, cost: 3 } };
  assert.equal((await change(roads, id, 'a', emptied)).version, 2, 'an empty one looks nothing up');
  const granted = (version: number, more: object): object => {
    const fields = { code: { mask: 'clear' }, office: { mask: 'clear' } };
    const whole = agreementOf(staff, 'education', { schema: 'staff@1', filterBy: ['code'], fields, ...more });
    return { ...whole, version };
  };
  // rows of one office: the reference would find those of the others
  const ofOffice = { rows: { all: [{ field: 'office', op: 'eq', value: 'south' }] } };
  await city.apply([granted(1, ofOffice)], [city.education, city.ecology]);
  assert.deepEqual(await answers(2), ['row_field_not_yours', 'row_field_not_yours']);
  await city.apply([granted(2, { rows: undefined })], [city.education, city.ecology]);
  const set = (note: string) => change(roads, id, 'a', { version: 2, set: { note } });
  assert.equal(await refusal(set('P-6')), 'rows_refused');
  assert.equal((await set('P-7')).version, 3);
});
