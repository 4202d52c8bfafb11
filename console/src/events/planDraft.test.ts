import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  changed,
  emptyPlan,
  isComplete,
  listTyped,
  parsePlan,
  planOf,
  textOfTerm,
  typedValue,
  type Plan,
} from './planDraft.ts';

const plan: Plan = {
  id: 'ecology.smog',
  title: { zh: '预案', en: 'Plan' },
  type: 'ecology.warning',
  maxHours: 72,
  when: [{ field: 'level', op: 'in', value: ['orange', 'red'] }],
  steps: [
    {
      id: 'receipt',
      title: { zh: '收到', en: 'Received' },
      departments: ['education'],
      grade: 'received',
      withinSeconds: 600,
      escalations: [{ afterSeconds: 0, role: 'leader' }],
    },
  ],
  closedBy: { type: 'ecology.lifted', field: 'id' },
};

test('a plan passes through JSON unchanged, and a text that is none is refused', () => {
  assert.deepEqual(parsePlan(JSON.stringify(plan)), plan);
  for (const text of ['', '{', '[]', 'null', '{"id":"a.b"}', JSON.stringify({ ...plan, steps: [{}] })])
    assert.equal(parsePlan(text), undefined, text);
  for (const wrong of [{ steps: 'none' }, { when: [{ op: 'like' }] }, { title: 'x' }, { maxHours: '1' }])
    assert.equal(parsePlan(JSON.stringify({ ...plan, ...wrong })), undefined, JSON.stringify(wrong));
});

test('a member that the form would fail on is refused: null, or a value that is none of its operator', () => {
  const [step] = plan.steps;
  const [stage] = step?.escalations ?? [];
  const term = { field: 'level' };
  for (const wrong of [
    ...[{ when: null }, { closedBy: null }, { purpose: null }, { noticeType: null }, { closedBy: {} }],
    ...[{ closedBy: { type: 'a.b', field: null } }, { closedBy: ['a.b'] }, { when: [null] }, { when: {} }],
    ...[{ roles: null }, { escalations: null }, { escalations: [null] }].map((one) => ({
      steps: [{ ...step, ...one }],
    })),
    { steps: [{ ...step, escalations: [{ ...stage, department: null }] }] },
    ...[
      { op: 'in', value: 'x' },
      { op: 'in', value: [null] },
      { op: 'eq', value: null },
      { op: 'eq' },
      { op: 'eq', value: ['x'] },
      { op: 'range', value: null },
    ].map((one) => ({ when: [{ ...term, ...one }] })),
  ])
    assert.equal(parsePlan(JSON.stringify({ ...plan, ...wrong })), undefined, JSON.stringify(wrong));
  for (const right of [
    { op: 'eq', value: 0 },
    { op: 'eq', value: false },
    { op: 'range', value: { from: 1 } },
  ]) {
    const read = parsePlan(JSON.stringify({ ...plan, when: [{ ...term, ...right }] }));
    assert.ok(read, JSON.stringify(right));
    assert.equal(isComplete(read), true);
  }
});

test('the hub is asked when everything that is required is filled in', () => {
  assert.equal(isComplete(plan), true);
  assert.equal(isComplete(emptyPlan('ecology')), false);
  const [step] = plan.steps;
  assert.ok(step);
  for (const change of [
    { id: 'ecology.' },
    { type: '' },
    { steps: [] },
    { steps: [{ ...step, departments: [] }] },
    { closedBy: { type: '', field: 'a' } },
  ])
    assert.equal(isComplete({ ...plan, ...change }), false, JSON.stringify(change));
});

test('a registered plan is revised without what the hub adds', () => {
  const view = { ...plan, department: 'ecology', topic: 't', revision: 2, digest: 'd', registeredAt: 'm' };
  assert.deepEqual(planOf({ ...view, withdrawn: 'because' }), { ...plan, basedOn: 2 });
});

test('values get the type of their field; lists are written with commas', () => {
  assert.deepEqual(
    [
      typedValue('7', 'integer'),
      typedValue('7', 'string'),
      typedValue('', 'number'),
      typedValue('9007199254740993', 'number'),
      typedValue('true', 'boolean'),
    ],
    [7, '7', '', '9007199254740993', true],
  );
  assert.equal(textOfTerm({ field: 'level', op: 'in', value: ['orange', 'red'] }), 'orange, red');
  assert.deepEqual(listTyped('a, b，c'), ['a', 'b', 'c']);
  assert.deepEqual(changed([1, 2, 3], 1, undefined), [1, 3]);
  assert.deepEqual(changed([1, 2, 3], 1, 5), [1, 5, 3]);
});
