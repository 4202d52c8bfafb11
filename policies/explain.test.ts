import assert from 'node:assert/strict';
import { shipped } from '../machine/surroundings.ts';
import { describe, test } from 'node:test';
import { caseFile, registryFile } from './fixtures/sampleContext.ts';
import { agreement, now, plans, request, restriction, set } from './fixtures/smallSets.ts';
import { decide } from './decide.ts';
import type { DecisionRequest } from './decision.ts';
import { explain, type Audience } from './explain.ts';
import { compilePlans, tryCompilePlans, type Plans } from './plans.ts';
import { readPolicySet } from './policySet.ts';

/** No calls were counted. */
const nothing = {};

describe('explanation', () => {
  const all = plans(
    agreement({ fields: '{ person_id: { mask: keep, head: 6, tail: 4 }, mobile: { mask: phone } }' }),
    agreement({ id: 'agr-b', consumer: 'transport' }),
    restriction(
      'title: { zh: 证件号不外泄, en: No identity numbers }\nwhen: { semantic: [cn.resident-id] }\nfloor: { mask: idCard, head: 6, tail: 0 }',
    ),
    restriction('when: { semantic: [cn.mobile] }\nfloor: { mask: drop }', 'res-mobile'),
  );

  test('per field what was granted, what tightened it, what a value still reveals, and by which documents', () => {
    const { fields } = explain(request, all, now, 'auditor', nothing);
    const id = fields.find(({ field }) => field === 'person_id');
    assert.equal(id?.granted?.name, 'keep');
    assert.deepEqual(id.effective, { name: 'idCard', params: { head: 6, tail: 0 } });
    assert.deepEqual(
      id.floors?.map((floor) => [floor.id, floor.title]),
      [['res-a', { zh: '证件号不外泄', en: 'No identity numbers' }]],
    );
    assert.equal(id.ref, 'agr-a@1#/grants/0/fields/person_id');
    assert.match(id.reveals?.zh ?? '', /行政区划/);
    assert.equal(fields.find(({ field }) => field === 'mobile')?.code, 'withheld_by_restriction');
    assert.equal(fields.find(({ field }) => field === 'income')?.code, 'not_granted');
    assert.equal(fields.length, 12);
  });

  test('the consumer is shown its own agreement, never the floors and never another department', () => {
    const text = JSON.stringify(explain(request, all, now, 'consumer', nothing));
    assert.ok(!text.includes('res-a') && !text.includes('transport') && !text.includes('agr-b'));
    const denied = JSON.stringify(explain({ ...request, agreement: 'agr-b' }, all, now, 'consumer', nothing));
    assert.ok(!denied.includes('transport') && !denied.includes('res-'));
  });

  test('what would permit, and who can bring it about', () => {
    const who = (
      changes: Partial<DecisionRequest>,
      audience: 'consumer' | 'auditor' = 'consumer',
    ): string[] =>
      explain({ ...request, ...changes }, all, now, audience, nothing).whatWouldPermit.map((one) =>
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

  test('what would permit names the agreement that ended, another one, and only what exists', () => {
    const who = (
      set: Plans,
      changes: Partial<DecisionRequest> = {},
      at = now,
      audience: Audience = 'consumer',
    ) =>
      explain({ ...request, ...changes }, set, at, audience, nothing).whatWouldPermit.map((one) =>
        [one.who, ...(one.options ?? [])].join(' '),
      );
    const two = plans(agreement(), agreement({ id: 'agr-b', until: '2028-01-01T00:00:00+08:00' }));
    const later = Date.parse('2027-06-01T09:00:00+08:00');
    assert.deepEqual(who(two, {}, later), ['provider agr-a', 'caller agr-b']);
    assert.deepEqual(who(plans(agreement()), {}, later), ['provider agr-a']);
    const dropping = plans(agreement({ fields: '{ name: { mask: clear }, income: { mask: drop } }' }));
    assert.deepEqual(who(dropping, { fields: ['income'] }), ['caller income', 'provider agr-a@1']);
    const { fields } = explain(request, dropping, now, 'auditor', nothing);
    assert.deepEqual(fields.find(({ field }) => field === 'income')?.code, 'not_granted');
    const decided = decide(request, dropping, now);
    assert.equal(decided.effect === 'allow' ? decided.withheld['income'] : decided.code, 'not_granted');
    const counted = plans(
      agreement({
        fields: '{}',
        grant:
          '    aggregates: [{ id: by-sex, title: { zh: 按性别, en: By sex }, by: [sex], minGroup: 10 }]\n',
      }),
    );
    assert.deepEqual(who(counted), ['caller by-sex', 'provider agr-a@1']);
    assert.deepEqual(who(counted, { fact: { id: 'none', subject: '1' } }), ['provider agr-a@1']);
    const blocked = { ...all, blocked: new Map(all.all.map((plan) => [plan, 'res-a@1'])) };
    assert.deepEqual(who(blocked), ['data-office']);
    assert.deepEqual(who(blocked, {}, now, 'auditor'), ['data-office res-a@1']);
  });

  test('a quota that is spent is a denial, and its remainder is shown', () => {
    const set = plans(agreement({ grant: '    limits: { callsPerDay: 3 }\n' }));
    const at = (callsToday: number) => explain(request, set, now, 'consumer', { callsToday });
    assert.deepEqual([at(2).effect, at(2).agreement?.limits.callsToday], ['allow', 2]);
    const spent = at(3);
    assert.deepEqual([spent.effect, spent.code], ['deny', 'quota_exhausted']);
    assert.deepEqual(spent.steps.at(-1), {
      check: 'quota',
      outcome: 'fail',
      code: 'quota_exhausted',
      ref: 'agr-a@1#',
    });
    assert.ok(spent.whatWouldPermit.some(({ who, options }) => who === 'provider' && options?.[0] === '3'));
  });

  test('consent is asked for and never revealed: the explanation does not depend on what a person decided', () => {
    const set = plans(
      agreement({
        basis: '{ type: consent }',
        grant: '    lookupBy: [person_id]\n    consent: { required: true }\n',
      }),
    );
    const requested = {
      ...request,
      filter: [{ field: 'person_id', op: 'eq' as const, value: '11010519491231002X' }],
    };
    const open = explain(requested, set, now, 'consumer', nothing);
    assert.equal(open.effect, 'allow');
    assert.deepEqual(open.agreement?.consent, { collectors: ['pub-security'] });
    assert.ok(!JSON.stringify(open).includes('11010519491231002X'));
  });

  test('the agreement is shown in its own words: title, basis, matter, papers, obligations', () => {
    const { documents, context } = readPolicySet(
      [registryFile, caseFile('worked/01-school-enrolment.yaml')],
      shipped,
    );
    const worked = compilePlans(documents, context);
    const ask = { ...request, agreement: 'agr-school-enrolment', onBehalfOf: 'o-1', matter: 'BJ2026-000123' };
    const reported = explain(
      ask,
      worked,
      Date.parse('2026-06-01T09:00:00+08:00'),
      'consumer',
      nothing,
    ).agreement;
    assert.equal(reported?.document, 'agr-school-enrolment@1');
    assert.equal(reported.title?.zh, '入学报名户籍核验');
    assert.equal(reported.basis.clause, '第十二条');
    assert.equal(reported.matter?.code, 'enrol-primary');
    assert.deepEqual(
      reported.materials.map(({ zh }) => zh),
      ['户口簿复印件', '监护关系证明'],
    );
    assert.deepEqual(
      reported.obligations.map(({ id }) => id),
      ['delete-after', 'no-onward-sharing'],
    );
  });

  test('a dataset shows the conditions of its use', () => {
    const dataset = (sharing: string): string =>
      `kind: Dataset\nid: pub-security.household\nschema: 'urn:datong:household:1.0'\nsharing: ${sharing}\n---\n`;
    const reported = (sharing: string) =>
      explain(
        { ...request, consumer: 'ecology', agreement: undefined },
        plans(agreement(), dataset(sharing)),
        now,
        'consumer',
        nothing,
      ).whatWouldPermit[0];
    assert.deepEqual(reported('{ type: conditional, conditions: 须载明经办人 }')?.options, ['须载明经办人']);
    assert.equal(reported('{ type: unconditional }')?.who, 'caller');
  });

  test('no consumer gets an agreement on what is not shared', () => {
    const closed = `kind: Dataset\nid: pub-security.household\nschema: 'urn:datong:household:1.0'\nsharing: { type: none }\n---\n`;
    const { documents, context } = set(agreement(), closed);
    const codes = tryCompilePlans(documents, context).findings.map(({ code }) => code);
    assert.deepEqual(codes, ['not_shared']);
  });
});
