import assert from 'node:assert/strict';
import { shipped, shippedSurroundings } from '../machine/surroundings.ts';
import { test } from 'node:test';
import { caseFile, registryFile } from './fixtures/sampleContext.ts';
import { decide } from './decide.ts';
import type { DecisionRequest } from './decision.ts';
import { compileMasking } from './masks/rows/compileMasking.ts';
import { pseudonymKeys } from './masks/pseudonyms/pseudonymKey.ts';
import { compilePlans, tryCompilePlans } from './plans.ts';
import { readPolicySet } from './policySet.ts';

const { documents, context } = readPolicySet(
  [registryFile, caseFile('worked/01-school-enrolment.yaml')],
  shipped,
);
const plans = compilePlans(documents, context);
const within = Date.parse('2026-06-01T09:00:00+08:00');

const request: DecisionRequest = {
  consumer: 'education',
  dataset: 'pub-security.household',
  agreement: 'agr-school-enrolment',
  purpose: 'school-enrolment',
  onBehalfOf: 'official-7f3a',
  matter: 'BJ2026-000123',
  fields: undefined,
  filter: [{ field: 'guardian_id', op: 'eq', value: '11010519491231002X' }],
  sort: [],
  limit: undefined,
};

test('a lookup by a full value carries what the row fetch needs', () => {
  const decision = decide(request, plans, within);
  assert.equal(decision.effect, 'allow');
  assert.deepEqual(decision.storedFields, ['person_id', 'name', 'birth_date', 'relation', 'region_code']);
  assert.deepEqual(decision.rowFilter, [
    { field: 'region_code', op: 'range', value: { gte: '990100', lt: '9902' } },
  ]);
  assert.deepEqual(decision.lookup, { field: 'guardian_id', value: '11010519491231002X' });
  assert.equal(decision.withheld['income'], 'not_granted');
  assert.equal(decision.materials.length, 2);
});

test('the term is half-open: the first moment is in, the last is out', () => {
  const at = (time: string): string => {
    const decision = decide(request, plans, Date.parse(time));
    return decision.effect === 'allow' ? 'allow' : decision.code;
  };
  assert.equal(at('2026-02-28T23:59:59.999+08:00'), 'agreement_not_in_force');
  assert.equal(at('2026-03-01T00:00:00+08:00'), 'allow');
  assert.equal(at('2027-02-28T23:59:59.999+08:00'), 'allow');
  assert.equal(at('2027-03-01T00:00:00+08:00'), 'agreement_not_in_force');
});

test('the masked row holds the five fields, three of them masked, and matches the masked schema', () => {
  const decision = decide(request, plans, within);
  assert.equal(decision.effect, 'allow');
  const masking = compileMasking(
    decision.fields,
    context.schemas('household@1') ?? assert.fail(),
    pseudonymKeys(new Uint8Array(32)),
    'education',
    shippedSurroundings,
  );
  const masked = masking.mask({
    person_id: '11010519491231002X',
    name: '欧阳娜',
    birth_date: '2019-03-04',
    relation: '女',
    region_code: '110105',
    income: '120000.00',
    __proto__: { income: '1' },
  });
  assert.deepEqual(masked, {
    person_id: '110105************',
    name: '欧**',
    birth_date: '2019-03',
    relation: '女',
    region_code: '110105',
  });
  assert.ok(masking.check(masked));
  assert.ok(!masking.check({ ...masked, income: '1' }));
  assert.deepEqual(masking.storedFields, decision.storedFields);
});

test('a grant is compiled against the version its dataset is bound to, not against the newest one', () => {
  const newest = context.schemas('household@1') ?? assert.fail();
  const bound = { ...newest, fields: newest.fields.filter(({ name }) => name !== 'relation') };
  const { findings } = tryCompilePlans(documents, { ...context, bound: () => bound });
  assert.deepEqual([...new Set(findings.map(({ code }) => code))], ['unknown_field']);
  const foreign = { ...newest, name: 'person' };
  const other = tryCompilePlans(documents, { ...context, bound: () => foreign });
  assert.deepEqual([...new Set(other.findings.map(({ code }) => code))], ['unknown_schema']);
});

test('the purpose of invented rows gives no real ones, though an agreement from before names it', () => {
  const purposes = [...context.purposes, { code: 'sandbox' }];
  const named = documents.map((document) =>
    document.kind === 'Agreement' ? { ...document, purposes: [...document.purposes, 'sandbox'] } : document,
  );
  const codeUnder = (sandbox: object): string => {
    const compiled = compilePlans(named, { ...context, purposes, ...sandbox });
    const decision = decide({ ...request, purpose: 'sandbox' }, compiled, within);
    return decision.effect === 'allow' ? 'allow' : decision.code;
  };
  assert.equal(codeUnder({}), 'purpose_not_agreed');
  assert.equal(codeUnder({ sandbox: true }), 'allow');
});
