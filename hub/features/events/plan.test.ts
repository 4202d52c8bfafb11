import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlanDocument } from './store/plans.ts';
import { planUnfit, type EscalationNotice, type PlanContext } from './plan.ts';

const title = { zh: '预案', en: 'plan' };
const plan: PlanDocument = {
  id: 'ecology.storm',
  title,
  type: 'ecology.warning',
  steps: [
    {
      id: 'close',
      title,
      departments: ['transport'],
      grade: 'urgent' as never,
      withinSeconds: 60,
      escalations: [
        { afterSeconds: 60, role: 'clerk' },
        { afterSeconds: 120, role: 'leader', department: 'emergency' },
      ],
    },
  ],
  maxHours: 24,
};

/** @param takes whether the type of notices takes one */
function context(
  fields: Readonly<Record<string, 'string' | 'integer'>>,
  takes: (notice: EscalationNotice) => boolean = () => true,
): PlanContext {
  const dataset = (type: string) => ({
    row: { department: 'ecology' },
    schema: {
      primaryKey: [],
      fields: [
        {
          name: 'number',
          type: fields[type],
          required: true,
          nullable: false,
          schema: { type: fields[type] },
        },
      ],
    },
    compiled: { check: takes },
  });
  const types = ['ecology.warning', 'ecology.ended', 'ecology.notice'];
  return {
    datasets: new Map(types.map((type) => [type, dataset(type)])),
    identity: { department: () => ({}) },
    topics: new Map(types.map((type) => [type, 'ecology.warnings'])),
    purposeExists: false,
    purposeOf: undefined,
    purposeUsed: false,
  } as unknown as PlanContext;
}

test('the type of notices must take each notice that the plan will send', () => {
  const noticed = { ...plan, noticeType: 'ecology.notice' };
  const sent: EscalationNotice[] = [];
  const takes = (notice: EscalationNotice): boolean => sent.push(notice) > 0;
  assert.equal(planUnfit(noticed, 'ecology', context({}, takes)), undefined);
  assert.deepEqual(
    sent.map((one) => [one.plan, one.step, one.department, one.stage, one.recipient, one.role]),
    [
      ['ecology.storm', 'close', 'transport', 1, 'transport', 'clerk'],
      ['ecology.storm', 'close', 'transport', 2, 'emergency', 'leader'],
    ],
  );
  const refusing = context({}, ({ role }) => role !== 'leader');
  assert.match(planUnfit(noticed, 'ecology', refusing)?.en ?? '', /does not take a notice/);
});

test('the field by which an event closes has one type in both', () => {
  const closed = { ...plan, closedBy: { type: 'ecology.ended', field: 'number' } };
  const types = (one: 'string' | 'integer', other: 'string' | 'integer') =>
    planUnfit(closed, 'ecology', context({ 'ecology.warning': one, 'ecology.ended': other }))?.en;
  assert.equal(types('string', 'string'), undefined);
  assert.equal(types('integer', 'integer'), undefined);
  assert.match(types('integer', 'string') ?? '', /a string in both types, or an integer in both/);
});
