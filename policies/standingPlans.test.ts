import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agreement, now, request, restriction, set } from './fixtures/smallSets.ts';
import { decide } from './decide.ts';
import type { DecisionRequest } from './decision.ts';
import type { DatasetSchema } from '../schemas/datasetSchema.ts';
import type { PolicyContext } from './context.ts';
import { nonEmpty } from '../tests/nonEmpty.ts';
import { atOnce } from '../terms/atOnce.ts';
import {
  compileStanding,
  compileStandingInSteps,
  type StandingFault,
  type ConsentVerdict,
} from './standingPlans.ts';

/** The documents of the texts; those named fail. */
function standing(texts: readonly string[], faults: Readonly<Record<string, StandingFault>> = {}) {
  const { documents, context } = set(...texts);
  const verdicts = documents.map((document): ConsentVerdict => {
    const fault = faults[document.id];
    return fault === undefined ? { document } : { name: `${document.id}@1`, kind: document.kind, fault };
  });
  const compiled = compileStanding(verdicts, context);
  const answer = (ask: Partial<DecisionRequest> = {}): string => {
    const decision = decide({ ...request, ...ask }, compiled.plans, now);
    return decision.effect === 'allow' ? 'allow' : decision.code;
  };
  return { ...compiled, answer };
}

describe('what remains in force and fails', () => {
  test('an agreement is absent, and the others go on', () => {
    const { answer, failed } = standing([agreement(), agreement({ id: 'agr-b' })], { 'agr-a': 'entry' });
    assert.equal(answer(), 'agreement_unknown');
    assert.equal(answer({ agreement: 'agr-b' }), 'allow');
    assert.deepEqual(failed, [{ name: 'agr-a@1', kind: 'Agreement', fault: 'entry' }]);
  });

  test('a restriction whose text is not verified denies everything: what it hid is unknown', () => {
    const floor = restriction('when: { field: [income] }\nfloor: { mask: drop }');
    const { answer } = standing([agreement(), floor], { 'res-a': 'text' });
    assert.equal(answer(), 'policy_unverified');
    assert.equal(standing([agreement(), floor]).answer(), 'allow');
  });

  test('a restriction that is believed but compiles no more denies what it names', () => {
    const { documents, context } = set(
      agreement(),
      agreement({ id: 'agr-b', fields: '{ birth_date: { mask: clear } }' }),
      restriction('when: { field: [name] }\nfloor: { mask: personName }'),
    );
    const broken = documents.map((document) =>
      document.kind === 'Restriction'
        ? { ...document, when: { ...document.when, purposeNotUnder: ['gone'] } }
        : document,
    );
    const { plans, failed } = compileStanding(
      broken.map((document) => ({ document })),
      context,
    );
    assert.deepEqual(
      failed.map(({ name, fault }) => `${name} ${fault}`),
      ['res-a@1 does_not_compile'],
    );
    const code = (id: string): string => {
      const decision = decide({ ...request, agreement: id }, plans, now);
      return decision.effect === 'allow' ? 'allow' : decision.code;
    };
    assert.deepEqual([code('agr-a'), code('agr-b')], ['policy_unverified', 'allow']);
  });

  test('an agreement that compiles no more takes no other one with it', () => {
    const { documents, context } = set(agreement(), agreement({ id: 'agr-b' }));
    const [first, second] = documents;
    assert.ok(first?.kind === 'Agreement' && second !== undefined);
    const { plans, failed } = compileStanding(
      [{ document: { ...first, purposes: ['gone'] } }, { document: second }],
      context,
    );
    assert.deepEqual([...plans.agreements.keys()], ['agr-b']);
    assert.equal(failed[0]?.fault, 'does_not_compile');
  });
});

describe('what a reading takes over from the one before it', () => {
  const air = agreement({ id: 'agr-b' }).replaceAll(
    /dataset: .*\n    schema: .*\n    fields: .*/g,
    'dataset: ecology.air-quality-hourly\n    schema: air-quality-hourly@1\n    fields: { pm25: { mask: clear } }',
  );
  const { documents, context } = set(agreement(), air.replace('provider: pub-security', 'provider: ecology'));
  const verdicts = documents.map((document) => ({ document }));
  const before = compileStanding(verdicts, context).plans;
  /** Which agreements retained their plans, and the reading itself. */
  function again(changed: Partial<PolicyContext>, documentsNow = verdicts) {
    const reading = atOnce(compileStandingInSteps(documentsNow, { ...context, ...changed }, before));
    const reused = [...before.agreements].flatMap(([id, { all }]) =>
      all.every((plan) => reading.plans.all.includes(plan)) ? [id] : [],
    );
    return { ...reading, reused };
  }

  test('everything where nothing changed, and a newer version to which no dataset is bound', () => {
    const household = context.schemas('household@1') ?? assert.fail();
    const newer = { ...household, minor: household.minor + 1, urn: 'urn:datong:household:1.9' };
    const bound = (dataset: string) => context.schemas(`${dataset.split('.')[1] ?? ''}@1`);
    const first = compileStanding(verdicts, { ...context, bound }).plans;
    const second = atOnce(
      compileStandingInSteps(
        verdicts,
        { ...context, bound, schemas: (name) => (name === 'household@1' ? newer : context.schemas(name)) },
        first,
      ),
    );
    assert.deepEqual(again({}).reused, ['agr-a', 'agr-b']);
    assert.equal(first.all.length, 2);
    assert.ok(nonEmpty(second.plans.all).every((plan, index) => plan === first.all[index]));
  });

  test('not the plans of a dataset that is bound to another version, shared otherwise, or takes its rows otherwise', () => {
    const household = context.schemas('household@1') ?? assert.fail();
    const boundTo = (schema: DatasetSchema): ReturnType<typeof again> =>
      again({ schemas: (name) => (name === 'household@1' ? schema : context.schemas(name)) });
    const moved = boundTo({ ...household, minor: household.minor + 1 });
    assert.deepEqual(moved.reused, ['agr-b']);
    assert.equal(moved.plans.agreements.get('agr-a')?.all[0]?.schema.minor, household.minor + 1);
    const broken = boundTo({
      ...household,
      fields: household.fields.filter(({ name }) => name !== 'name'),
    });
    assert.deepEqual(
      broken.failed.map(({ name, fault }) => `${name} ${fault}`),
      ['agr-a@1 does_not_compile'],
    );
    const sharing = new Map([['ecology.air-quality-hourly', { type: 'none' as const }]]);
    assert.deepEqual([...again({ sharing }).plans.agreements.keys()], ['agr-a']);
    const modes = new Map([['ecology.air-quality-hourly', 'live' as const]]);
    assert.deepEqual(again({ modes }).reused, ['agr-a']);
  });

  test('nothing where a department, a purpose or a document changed: they are compiled as if nothing had been before', () => {
    const others: readonly [Partial<PolicyContext>, typeof verdicts][] = [
      [{ departments: context.departments.map((one) => ({ ...one, region: '110000' })) }, verdicts],
      [{ purposes: context.purposes.map(({ parent: _parent, ...rest }) => rest) }, verdicts],
      [{ sandbox: true }, verdicts],
      [
        {},
        [
          ...verdicts,
          ...set(restriction('when: { field: [name] }\nfloor: { mask: drop }')).documents.map((document) => ({
            document,
          })),
        ],
      ],
    ];
    for (const [changed, documentsNow] of others) {
      const { reused, plans } = again(changed, documentsNow);
      assert.deepEqual(reused, []);
      assert.deepEqual(plans, compileStanding(documentsNow, { ...context, ...changed }).plans);
    }
  });

  test('a suspension counts although the plans are retained', () => {
    const { reused, plans } = again({ suspended: ['agr-a'] });
    assert.deepEqual(reused, ['agr-a', 'agr-b']);
    const decision = decide(request, plans, now);
    assert.equal(decision.effect === 'allow' ? 'allow' : decision.code, 'agreement_suspended');
  });
});
