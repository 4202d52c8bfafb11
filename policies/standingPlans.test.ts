import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agreement, now, request, restriction, set } from './fixtures/smallSets.ts';
import { decide } from './decide.ts';
import type { DecisionRequest } from './decision.ts';
import { compileStanding, type StandingFault, type StandingVerdict } from './standingPlans.ts';

/** The documents of the texts; those named fail. */
function standing(texts: readonly string[], faults: Readonly<Record<string, StandingFault>> = {}) {
  const { documents, context } = set(...texts);
  const verdicts = documents.map((document): StandingVerdict => {
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

describe('what stands and fails', () => {
  test('an agreement is absent, and the others go on', () => {
    const { answer, failed } = standing([agreement(), agreement({ id: 'agr-b' })], { 'agr-a': 'entry' });
    assert.equal(answer(), 'agreement_unknown');
    assert.equal(answer({ agreement: 'agr-b' }), 'allow');
    assert.deepEqual(failed, [{ name: 'agr-a@1', kind: 'Agreement', fault: 'entry' }]);
  });

  test('a restriction whose text cannot be believed denies everything: nobody knows what it hid', () => {
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
