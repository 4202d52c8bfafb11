/** What an entry shows to be against the documents, or cannot show, is not replayed as the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Leaf } from '../../log/leaf.ts';
import { decide } from '../decide.ts';
import type { DecisionRequest } from '../decision.ts';
import { entryFacts } from '../entryFacts.ts';
import { agreement, now, plans, request } from '../fixtures/smallSets.ts';
import type { Plans } from '../plans.ts';
import { replayEntry } from './replayEntry.ts';

/** The entry that a call left. */
function leaf(under: Plans, more: Partial<Leaf> = {}, requested: Partial<DecisionRequest> = {}): Leaf {
  const whole = { ...request, ...requested };
  const decision = decide(whole, under, now);
  return {
    v: 1,
    id: 'call',
    at: new Date(now).toISOString(),
    operation: 'queryDataset',
    actor: {},
    ...entryFacts(whole, decision),
    ...(decision.effect === 'deny' ? { decision: 'deny', code: decision.code } : { decision: 'allow' }),
    ...more,
  };
}
const outcome = (one: Leaf, under: Plans): unknown => replayEntry(one, under)?.outcome;

const pages = plans(agreement());
const granting = (delivery: string): Plans => plans(agreement({ grant: `    deliveries: [${delivery}]\n` }));
const stream = { id: 'stream', state: 'open' } as const;

test('a form of answer that the agreement does not grant differs', () => {
  for (const [delivery, entry] of [
    ['stream', { operation: 'streamRecords', stream }],
    ['stream', { operation: 'streamRecords', stream: { id: 'stream', state: 'part', rows: 5_000 } }],
    ['changes', { operation: 'streamRecords', stream, change: { gone: 0, more: true } }],
    ['export', { operation: 'requestExport', stream }],
    ['export', { operation: 'makeExports', stream: { id: 'stream', state: 'part' } }],
    ['export', { operation: 'downloadExport' }],
    ['changes', { operation: 'listChanges', change: { feed: 'feed', gone: 0, more: false } }],
    ['events', { operation: 'pullEvents' }],
    ['events', { operation: 'deliverEvents' }],
    ['batch', { operation: 'batchQuery', asked: 3 }],
  ] as const) {
    const granted =
      delivery === 'batch'
        ? plans(agreement({ grant: '    deliveries: [batch]\n    lookupBy: [person_id]\n' }))
        : granting(delivery);
    const name = `${delivery} ${entry.operation}`;
    assert.equal(outcome(leaf(granted, entry), granted), 'same', name);
    const differing = replayEntry(leaf(pages, entry), pages);
    assert.deepEqual(
      differing,
      { outcome: 'differs', logged: 'allow', decided: 'deny delivery_not_agreed' },
      name,
    );
  }
  // the end of a stream, which delivers nothing itself, does not record what it was
  const end = { operation: 'streamRecords', stream: { id: 'stream', state: 'complete' } } as const;
  const ofFeed = granting('changes');
  assert.equal(outcome(leaf(ofFeed, end), ofFeed), 'same');
  assert.equal(outcome(leaf(ofFeed, { ...end, rows: { delivered: 9, withheld: 0 } }), ofFeed), 'differs');
});

test('more rows or subjects than one call may have differ; a part of a stream may have more rows', () => {
  const limits = '{ rowsPerCall: 10, subjectsPerCall: 2 }';
  const limited = plans(
    agreement({
      grant: `    deliveries: [batch, stream]\n    lookupBy: [person_id]\n    limits: ${limits}\n`,
    }),
  );
  const rows = (delivered: number): Pick<Leaf, 'rows'> => ({ rows: { delivered, withheld: 0 } });
  const batch = { operation: 'batchQuery', asked: 2 };
  for (const [entry, expected] of [
    [rows(10), 'same'],
    [rows(11), 'differs'],
    [{ ...batch, ...rows(20) }, 'same'],
    [{ ...batch, ...rows(21) }, 'differs'],
    [{ ...batch, asked: 3 }, 'differs'],
    [{ operation: 'streamRecords', stream: { ...stream, state: 'part' }, ...rows(1_000) }, 'same'],
  ] as const)
    assert.equal(outcome(leaf(limited, entry), limited), expected, JSON.stringify(entry));
});

test('an allowed entry that lacks what its decision writes differs, except at the end of a stream', () => {
  for (const name of ['fields', 'withheld', 'provider'] as const) {
    const { [name]: _, ...without } = leaf(pages);
    assert.equal(outcome(without as Leaf, pages), 'differs', name);
  }
  const granted = granting('stream');
  const end = { operation: 'streamRecords', stream: { id: 'stream', state: 'aborted' } } as const;
  const { fields: _fields, withheld: _withheld, ...without } = leaf(granted, end);
  assert.equal(outcome(without as Leaf, granted), 'same');
  // a call that was denied after its decision released nothing
  const { fields: _, ...denied } = leaf(pages, { decision: 'deny', code: 'quota_exhausted' });
  assert.equal(outcome(denied as Leaf, pages), 'same');
});

test('decision and code contradict each other', () => {
  assert.equal(outcome(leaf(pages, { code: 'field_not_granted' }), pages), 'differs');
  assert.equal(outcome(leaf(pages, { decision: 'deny' }), pages), 'differs');
});

test('whether an event of a response plan was open is not decided', () => {
  const closed = leaf(pages, { decision: 'deny', code: 'purpose_closed' });
  assert.equal(outcome(closed, pages), 'possible');
});
