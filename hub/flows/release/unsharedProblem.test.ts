import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DenialCode } from '../../../policies/plans/plan.ts';
import { parseAgreement } from '../../../policies/documents/parseDocument.ts';
import { servedBy } from '../../../policies/standingPlans.ts';
import { unsharedProblem, unusedProblem, withoutPlan } from './allowedCall.ts';

const open = 'pub-security.household';
const closed = 'pub-security.vehicles';
const grant = (dataset: string): object => ({
  dataset,
  schema: 'household@1',
  fields: { name: { mask: 'clear' } },
});
const agreement = parseAgreement({
  kind: 'Agreement',
  id: 'agr-both',
  version: 1,
  provider: 'pub-security',
  consumer: 'education',
  purposes: ['school-enrolment'],
  basis: { type: 'statutory', reference: '义务教育法' },
  valid: { from: '2026-01-01T00:00:00+08:00', until: '2027-01-01T00:00:00+08:00' },
  grants: [grant(open), grant(closed)],
});
const snapshot = {
  idle: [agreement],
  context: { sharing: new Map([[closed, { type: 'none' as const }]]) },
} as unknown as Parameters<typeof unsharedProblem>[2];

interface Case {
  readonly dataset: string;
  readonly code: DenialCode;
  readonly names?: string;
  readonly consumer?: string;
  readonly at?: string;
}
const reported = ({ dataset, code, names, consumer = 'education', at = '2026-06-01T00:00:00Z' }: Case) => {
  const problem = unsharedProblem(
    { agreement: names, consumer, dataset },
    { code },
    snapshot,
    Date.parse(at),
  );
  return problem === undefined ? undefined : [problem.code, problem.extras.at];
};
const refused = ['sharing_refused', 'agr-both'];

test('only the holder of an agreement whose data is not shared any more learns that', () => {
  assert.deepEqual(reported({ dataset: closed, code: 'no_agreement' }), refused);
  for (const dataset of [open, closed])
    assert.deepEqual(reported({ dataset, code: 'agreement_unknown', names: 'agr-both' }), refused);
  assert.equal(reported({ dataset: closed, code: 'no_agreement', consumer: 'ecology' }), undefined);
  assert.equal(reported({ dataset: closed, code: 'agreement_unknown', names: 'agr-other' }), undefined);
  assert.equal(reported({ dataset: closed, code: 'purpose_missing', names: 'agr-both' }), undefined);
});

test('next to another agreement that answers, the one to be named comes first', () => {
  assert.equal(reported({ dataset: open, code: 'agreement_missing' }), undefined);
  assert.equal(reported({ dataset: open, code: 'no_agreement' }), undefined, 'shared as before, by others');
});

test('a term that is over or has not begun reveals nothing about sharing', () => {
  for (const at of ['2026-12-31T16:00:00Z', '2025-12-31T15:59:59Z'])
    assert.equal(reported({ dataset: closed, code: 'no_agreement', at }), undefined);
});

test('an agreement that is not used is named to those whom it serves, for its datasets and in its term', () => {
  const entrusted = JSON.stringify({
    ...(JSON.parse(agreement.canonical) as object),
    entrusted: [{ department: 'bureau' }],
  });
  const failed = [
    {
      name: 'agr-both@3',
      kind: 'Agreement' as const,
      fault: 'unreadable' as const,
      serves: servedBy(entrusted, true),
    },
  ];
  const unused = ({ dataset, code, names, consumer = 'education', at = '2026-06-01T00:00:00Z' }: Case) =>
    unusedProblem(
      { agreement: names, consumer, dataset, purpose: undefined },
      { code },
      { failed },
      Date.parse(at),
    )?.text.en;
  const named = 'the agreement agr-both@3 is signed, but this hub cannot use it now';
  for (const consumer of ['education', 'bureau']) {
    assert.equal(unused({ dataset: open, code: 'no_agreement', consumer }), named);
    assert.equal(unused({ dataset: open, code: 'agreement_unknown', names: 'agr-both', consumer }), named);
  }
  assert.equal(unused({ dataset: open, code: 'no_agreement', consumer: 'ecology' }), undefined);
  assert.equal(unused({ dataset: 'ecology.air', code: 'no_agreement' }), undefined);
  assert.equal(unused({ dataset: open, code: 'agreement_unknown', names: 'agr-other' }), undefined);
  assert.equal(unused({ dataset: open, code: 'agreement_missing' }), undefined, 'another one is in use');
  const asked = { agreement: undefined, consumer: 'education', purpose: undefined };
  const now = Date.parse('2026-06-01T00:00:00Z');
  const described = (datasets: readonly string[]): string =>
    withoutPlan({ ...asked, datasets }, { failed }, now, 'topic').code;
  assert.equal(described(['ecology.air', open]), 'agreement_unreadable', 'where only a plan is looked for');
  assert.equal(described(['ecology.air']), 'no_agreement');
  for (const at of ['2026-12-31T16:00:00Z', '2025-12-31T15:59:59Z'])
    assert.equal(unused({ dataset: open, code: 'no_agreement', at }), undefined, 'out of its term');
});

test('an agreement that is not used is named for its purposes, and for each one where they are unknown or it is asked for by its id', () => {
  const code = (purpose: string | undefined, vouched: boolean, named?: string): string | undefined => {
    const serves = servedBy(agreement.canonical, vouched);
    const failed = [{ name: 'agr-both@1', kind: 'Agreement' as const, fault: 'unreadable' as const, serves }];
    const asked = { agreement: named, consumer: 'education', purpose };
    return withoutPlan({ ...asked, datasets: [open] }, { failed }, Date.parse('2026-06-01T00:00:00Z'), open)
      .code;
  };
  assert.equal(code('school-enrolment', true), 'agreement_unreadable');
  assert.equal(code('public-service', true), 'no_agreement');
  assert.equal(code(undefined, true), 'agreement_unreadable');
  assert.equal(code('public-service', true, 'agr-both'), 'agreement_unreadable');
  assert.equal(code('public-service', false), 'agreement_unreadable', 'the log does not vouch for its text');
});

test('a text of any form is read for whom it serves', () => {
  const open = { consumers: [], datasets: [], purposes: undefined, from: -Infinity, until: Infinity };
  for (const text of ['', 'null', '[]', '{"consumer":7,"grants":{},"valid":[],"entrusted":[null,{}]}'])
    assert.deepEqual(servedBy(text, true), open);
  for (const purposes of [[], 'school', ['school', 7], { school: true }])
    assert.equal(servedBy(JSON.stringify({ purposes }), true).purposes, undefined);
});
