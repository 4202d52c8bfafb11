/** Restrictions tighten only, whatever they say and however many there are. */
import assert from 'node:assert/strict';
import { shipped } from '../../machine/surroundings.ts';
import { test } from 'node:test';
import fc from 'fast-check';
import { caseFile, registryFile } from '../fixtures/sampleContext.ts';
import { parsePolicyDocument } from '../documents/parseDocument.ts';
import { decide } from '../decide.ts';
import {
  agreement,
  now,
  plans as plansOf,
  request,
  restriction as restrictionText,
} from '../fixtures/smallSets.ts';
import { tryCompilePlans } from '../plans.ts';
import { readPolicySet } from '../policySet.ts';
import { diffPlans } from '../questions/diff.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';

const worked = ['01-school-enrolment', '04-districts', '06-consent', '09-two-purposes'];
const files = worked.map((name) => caseFile(`worked/${name}.yaml`));
const { documents, context } = readPolicySet([registryFile, ...files], shipped);

const scope = fc.record(
  {
    semantic: fc.subarray(['cn.resident-id', 'person.name', 'cn.mobile'], { minLength: 1 }),
    sensitivity: fc.subarray(['L1', 'L2', 'L3'], { minLength: 1 }),
    field: fc.subarray(['name', 'income', 'region_code', 'person_id', 'birth_date'], { minLength: 1 }),
    dataset: fc.constant(['pub-security.household']),
    purposeUnder: fc.subarray(['public-service', 'school-meals', 'statistics'], { minLength: 1 }),
    purposeNotUnder: fc.subarray(['public-safety', 'school-enrolment'], { minLength: 1 }),
  },
  { requiredKeys: ['dataset'] },
);
const floor = fc.constantFrom(
  { mask: 'idCard', head: 3, tail: 0 },
  { mask: 'keep', head: 2, tail: 1 },
  { mask: 'personName', fixed: true },
  { mask: 'dateTrunc', to: 'year' },
  { mask: 'fixed' },
  { mask: 'presence' },
  { mask: 'nullify' },
  { mask: 'drop' },
  { mask: 'clear' },
);
const restriction = fc.record(
  {
    when: scope,
    floor,
    requires: fc.subarray(['on-behalf-of', 'matter'], { minLength: 1 }),
    limits: fc.record(
      { rowsPerCall: fc.constantFrom(1, 50, 10_000), callsPerDay: fc.constantFrom(1, 5000) },
      { requiredKeys: ['rowsPerCall'] },
    ),
  },
  { requiredKeys: ['when', 'floor'] },
);

test('no cell is added or loosened by any set of restrictions that compiles', () => {
  const before = tryCompilePlans(documents, context).plans ?? assert.fail();
  let compiled = 0;
  fc.assert(
    fc.property(fc.array(restriction, { minLength: 1, maxLength: 3 }), (added) => {
      const floors = added.map((one, i) =>
        parsePolicyDocument({ kind: 'Restriction', id: `res-${i}`, version: 1, ...one }),
      );
      const { plans, findings } = tryCompilePlans([...documents, ...floors], context);
      if (plans === undefined) {
        const codes = new Set(findings.map(({ code }) => code));
        assert.ok(
          nonEmpty(codes).every((code) =>
            ['no_meet', 'floor_type', 'restriction_never_bites'].includes(code),
          ),
          [...codes].join(),
        );
        return;
      }
      compiled += 1;
      const { counts, verdict } = diffPlans(before, plans);
      assert.deepEqual([counts.added, counts.loosened], [0, 0]);
      assert.equal(verdict.needs, 'one-person');
    }),
    { seed: 43, numRuns: 500 },
  );
  assert.ok(compiled > 100, `${compiled} of 500 sets compiled`);
});

test('what a restriction requires holds for a field that is used only in look-ups', () => {
  const lookedUp = agreement({ grant: '    lookupBy: [person_id]\n    limits: { callsPerDay: 9 }\n' });
  const when = 'when: { dataset: [pub-security.household], field: [person_id] }';
  const requested = {
    ...request,
    filter: [{ field: 'person_id', op: 'eq', value: '11010519491231002X' }],
  } as const;
  const reported = (...texts: readonly string[]): string => {
    const decision = decide(requested, plansOf(...texts), now);
    return decision.effect === 'deny' ? decision.code : 'allow';
  };
  assert.equal(reported(lookedUp), 'allow');
  assert.equal(reported(lookedUp, restrictionText(`${when}\nrequires: [matter]`)), 'matter_missing');
  const elsewhere = 'when: { dataset: [pub-security.household], field: [mobile] }';
  assert.equal(reported(lookedUp, restrictionText(`${elsewhere}\nrequires: [matter]`)), 'allow');
});
