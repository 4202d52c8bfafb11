/** Calls of the log under future documents: differences are reported, and what no entry records is not reported as equal. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Leaf } from '../../log/leaf.ts';
import { decide } from '../decide.ts';
import type { DecisionRequest } from '../decision.ts';
import { entryFacts } from '../entryFacts.ts';
import { agreement, now, plans, request, restriction } from '../fixtures/smallSets.ts';
import type { Plans } from '../plans.ts';
import { diffPlans } from './diff.ts';
import { replayEntry } from './replayEntry.ts';
import { Simulation, type SimulationReport } from './simulation.ts';

let count = 0;
/** The entry that a call left. */
function leaf(requested: Partial<DecisionRequest>, under: Plans, more: Partial<Leaf> = {}): Leaf {
  const whole = { ...request, ...requested };
  const decision = decide(whole, under, now);
  count += 1;
  return {
    v: 1,
    id: `call-${count}`,
    at: '2026-05-01T00:00:00.000Z',
    operation: 'queryDataset',
    actor: {},
    ...entryFacts(whole, decision),
    ...(decision.effect === 'deny' ? { decision: 'deny', code: decision.code } : { decision: 'allow' }),
    ...more,
  };
}

function simulated(before: Plans, after: Plans, leaves: readonly Leaf[], id = 'agr-a'): SimulationReport {
  const simulation = new Simulation({ before, after, cells: diffPlans(before, after).cells }, id, now, 2);
  for (const one of leaves) simulation.add(one);
  return simulation.report();
}
const reported = ({ changes }: SimulationReport): string[] =>
  changes.map(({ kind, change, count: times }) => `${kind} ${times} ${change}`);

const base = plans(
  agreement(),
  agreement({ id: 'agr-b', consumer: 'transport', purposes: '[public-safety]' }),
);
const others = { consumer: 'transport', agreement: 'agr-b', purpose: 'public-safety' };

describe('a simulation', () => {
  test('counts what would be refused, what would be answered, and other masks, with a few exchanges', () => {
    const after = plans(
      agreement({ version: 2, purposes: '[school-meals]', fields: '{ name: { mask: clear } }' }),
      agreement({ id: 'agr-b', consumer: 'transport', purposes: '[public-safety]' }),
    );
    const calls = [
      leaf({}, base),
      leaf({}, base),
      leaf({}, base),
      leaf({ purpose: 'school-meals' }, base),
      leaf(others, base),
    ];
    const report = simulated(base, after, calls);
    assert.deepEqual(reported(report), [
      'refused 3 allow → deny purpose_not_agreed',
      'granted 1 deny purpose_not_agreed → allow',
    ]);
    assert.deepEqual(report.changes[0]?.exchanges, [calls[0]?.id, calls[1]?.id]);
    const { calls: all, same, different, open } = report;
    assert.deepEqual({ all, same, different, open }, { all: 5, same: 1, different: 4, open: 0 });
    const masked = plans(agreement({ fields: '{ name: { mask: clear }, region_code: { mask: clear } }' }));
    assert.deepEqual(
      reported(simulated(base, masked, [leaf({}, base), leaf({ fields: ['region_code'] }, base)])),
      ['changed 1 field name: personName(fixed=false) → clear'],
    );
  });

  test('of a restriction touches the calls of agreements that it narrows, and of no others', () => {
    const after = plans(
      agreement(),
      agreement({ id: 'agr-b', consumer: 'transport', purposes: '[public-safety]' }),
      restriction(
        'when: { field: [name], purposeNotUnder: [public-safety] }\nfloor: { mask: personName, fixed: true }',
      ),
    );
    const report = simulated(base, after, [leaf({}, base), leaf(others, base)], 'res-a');
    assert.deepEqual(reported(report), [
      'changed 1 field name: personName(fixed=false) → personName(fixed=true)',
    ]);
    assert.equal(report.same, 1);
  });

  test('takes a caller that got all fields to have named none: one field fewer is no refusal', () => {
    const after = plans(agreement({ fields: '{ name: { mask: personName } }' }));
    const whole = leaf({ fields: ['name', 'region_code'] }, base);
    assert.deepEqual(reported(simulated(base, after, [whole])), [
      'changed 1 field region_code: clear → withheld',
    ]);
    assert.deepEqual(reported(simulated(base, after, [leaf({ fields: ['region_code'] }, base)])), [
      'refused 1 allow → deny field_not_granted',
    ]);
  });

  test('leaves open what follows from values that no entry holds', () => {
    const filtered = plans(agreement({ grant: '    filterBy: [region_code]\n' }));
    const call = leaf({ filter: [{ field: 'region_code', op: 'eq', value: '990101' }] }, filtered);
    const report = simulated(filtered, base, [call]);
    assert.deepEqual([reported(report), report.same], [['open 1 (filterBy)'], 0]);
    const wrong = leaf({ fields: ['income'] }, base);
    assert.equal(wrong.code, 'field_not_granted');
    const wider = plans(
      agreement({
        fields: '{ name: { mask: personName }, region_code: { mask: clear }, income: { mask: clear } }',
      }),
    );
    assert.deepEqual(reported(simulated(base, wider, [wrong])), ['open 1 field_not_granted']);
    assert.equal(simulated(base, base, [wrong], 'agr-b').same, 1);
  });

  test('counts a stream once, and nothing that is no decision', () => {
    const stream = plans(agreement({ grant: '    deliveries: [stream]\n' }));
    const open = leaf({ stream: true }, stream, {
      operation: 'streamRecords',
      stream: { id: 'stream-1', state: 'open' },
    });
    const part: Leaf = { ...open, stream: { id: 'stream-1', state: 'part' } };
    const { policy: _policy, ...undecided } = leaf({}, base);
    const report = simulated(stream, base, [open, part, undecided, { ...open, kind: 'inspect' }]);
    assert.deepEqual(
      [report.calls, reported(report), report.changes[0]?.exchanges],
      [1, ['refused 1 allow → deny delivery_not_agreed'], ['stream-1']],
    );
    // the first copy of a feed of changes is a stream under the delivery `changes`
    const feed = plans(agreement({ grant: '    deliveries: [changes]\n' }));
    const copy: Leaf = { ...open, change: { gone: 0, more: true } };
    assert.deepEqual([reported(simulated(feed, feed, [copy])), simulated(feed, feed, [copy]).same], [[], 1]);
  });
});

test('an entry of a release that called a field dropped by the agreement withheld by a restriction is the same', () => {
  const under = plans(agreement({ fields: '{ name: { mask: clear }, income: { mask: drop } }' }));
  const entry = leaf({}, under);
  assert.equal(entry.withheld?.['income'], 'not_granted');
  const former = { ...entry, withheld: { ...entry.withheld, income: 'withheld_by_restriction' } };
  assert.deepEqual(replayEntry(former, under), { outcome: 'same' });
  const { income: _income, ...fewer } = former.withheld;
  assert.equal(replayEntry({ ...former, withheld: fewer }, under)?.outcome, 'differs');
  const floor = restriction('when: { field: [income] }\nfloor: { mask: drop }');
  const restricted = plans(
    agreement({ fields: '{ name: { mask: clear }, income: { mask: clear } }' }),
    floor,
  );
  assert.equal(replayEntry(entry, restricted)?.outcome, 'differs');
});
