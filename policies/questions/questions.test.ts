/** The questions an auditor asks, over one small city. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { agreement, now, plans, request, restriction } from '../fixtures/smallSets.ts';
import { decide } from '../decide.ts';
import type { DecisionRequest } from '../decision.ts';
import type { Plans } from '../plans.ts';
import { diffPlans } from './diff.ts';
import { conditionCells, implies } from './conditionCells.ts';
import { answerOf, replay } from './replay.ts';
import { visibility } from './visibility.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';

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
    assert.ok(nonEmpty(cells).every(({ active }) => !active));
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

  test('a new agreement is signed by both sides, an ended one by none', () => {
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
        grant: `${rows("eq, value: '990101'")}    limits: { rowsPerCall: 5, callsPerDay: 9 }\n    requires: [matter, on-behalf-of]\n    obligations: [{ id: no-onward-sharing }]\n`,
        until: '2026-12-01T00:00:00+08:00',
      }),
    );
    assert.ok(
      nonEmpty(kinds(old, narrower)).every((one) => one.startsWith('tightened')),
      kinds(old, narrower).join('\n'),
    );
    assert.equal(kinds(old, narrower).length, 6);
    assert.ok(nonEmpty(kinds(narrower, old)).every((one) => one.startsWith('loosened')));
    const elsewhere = plans(
      agreement({
        version: 2,
        grant: `${rows("eq, value: '990103'")}    limits: { rowsPerCall: 10 }\n    requires: [matter]\n    filterBy: [region_code]\n    lookupBy: [person_id]\n`,
        basis: '{ type: contract, reference: 委托合同 2026-17 }',
      }),
    );
    assert.deepEqual(
      kinds(old, elsewhere).map((one) => one.split(':')[0]),
      ['loosened (rows)', 'loosened (filterBy)', 'loosened (lookupBy)', 'loosened (basis)'],
    );
  });

  test('an impact assessment or an approval that is replaced or removed needs the provider', () => {
    const assessed = (digit: string): string => `assessment: '${digit.repeat(64)}'\n`;
    const approved = (digit: string): string =>
      `approval: { number: 批复 1, resource: r-1, sha256: '${digit.repeat(64)}' }\n`;
    const cases: readonly (readonly [string, string, string])[] = [
      [assessed('a'), assessed('b'), '(assessment)'],
      [assessed('a'), '', '(assessment)'],
      ['', assessed('a'), '(assessment)'],
      [approved('a'), approved('b'), '(approval)'],
      [approved('a'), '', '(approval)'],
    ];
    for (const [old, fresh, cell] of cases) {
      const { cells, verdict } = diffPlans(
        plans(agreement({ more: old })),
        plans(agreement({ version: 2, more: fresh })),
      );
      assert.deepEqual(
        cells.map((one) => `${one.kind} ${one.cell}`),
        [`loosened ${cell}`],
      );
      assert.equal(verdict.needs, 'signatures');
    }
    const same = assessed('a') + approved('a');
    assert.deepEqual(
      kinds(plans(agreement({ more: same })), plans(agreement({ version: 2, more: same }))),
      [],
    );
  });

  test('a higher bound of an amount loosens, however it is written', () => {
    const upTo = (bound: string, version = 1): Plans =>
      plans(
        agreement({
          version,
          grant: `    rows: { all: [{ field: income, op: range, value: { lte: '${bound}' } }] }\n`,
        }),
      );
    const old = upTo('30000');
    for (const bound of ['200000', '1e99'])
      assert.equal(diffPlans(old, upTo(bound, 2)).verdict.needs, 'signatures', bound);
    assert.equal(diffPlans(old, upTo('9000', 2)).verdict.needs, 'one-person');
    assert.deepEqual(diffPlans(old, upTo('30000.00', 2)).cells, []);
  });

  test('the same bounds in another version of the schema, which compares them in another way, loosen', () => {
    const [old] = plans(
      agreement({ grant: `    rows: { all: [{ field: income, op: range, value: { lte: '30000' } }] }\n` }),
    ).all;
    assert.ok(old !== undefined);
    const fields = [...old.fieldsOfSchema].map(([name, field]) => {
      const { format: _, ...text } = field;
      return [name, name === 'income' ? text : field] as const;
    });
    const texts = { ...old, fieldsOfSchema: new Map(fields) };
    assert.deepEqual(
      conditionCells(old, texts).map(({ kind, cell, to = '' }) => [
        kind,
        cell,
        to.split(' ').slice(-2).join(' '),
      ]),
      [['loosened', '(rows)', 'income: string']],
    );
    assert.deepEqual(conditionCells(old, old), []);
  });

  test('whose consent counts: who is to ask, from which age on, and by which fields', () => {
    const under = (consent: string, version = 1): Plans =>
      plans(
        agreement({
          version,
          grant: `    consent: { required: true${consent} }\n`,
          basis: '{ type: consent }',
        }),
      );
    const own = under('');
    const guarded = under(', guardian: guardian_id', 2);
    const requested = under(', collectors: [health]', 2);
    assert.deepEqual(kinds(own, guarded), [
      'loosened (consent): birth –, guardian – → birth –, guardian guardian_id',
    ]);
    assert.deepEqual(kinds(own, requested).length, 1);
    for (const after of [guarded, requested])
      assert.deepEqual(
        diffPlans(own, after).verdict.signatures.map(({ role }) => role),
        ['provider'],
        'the provider signs',
      );
    const aged = (age: number, version: number): Plans =>
      under(`, guardianUnder: ${age}, birth: birth_date, guardian: guardian_id`, version);
    for (const [before, after] of [
      [aged(14, 1), aged(18, 2)],
      [aged(18, 1), aged(14, 2)],
    ] as const) {
      const [changed, ...others] = kinds(before, after);
      assert.match(changed ?? '', /^loosened \(consent\): guardian under \d+ → guardian under \d+$/);
      assert.deepEqual(others, []);
    }
    assert.ok(
      kinds(guarded, aged(14, 3)).includes('tightened (consent): guardian under – → guardian under 14'),
    );
    const fourteen = under(', guardianUnder: 14, birth: birth_date, guardian: guardian_id', 3);
    assert.ok(kinds(guarded, fourteen).some((one) => one.startsWith('loosened (consent): birth –')));
  });

  test('another reason for a field needs the consumer; a field that goes takes its own with it', () => {
    const two = '{ name: { mask: personName }, region_code: { mask: clear } }';
    const reasoned = (version: number, reasons: string, fields = two): Plans =>
      plans(agreement({ version, fields, grant: reasons === '' ? '' : `    reasons: ${reasons}\n` }));
    const old = reasoned(1, '{ name: 核对姓名, region_code: 确定学区 }');
    const other = reasoned(2, '{ name: 统计, region_code: 确定学区 }');
    const bare = reasoned(2, '');
    for (const [before, after] of [
      [old, other],
      [old, bare],
      [bare, old],
    ] as const) {
      const { cells, verdict } = diffPlans(before, after);
      assert.deepEqual(cells, []);
      assert.deepEqual(verdict, {
        needs: 'signatures',
        signatures: [{ role: 'consumer', department: 'education', because: 'reasons' }],
      });
    }
    for (const after of [
      reasoned(2, '{ region_code: 确定学区, name: 核对姓名 }'),
      reasoned(2, '{ region_code: 确定学区 }', '{ region_code: { mask: clear } }'),
    ])
      assert.equal(diffPlans(old, after).verdict.needs, 'one-person');
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

test('bounds of a row filter are compared as the database compares them', () => {
  const range = (value: unknown) => [{ field: 'f', op: 'range' as const, value }];
  const eq = (value: unknown) => [{ field: 'f', op: 'eq' as const, value }];
  const decimal = (): string => 'decimal';
  for (const wider of ['200000', '1e99', '+4e4']) {
    assert.ok(!implies(range({ lte: wider }), range({ lte: '30000' }), decimal), wider);
    assert.ok(implies(range({ lte: '30000' }), range({ lte: wider }), decimal), wider);
    assert.ok(!implies(eq(wider), range({ lte: '30000' }), decimal), wider);
  }
  assert.ok(implies(range({ gt: '2' }), range({ gt: '2.00' }), decimal));
  assert.ok(implies(eq('1.0'), [{ field: 'f', op: 'in', value: ['1', '2'] }], decimal));

  const moment = (): string => 'date-time';
  const since = range({ gte: '2026-01-01T00:00:00+08:00' });
  const earlier = range({ gte: '2026-01-01T00:00:01+23:59' });
  assert.ok(!implies(earlier, since, moment) && implies(since, earlier, moment));
  const day = range({ gte: '2026-01-01' });
  assert.ok(implies(day, since, moment) && implies(since, day, moment), 'a day begins at midnight in China');
  assert.ok(!implies(range({ gte: '2025-12-31' }), since, moment));

  // by code units U+1F600 comes before U+FF01, by bytes after it
  assert.ok(!implies(range({ lte: '\u{1f600}' }), range({ lte: '\uff01' })));
  assert.ok(implies(range({ lte: '\uff01' }), range({ lte: '\u{1f600}' })));

  const area = [{ field: 'f', op: 'within' as const, value: { box: [118, 30, 119, 31] } }];
  assert.ok(implies(area, area) && !implies(eq('a'), area) && !implies(area, range({ gte: 1 })));
});

test('replay reports which answers would change, how often and with examples', () => {
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
