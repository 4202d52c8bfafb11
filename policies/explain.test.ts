import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agreement, now, plans, request, restriction } from './cases/smallSets.ts';
import type { DecisionRequest } from './decision.ts';
import { explain } from './explain.ts';

describe('explanation', () => {
  const all = plans(
    agreement({ fields: '{ person_id: { mask: keep, head: 6, tail: 4 }, mobile: { mask: phone } }' }),
    agreement({ id: 'agr-b', consumer: 'transport' }),
    restriction('when: { semantic: [cn.resident-id] }\nfloor: { mask: idCard, head: 6, tail: 0 }'),
    restriction('when: { semantic: [cn.mobile] }\nfloor: { mask: drop }', 'res-mobile'),
  );

  test('per field what was granted, what tightened it, what a value still tells, and where it stands', () => {
    const { fields } = explain(request, all, now, 'auditor');
    const id = fields.find(({ field }) => field === 'person_id');
    assert.equal(id?.granted?.name, 'keep');
    assert.deepEqual(id.effective, { name: 'idCard', params: { head: 6, tail: 0 } });
    assert.deepEqual(
      id.floors?.map((floor) => floor.id),
      ['res-a'],
    );
    assert.equal(id.ref, 'agr-a@1#/grants/0/fields/person_id');
    assert.match(id.reveals?.zh ?? '', /行政区划/);
    assert.equal(fields.find(({ field }) => field === 'mobile')?.code, 'withheld_by_restriction');
    assert.equal(fields.find(({ field }) => field === 'income')?.code, 'not_granted');
    assert.equal(fields.length, 12);
  });

  test('the consumer is told its own agreement, never the floors and never another department', () => {
    const text = JSON.stringify(explain(request, all, now, 'consumer'));
    assert.ok(!text.includes('res-a') && !text.includes('transport') && !text.includes('agr-b'));
    const denied = JSON.stringify(explain({ ...request, agreement: 'agr-b' }, all, now, 'consumer'));
    assert.ok(!denied.includes('transport') && !denied.includes('res-'));
  });

  test('what would permit, and who can bring it about', () => {
    const who = (
      changes: Partial<DecisionRequest>,
      audience: 'consumer' | 'auditor' = 'consumer',
    ): string[] =>
      explain({ ...request, ...changes }, all, now, audience).whatWouldPermit.map((one) =>
        [one.who, ...(one.options ?? [])].join(' '),
      );
    assert.deepEqual(who({ fields: ['income'] }), ['caller income', 'provider agr-a@1']);
    assert.deepEqual(who({ fields: ['mobile'] }), ['caller mobile', 'data-office']);
    assert.deepEqual(who({ fields: ['mobile'] }, 'auditor'), ['caller mobile', 'data-office res-mobile']);
    assert.deepEqual(who({ purpose: 'statistics' }), ['caller school-enrolment', 'provider']);
    assert.deepEqual(who({ agreement: undefined }), ['caller agr-a']);
    assert.deepEqual(who({ consumer: 'ecology', agreement: undefined }), ['provider']);
    assert.deepEqual(who({}), []);
  });
});
