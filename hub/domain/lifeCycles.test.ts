import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { policyDocumentLife } from './agreement.ts';
import { batchLife } from './batch.ts';
import { demandLife } from './demand.ts';
import { disputeLife } from './dispute.ts';
import { datasetLife, receives, releases } from './dataset.ts';
import { nonEmpty } from '../../tests/nonEmpty.ts';
import { openEventLife, stepLife } from './openEvent.ts';
import { proposalLife } from './proposal.ts';
import { schemaVersionLife } from './schemaVersion.ts';
import { stateAfter, statesBefore, transition, type LifeCycle } from './lifeCycle.ts';

const cycles: readonly (readonly [string, LifeCycle<string, string>, string])[] = [
  ['agreement', policyDocumentLife, 'draft'],
  ['batch', batchLife, 'receiving'],
  ['schema version', schemaVersionLife, 'draft'],
  ['dataset', datasetLife, 'published'],
  ['dispute', disputeLife, 'between'],
  ['demand', demandLife, 'office'],
  ['open event', openEventLife, 'open'],
  ['step of an open event', stepLife, 'waiting'],
];

test('every state of a life cycle can be reached, and every act leads to a state of it', () => {
  for (const [name, cycle, start] of cycles) {
    const reached = new Set([start]);
    for (const state of reached) {
      for (const next of Object.values(cycle[state] ?? {})) if (next !== undefined) reached.add(next);
    }
    assert.deepEqual([...reached].sort(), Object.keys(cycle).sort(), name);
  }
});

test('an act that a state does not allow is refused by name', () => {
  assert.throws(() => transition(policyDocumentLife, 'Agreement agr-1', 'superseded', 'approve'), {
    code: 'transition_not_allowed',
    facts: { what: 'Agreement agr-1', state: 'superseded', act: 'approve' },
  });
  assert.throws(() => transition(batchLife, 'batch b', 'receiving', 'constructor' as 'commit'), {
    code: 'transition_not_allowed',
  });
  assert.throws(() => transition(batchLife, 'batch b', 'toString' as 'held', 'commit'), {
    code: 'transition_not_allowed',
  });
});

test('what is revoked or superseded never comes back', () => {
  assert.deepEqual(policyDocumentLife.revoked, {});
  assert.deepEqual(policyDocumentLife.superseded, {});
});

test('where acts begin and lead, as the statements of the store ask for it', () => {
  assert.deepEqual(statesBefore(batchLife, 'commit', 'retry'), ['receiving', 'failed']);
  assert.deepEqual(statesBefore(batchLife, 'supersede'), ['published']);
  assert.equal(stateAfter(batchLife, 'repeat'), 'superseded');
  const forked: LifeCycle<'a' | 'b', 'go'> = { a: { go: 'b' }, b: { go: 'a' } };
  assert.throws(() => stateAfter(forked, 'go'), TypeError);
});

test('a state that a statement of the store writes follows in the table from the state that it requires', () => {
  const lives: Readonly<Record<string, LifeCycle<string, string>>> = {
    policy_document: policyDocumentLife,
    schema_version: schemaVersionLife,
    proposal: proposalLife,
    batch: batchLife,
    dataset: datasetLife,
    dispute: disputeLife,
    demand: demandLife,
    open_event: openEventLife,
    event_step: stepLife,
  };
  const store = resolve(import.meta.dirname, '..');
  const written = readdirSync(store, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(^|\/)store\/.*(?<!\.test)\.ts$/.test(name))
    .flatMap((name) => [
      ...readFileSync(join(store, name), 'utf8').matchAll(
        /UPDATE (\w+)(?: AS \w+)? SET state = '(\w+)'[^`"]*?\bstate = '(\w+)'/g,
      ),
    ])
    .filter(([, table = '']) => Object.hasOwn(lives, table));
  assert.deepEqual(written.map(([, table, to, from]) => `${table}: ${from} → ${to}`).sort(), [
    'open_event: open → closed',
    'policy_document: submitted → returned',
    'policy_document: submitted → superseded',
    'schema_version: inReview → draft',
  ]);
  for (const [, table = '', to, from = ''] of nonEmpty(written))
    assert.ok(Object.values(lives[table]?.[from] ?? {}).includes(to), `${table}: ${from} → ${to}`);
});

test('a suspended or retired dataset gives no rows and takes none', () => {
  for (const state of ['suspended', 'retired'] as const) {
    assert.equal(releases(state), false);
    assert.equal(receives(state), false);
  }
});

for (const [what, life, page, begun] of [
  ['batch', batchLife, 'intake', ''],
  ['dispute', disputeLife, 'requests', ': raise'],
  ['demand', demandLife, 'requests', ': make'],
] as const)
  test(`the life of a ${what} is drawn in the documents as the table has it`, () => {
    const edges = Object.entries<Readonly<Record<string, string>>>(life).flatMap(([state, acts]) =>
      Object.entries(acts).map(([act, next]) => `    ${state} --> ${next}: ${act}`),
    );
    for (const file of [`${page}.md`, `${page}.zh-CN.md`]) {
      const text = readFileSync(resolve(import.meta.dirname, '../../docs', file), 'utf8');
      const [first = ''] = Object.keys(life);
      const begin = `    [*] --> ${first}${begun}\n`;
      assert.ok(text.includes(begin), `${file} draws no ${what}`);
      const [drawing = ''] = text.slice(text.indexOf(begin)).split('\n```');
      const drawn = drawing.split('\n').filter((line) => line.includes(' --> ') && !line.includes('[*]'));
      assert.deepEqual([...drawn].sort(), [...edges].sort(), file);
    }
  });
