/** The questions an auditor asks, over one small city. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { registryFile } from '../cases/sampleContext.ts';
import { decide } from '../decide.ts';
import type { DecisionRequest } from '../decision.ts';
import { explain } from '../explain.ts';
import { lintPolicies } from '../lint/lintPolicies.ts';
import { compilePlans, type Plans } from '../plans.ts';
import { readPolicySet, type PolicySet } from '../policySet.ts';
import { diffPlans } from './diff.ts';
import { implies } from './implies.ts';
import { answerOf, replay } from './replay.ts';
import { visibility } from './visibility.ts';

const now = Date.parse('2026-06-01T09:00:00+08:00');

interface Writing {
  readonly id?: string;
  readonly version?: number;
  readonly consumer?: string;
  readonly purposes?: string;
  readonly basis?: string;
  readonly until?: string;
  readonly grant?: string;
  readonly fields?: string;
}

const agreement = (writing: Writing = {}): string => `kind: Agreement
id: ${writing.id ?? 'agr-a'}
version: ${writing.version ?? 1}
provider: pub-security
consumer: ${writing.consumer ?? 'education'}
purposes: ${writing.purposes ?? '[school-enrolment]'}
basis: ${writing.basis ?? '{ type: statutory, reference: 义务教育法 }'}
valid: { from: '2026-01-01T00:00:00+08:00', until: '${writing.until ?? '2027-01-01T00:00:00+08:00'}' }
grants:
  - dataset: pub-security.household
    schema: household@1
${writing.grant ?? ''}    fields: ${writing.fields ?? '{ name: { mask: personName }, region_code: { mask: clear } }'}
---
`;
const restriction = (text: string, id = 'res-a'): string =>
  `kind: Restriction\nid: ${id}\nversion: 1\n${text}\n---\n`;

function set(...texts: readonly string[]): PolicySet {
  const read = readPolicySet([
    registryFile,
    { name: 'set.yaml', text: texts.join('').replace(/---\n$/, '') },
  ]);
  assert.deepEqual(read.findings, []);
  return read;
}
const plans = (...texts: readonly string[]): Plans => {
  const { documents, context } = set(...texts);
  return compilePlans(documents, context);
};
const request: DecisionRequest = {
  consumer: 'education',
  dataset: 'pub-security.household',
  agreement: 'agr-a',
  purpose: 'school-enrolment',
  onBehalfOf: undefined,
  matter: undefined,
  fields: undefined,
  filter: [],
  sort: [],
  limit: undefined,
};

describe('visibility', () => {
  const all = plans(
    agreement({ grant: '    lookupBy: [person_id]\n    filterBy: [region_code]\n' }),
    agreement({
      id: 'agr-b',
      consumer: 'transport',
      purposes: '[public-safety]',
      fields: '{ name: { mask: clear }, address: { mask: address, by: region_code } }',
    }),
    restriction(
      'when: { field: [name], purposeNotUnder: [public-safety] }\nfloor: { mask: personName, fixed: true }',
    ),
  );

  test('who can see a field, how masked, for what', () => {
    const cells = visibility(all, { dataset: 'pub-security.household', field: 'name' }, now);
    assert.deepEqual(
      cells.map(({ consumer, mask, purpose, floors, active }) => [
        consumer,
        mask,
        purpose,
        floors.join(),
        active,
      ]),
      [
        ['education', 'personName(fixed=true)', 'school-enrolment', 'res-a', true],
        ['transport', 'clear', 'public-safety', '', true],
      ],
    );
  });

  test('a full value that can be looked up is an access too, and so is a field that serves a mask', () => {
    const ways = visibility(all, {}, now).map(
      ({ consumer, field, access }) => `${consumer} ${access} ${field}`,
    );
    assert.ok(ways.includes('education lookup person_id'));
    assert.ok(ways.includes('transport serves region_code'));
  });

  test('what a department can see, and what it no longer can', () => {
    const cells = visibility(all, { consumer: 'education' }, Date.parse('2027-01-01T00:00:00+08:00'));
    assert.deepEqual(
      cells.map(({ field }) => field),
      ['name', 'region_code', 'person_id'],
    );
    assert.ok(cells.every(({ active }) => !active));
    assert.deepEqual(visibility(all, { consumer: 'ecology' }, now), []);
  });
});

describe('what changes between two sets', () => {
  const kinds = (before: Plans, after: Plans): string[] =>
    diffPlans(before, after).cells.map(
      ({ kind, cell, from = '', to = '' }) => `${kind} ${cell}: ${from} → ${to}`,
    );
  const base = plans(
    agreement({ fields: '{ name: { mask: personName }, income: { mask: floorTo, step: 1000 } }' }),
  );

  test('the same documents: nothing', () => {
    const diff = diffPlans(base, base);
    assert.deepEqual(diff.cells, []);
    assert.equal(diff.verdict.needs, 'nothing');
  });

  test('a coarser mask is tightened: one person may do it', () => {
    const after = plans(
      agreement({
        version: 2,
        fields: '{ name: { mask: personName, fixed: true }, income: { mask: floorTo, step: 10000 } }',
      }),
    );
    const diff = diffPlans(base, after);
    assert.deepEqual(diff.counts, { added: 0, loosened: 0, tightened: 2, removed: 0 });
    assert.equal(diff.verdict.needs, 'one-person');
    assert.deepEqual(diffPlans(after, base).counts, { added: 0, loosened: 2, tightened: 0, removed: 0 });
  });

  test('a mask that cannot be compared is loosened: the provider signs', () => {
    const after = plans(
      agreement({
        version: 2,
        fields: '{ name: { mask: pseudonym, domain: person }, income: { mask: floorTo, step: 300 } }',
      }),
    );
    const { counts, verdict } = diffPlans(base, after);
    assert.equal(counts.loosened, 2);
    assert.deepEqual(verdict.signatures, [
      { role: 'provider', department: 'pub-security', because: 'loosened' },
    ]);
  });

  test('a new agreement is signed by both sides, an ended one by nobody', () => {
    const after = plans(
      agreement({ fields: '{ name: { mask: personName }, income: { mask: floorTo, step: 1000 } }' }),
      agreement({ id: 'agr-b', consumer: 'transport' }),
    );
    const added = diffPlans(base, after);
    assert.deepEqual(
      added.verdict.signatures.map(({ role, department }) => `${role} ${department}`),
      ['provider pub-security', 'consumer transport'],
    );
    const removed = diffPlans(after, base);
    assert.deepEqual([removed.counts.removed, removed.verdict.needs], [2, 'one-person']);
  });

  test('rows, filters, lookups, limits, requirements, term, obligations, basis are cells', () => {
    const rows = (value: string): string => `    rows: { all: [{ field: region_code, op: ${value} }] }\n`;
    const old = plans(
      agreement({
        grant: `${rows("in, value: ['990101', '990102']")}    limits: { rowsPerCall: 10 }\n    requires: [matter]\n`,
      }),
    );
    const narrower = plans(
      agreement({
        version: 2,
        grant: `${rows("eq, value: '990101'")}    limits: { rowsPerCall: 5, callsPerDay: 9 }\n    requires: [matter, on-behalf-of]\n    obligations: [{ id: notify-subject }]\n`,
        until: '2026-12-01T00:00:00+08:00',
      }),
    );
    assert.ok(
      kinds(old, narrower).every((one) => one.startsWith('tightened')),
      kinds(old, narrower).join('\n'),
    );
    assert.equal(kinds(old, narrower).length, 6);
    assert.ok(kinds(narrower, old).every((one) => one.startsWith('loosened')));
    const elsewhere = plans(
      agreement({
        version: 2,
        grant: `${rows("eq, value: '990103'")}    limits: { rowsPerCall: 10 }\n    requires: [matter]\n    filterBy: [region_code]\n    lookupBy: [person_id]\n`,
        basis: '{ type: emergency }',
      }),
    );
    assert.deepEqual(
      kinds(old, elsewhere).map((one) => one.split(':')[0]),
      ['loosened (rows)', 'loosened (filterBy)', 'loosened (lookupBy)', 'loosened (basis)'],
    );
  });

  test('a restriction that goes needs the data office', () => {
    const floor = restriction('when: { field: [name] }\nfloor: { mask: personName, fixed: true }');
    const idle = restriction('when: { field: [mobile] }\nfloor: { mask: drop }', 'res-idle');
    const text = agreement({
      fields: '{ name: { mask: personName }, income: { mask: floorTo, step: 1000 } }',
    });
    const with2 = plans(text, floor, idle);
    assert.deepEqual(
      diffPlans(with2, plans(text, idle)).verdict.signatures.map(({ role }) => role),
      ['provider', 'data-office'],
    );
    assert.deepEqual(
      diffPlans(with2, plans(text, floor)).verdict.signatures.map(({ role }) => role),
      ['data-office'],
    );
    assert.equal(diffPlans(base, with2).verdict.needs, 'one-person');
  });
});

test('one condition implies another only where that can be shown', () => {
  const eq = (value: unknown) => [{ field: 'f', op: 'eq' as const, value }];
  const range = (value: unknown) => [{ field: 'f', op: 'range' as const, value }];
  const within = [{ field: 'f', op: 'in' as const, value: ['a', 'b'] }];
  assert.ok(implies(eq('a'), within));
  assert.ok(!implies(within, eq('a')));
  assert.ok(implies(within, range({ gte: 'a', lt: 'c' })));
  assert.ok(!implies(within, range({ gt: 'a' })));
  assert.ok(implies(range({ gte: 2, lt: 5 }), range({ gt: 1, lte: 5 })));
  assert.ok(!implies(range({ gte: 2, lte: 5 }), range({ gte: 2, lt: 5 })));
  assert.ok(!implies(range({ gte: '2' }), range({ gte: 1 })));
  assert.ok(!implies([], eq('a')) && implies(eq('a'), []));
});

test('replay tells which answers would change, how often and with examples', () => {
  const before = plans(agreement({ grant: '    filterBy: [region_code]\n' }));
  const after = plans(
    agreement({
      version: 2,
      grant: '    limits: { rowsPerCall: 5 }\n',
      fields: '{ name: { mask: personName, fixed: true }, region_code: { mask: clear } }',
    }),
  );
  const asks: DecisionRequest[] = [
    request,
    { ...request, fields: ['region_code'] },
    { ...request, sort: ['region_code'] },
    { ...request, limit: 100 },
    { ...request, purpose: 'statistics' },
  ];
  const recorded = [...asks, ...asks].map((ask, i) => ({
    id: String(i),
    at: now,
    request: ask,
    answer: answerOf(decide(ask, before, now)),
  }));
  const same = replay(recorded, before);
  assert.deepEqual([same.total, same.different], [10, 0]);
  const report = replay(recorded, after, 1);
  assert.equal(report.different, 6);
  assert.deepEqual(report.changes, {
    'field name: personName(fixed=false) → personName(fixed=true)': 2,
    'allow → deny sort_not_granted': 2,
    'allow → deny limit_too_high': 2,
  });
  assert.deepEqual(
    report.examples.map(({ id }) => id),
    ['0', '2', '3'],
  );
});

describe('lint', () => {
  const codes = (...texts: readonly string[]): string[] => {
    const { documents, context } = set(...texts);
    return lintPolicies(documents, context, now).findings.map(({ code }) => code);
  };

  test('a sound set has no findings; what nobody is granted is a note', () => {
    const { documents, context } = set(agreement());
    const { findings, notes } = lintPolicies(documents, context, now);
    assert.deepEqual(findings, []);
    assert.match(notes[0]?.message.en ?? '', /income/);
  });

  test('floors that never bite, and floors that close a filter', () => {
    const idle = restriction('when: { field: [name] }\nfloor: { mask: personName }');
    assert.deepEqual(codes(agreement(), idle), ['floor_never_bites']);
    assert.deepEqual(
      codes(agreement(), restriction('when: { semantic: [cn.mobile] }\nlimits: { rowsPerCall: 5 }')),
      ['floor_never_bites'],
    );
    assert.deepEqual(
      codes(agreement(), restriction('when: { field: [name] }\nlimits: { rowsPerCall: 5 }')),
      [],
    );
    const closing = restriction('when: { field: [region_code] }\nfloor: { mask: keep, head: 4, tail: 0 }');
    assert.deepEqual(codes(agreement({ grant: '    filterBy: [region_code]\n' }), closing), [
      'filter_closed_by_floor',
    ]);
  });

  test('expired documents, lookups without a quota', () => {
    assert.deepEqual(codes(agreement({ until: '2026-05-01T00:00:00+08:00' })), ['expired']);
    assert.deepEqual(codes(agreement({ grant: '    lookupBy: [person_id]\n' })), ['lookup_without_quota']);
  });

  test('clear on a sensitive field without a statute', () => {
    const contract = '{ type: contract, reference: 合同 }';
    assert.deepEqual(codes(agreement({ basis: contract })), []);
    const schema = `kind: Schema
document:
  $schema: https://json-schema.org/draft/2020-12/schema
  $id: urn:datong:household:1.9
  x-title: { zh: 户籍, en: Household }
  x-class: general
  type: object
  additionalProperties: false
  required: [name]
  properties:
    name: { x-title: { zh: 病名, en: Illness }, type: string, maxLength: 60, x-sensitivity: L3, x-personal: sensitive }
---
`;
    assert.deepEqual(codes(schema, agreement({ basis: contract, fields: '{ name: { mask: clear } }' })), [
      'clear_without_statute',
    ]);
    const consenting = agreement({
      basis: '{ type: consent }',
      grant: '    consent: { required: true }\n',
      fields: '{ name: { mask: fixed } }',
    });
    assert.deepEqual(codes(schema, consenting), ['consent_without_subject']);
  });

  test('fields that identify together: 6+4 digits and a birth year leave about 34', () => {
    const id = 'person_id: { mask: idCard, head: 6, tail: 4 }';
    const { documents, context } = set(
      agreement({ fields: `{ ${id}, birth_date: { mask: dateTrunc, to: year } }` }),
    );
    const [finding] = lintPolicies(documents, context, now).findings;
    assert.equal(finding?.code, 'combination_risk');
    assert.match(finding.message.en, /with birth_date a row leaves about 34 /);
    assert.deepEqual(codes(agreement({ fields: `{ ${id} }` })), []);
    assert.deepEqual(
      codes(
        agreement({ fields: '{ person_id: { mask: idCard }, birth_date: { mask: dateTrunc, to: month } }' }),
      ),
      [],
    );
    assert.deepEqual(
      codes(
        agreement({
          fields: '{ person_id: { mask: idCard }, birth_date: { mask: clear }, sex: { mask: clear } }',
        }),
      ),
      ['combination_risk'],
    );
  });

  test('the joint view over purposes must not be finer than a grant', () => {
    const two = (first: string, second: string): string[] =>
      codes(
        agreement({ fields: first }),
        agreement({ id: 'agr-b', purposes: '[school-meals]', fields: second }),
      );
    const step = (n: number): string => `{ income: { mask: floorTo, step: ${n} } }`;
    assert.deepEqual(two(step(1000), step(300)), ['joint_view']);
    assert.deepEqual(two(step(1000), step(500)), []);
    assert.deepEqual(
      two(
        '{ birth_date: { mask: dateTrunc, to: year } }',
        '{ birth_date: { mask: keep, head: 0, tail: 5 } }',
      ),
      ['joint_view'],
    );
    assert.deepEqual(two('{ person_id: { mask: idCard, tail: 4 } }', '{ birth_date: { mask: clear } }'), [
      'joint_combination_risk',
    ]);
  });
});

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
