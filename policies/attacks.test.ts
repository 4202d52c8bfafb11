/**
 * What someone tries against the policy engine by asking, and by writing documents. Rows of the attack table that need a hub (rates, nonces,
 * the log, approvals) are tested where the hub is; values and texts in masks/maskAttacks.test.ts.
 */
import assert from 'node:assert/strict';
import { shipped } from '../machine/surroundings.ts';
import { describe, test } from 'node:test';
import { Problem } from '../terms/problem.ts';
import { registryFile } from './fixtures/sampleContext.ts';
import { now, request } from './fixtures/smallSets.ts';
import { decide } from './decide.ts';
import type { Decision, DecisionRequest, FilterTerm } from './decision.ts';
import { parseAgreement, parsePolicyDocument } from './documents/parseDocument.ts';
import { explain } from './explain.ts';
import { compilePlans, type Plans } from './plans.ts';
import { readPolicySet } from './policySet.ts';

const secretId = '11010519491231002X';

const text = (grant: string): string => `kind: Agreement
id: agr-a
version: 1
provider: pub-security
consumer: education
purposes: [school-enrolment]
basis: { type: statutory, reference: 义务教育法 }
valid: { from: '2026-01-01T00:00:00+08:00', until: '2027-01-01T00:00:00+08:00' }
grants:
  - dataset: pub-security.household
    schema: household@1
${grant}`;
function plansOf(grant: string): Plans {
  const { documents, context, findings } = readPolicySet(
    [registryFile, { name: 'a.yaml', text: text(grant) }],
    shipped,
  );
  assert.deepEqual(findings, []);
  return compilePlans(documents, context);
}
const masked = plansOf(`    lookupBy: [person_id]
    filterBy: [region_code]
    fields:
      person_id: { mask: idCard }
      name: { mask: personName }
      mobile: { mask: phone }
      birth_date: { mask: dateTrunc, to: year }
      income: { mask: floorTo, step: 1000 }
      region_code: { mask: clear }
`);
const ask = (changes: Partial<DecisionRequest>, plans = masked): Decision =>
  decide({ ...request, ...changes }, plans, now);
const codeOf = (decision: Decision): string => (decision.effect === 'deny' ? decision.code : 'allow');

describe('questions instead of answers', () => {
  test('a masked field is no question: no operator, no order, no prefix', () => {
    const terms: FilterTerm[] = ['person_id', 'name', 'mobile', 'birth_date', 'income'].flatMap((field) => [
      { field, op: 'in', value: ['1'] },
      { field, op: 'range', value: { gte: '1', lt: '2' } },
      ...(field === 'person_id' ? [] : [{ field, op: 'eq' as const, value: '1' }]),
    ]);
    for (const term of terms)
      assert.equal(codeOf(ask({ filter: [term] })), 'filter_on_masked_field', term.field);
    for (const field of ['name', '-mobile', 'income']) {
      assert.equal(codeOf(ask({ sort: [field] })), 'filter_on_masked_field');
    }
  });

  test('finding four hidden digits by halving takes fourteen questions; none of them is answered', () => {
    const answered = Array.from({ length: 14 }, (_, question) => {
      const filter: FilterTerm[] = [
        { field: 'mobile', op: 'range', value: { gte: `1380000${Math.floor(10_000 / 2 ** question)}` } },
      ];
      return ask({ filter });
    }).filter(({ effect }) => effect === 'allow');
    assert.deepEqual(answered, []);
  });

  test('looking up by a full value needs lookupBy, and one value at a time', () => {
    const lookup = (field: string): FilterTerm => ({ field, op: 'eq', value: secretId });
    assert.equal(codeOf(ask({ filter: [lookup('person_id')] })), 'allow');
    assert.equal(codeOf(ask({ filter: [lookup('guardian_id')] })), 'filter_not_granted');
    assert.equal(codeOf(ask({ filter: [lookup('person_id'), lookup('person_id')] })), 'lookup_ambiguous');
    assert.equal(
      codeOf(ask({ filter: [{ field: 'person_id', op: 'eq', value: '' }] })),
      'filter_value_invalid',
    );
  });

  test('a purpose is a code of the agreement: no free text, no parent, no child, no other spelling', () => {
    for (const purpose of ['招生', 'School-Enrolment', 'school-enrolment ', '__proto__', 'constructor']) {
      assert.equal(codeOf(ask({ purpose })), 'purpose_unknown');
    }
    for (const purpose of ['public-service', 'school-meals'])
      assert.equal(codeOf(ask({ purpose })), 'purpose_not_agreed');
  });

  test('denials say the same whether a thing exists for others or not at all', () => {
    const other = ask({ consumer: 'transport', agreement: 'agr-a' });
    const nothing = ask({ consumer: 'transport', agreement: 'agr-none' });
    assert.deepEqual(other, nothing);
  });

  test('names that objects inherit are fields that do not exist', () => {
    for (const name of [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'Name',
      'name ',
      'name\u0000',
      '',
    ]) {
      assert.equal(codeOf(ask({ fields: [name] })), 'unknown_field', name);
      assert.equal(codeOf(ask({ filter: [{ field: name, op: 'eq', value: 'x' }] })), 'unknown_field');
      assert.equal(codeOf(ask({ sort: [name] })), 'unknown_field');
    }
    for (const hostile of ['__proto__', 'constructor']) {
      assert.equal(codeOf(ask({ agreement: hostile })), 'agreement_unknown');
      assert.equal(codeOf(ask({ consumer: hostile })), 'no_agreement');
      assert.equal(codeOf(ask({ dataset: hostile })), 'dataset_unknown');
    }
  });

  test('a value where a name belongs is not repeated', () => {
    const decision = ask({ fields: [secretId] });
    assert.ok(!JSON.stringify(decision).includes(secretId));
    const explained = explain(
      { ...request, filter: [{ field: 'name', op: 'eq', value: '欧阳娜' }] },
      masked,
      now,
      'auditor',
      {},
    );
    assert.ok(!JSON.stringify(explained).includes('欧阳娜'));
  });

  test('filter values have the type of their field, and are storable text', () => {
    const plans = plansOf(`    filterBy: [birth_date, name]
    fields: { birth_date: { mask: clear }, name: { mask: clear } }
`);
    const bad: FilterTerm[] = [
      { field: 'name', op: 'eq', value: 1 },
      { field: 'name', op: 'eq', value: null },
      { field: 'name', op: 'eq', value: '\ud800' },
      { field: 'name', op: 'eq', value: 'a\u0000b' },
      { field: 'name', op: 'in', value: [] },
      { field: 'name', op: 'in', value: Array.from({ length: 1001 }, String) },
      { field: 'name', op: 'range', value: {} },
      { field: 'name', op: 'range', value: { gte: 'a', gt: 'b' } },
      { field: 'name', op: 'range', value: JSON.parse('{"__proto__": {"gte": "a"}}') },
      { field: 'name', op: 'like' as 'eq', value: '欧%' },
      { field: 'birth_date', op: 'eq', value: '2019-02-30' },
      { field: 'birth_date', op: 'eq', value: '２０１９-01-01' },
    ];
    for (const term of bad)
      assert.equal(codeOf(ask({ filter: [term] }, plans)), 'filter_value_invalid', JSON.stringify(term));
  });
});

describe('clocks and versions', () => {
  test('times carry an offset and are real; half-open', () => {
    const valid = (from: string, until: string): string =>
      text('    fields: { name: { mask: clear } }\n').replace(
        /valid: .*/,
        `valid: { from: '${from}', until: '${until}' }`,
      );
    for (const time of [
      '2026-01-01',
      '2026-01-01T00:00:00',
      '2026-02-30T00:00:00+08:00',
      '2026-01-01T25:00:00Z',
      '2026-01-01T00:00:00+24:00',
      'now',
    ]) {
      assert.throws(
        () => parseAgreement(valid(time, '2027-01-01T00:00:00+08:00')),
        { code: 'policy_invalid' },
        time,
      );
    }
    assert.throws(() => parseAgreement(valid('2027-01-01T00:00:00+08:00', '2027-01-01T00:00:00+08:00')), {
      code: 'policy_invalid',
    });
    const dst = parseAgreement(valid('2026-03-29T02:30:00+01:00', '2026-03-29T02:30:00.001+01:00'));
    assert.equal(dst.valid.from, '2026-03-29T02:30:00+01:00');
  });

  test('every decision carries the digest of its set; order and spelling of the text do not change it', () => {
    const grant = '    fields: { name: { mask: clear }, sex: { mask: clear } }\n';
    const same = '    fields:\n      sex: { mask: "clear" } # 性别\n      name: { mask: clear }\n';
    assert.equal(plansOf(grant).digest, plansOf(same).digest);
    assert.notEqual(plansOf(grant).digest, masked.digest);
    assert.equal(ask({}).policy, masked.digest);
    assert.equal(ask({ purpose: 'x' }).policy, masked.digest);
  });

  test('two versions of one document are never in force together', () => {
    const { documents, context } = readPolicySet(
      [registryFile, { name: 'a.yaml', text: text('    fields: { name: { mask: clear } }\n') }],
      shipped,
    );
    assert.throws(() => compilePlans([...documents, ...documents], context), {
      code: 'policy_does_not_compile',
    });
  });

  test('a number with a fraction, or too large to be exact, is refused with its place and what to write', () => {
    const { canonical } = parseAgreement(
      text(
        "    rows: { all: [{ field: region_code, op: eq, value: '990101' }] }\n    fields: { name: { mask: clear } }\n",
      ),
    );
    for (const value of ['26.5', '1e21'])
      assert.throws(
        () => parsePolicyDocument(JSON.parse(canonical.replace('"990101"', value))),
        (error: unknown) => {
          assert.ok(error instanceof Problem);
          const [found] = error.extras.findings as { code: string; path: string; message: { en: string } }[];
          assert.deepEqual([found?.code, found?.path], ['not_canonical', '/grants/0/rows/all/0/value']);
          assert.match(found?.message.en ?? '', /whole numbers only/);
          return true;
        },
      );
  });

  test('documents with a lone surrogate, a prototype or endless nesting are refused', () => {
    const good = JSON.parse(
      parseAgreement(text('    fields: { name: { mask: clear } }\n')).canonical,
    ) as Record<string, unknown>;
    const nested: unknown = JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`);
    const bad: unknown[] = [
      { ...good, title: { zh: '\ud800', en: 'x' } },
      { ...good, version: 1.5 },
      { ...good, version: '1' },
      JSON.parse('{"kind": "Agreement", "__proto__": {"id": "x"}}'),
      { ...good, grants: nested },
      ...[null, 'kind: Agreement', [], 7, '', '- a', '{"kind": "Agreement", "kind": "Restriction"}'],
    ];
    for (const value of bad)
      assert.throws(() => parsePolicyDocument(value), { code: 'policy_invalid' }, JSON.stringify(value));
  });
});
