/** Persons of a department try queries on invented rows: by the flow of their system, without its key, and without an entry for each look. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import { cityHub } from '../cityHub.ts';
import { answerFault } from '../contractAnswers.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { lastLeaf } from './leaves.ts';

type Question = components['schemas']['SandboxQuestion'];
type Trial = components['schemas']['SandboxTrial'];

const { database, hub, city } = await cityHub({ jobsByTime: false });
after(() => hub.stop());
const household = 'pub-security.household';
const agreement = 'agr-school-enrolment';
const matter = 'YX-2026-000123';
const teacher = await hub.token('trying teacher', ['steward'], 'education');
const ecologist = await hub.token('trying ecologist', ['auditor'], 'ecology');
const officer = await hub.token('trying officer', ['security']);
const security = await hub.token('counting security', ['security']);

async function tried(
  question: Question,
  { by = teacher, department = 'education', dataset = household } = {},
): Promise<{ readonly status: number; readonly code: unknown; readonly trial: Trial }> {
  const path = `/v1/datasets/${dataset}/sandbox-trials?department=${department}`;
  const { status, json } = await hub.staff(by, 'POST', path, question);
  if (status === 200) assert.equal(answerFault('trySandbox', 200, json), '');
  return { status, code: json['code'], trial: json as unknown as Trial };
}
const about = (value: string | number | boolean) => ({
  filter: [{ field: 'person_id', op: 'eq' as const, value }],
});

test('a person sees what a query can name, and gets the rows that the system of the department gets', async () => {
  const { trial } = await tried({ agreement });
  assert.equal(trial.answer, undefined, 'no query, no rows');
  assert.deepEqual([trial.matter, trial.rowsPerCall, trial.synthetic.from], [true, 10, 'agreement']);
  const lookup = trial.filters.find(({ lookup: one }) => one) ?? assert.fail();
  assert.equal(lookup.field, 'person_id');
  for (const value of nonEmpty(lookup.values)) {
    assert.match(String(value), /^99\d{15}[\dX]$/, 'the number of no person');
    const { answer } = (await tried({ agreement, matter, query: about(value) })).trial;
    const system = await city.education.client.sandbox.query(household, about(value), {
      agreement,
      onBehalfOf: 'official-17',
      matter,
    });
    assert.deepEqual(answer, system.json);
    assert.equal(answer.records[0]?.['person_id'], `${String(value).slice(0, 6)}************`);
  }
});

test('a trial is refused as a call of the system is, and the refusal has an entry that names the person and no value', async () => {
  const [value = ''] = (await tried({ agreement })).trial.filters.find(({ lookup }) => lookup)?.values ?? [];
  const code = async (question: Question) => (await tried({ agreement, ...question })).code;
  assert.equal(await code({ matter, query: {} }), 'lookup_missing');
  assert.equal(await code({ query: about(value) }), 'matter_missing');
  assert.equal(await code({ matter: 'XX-1', query: about(value) }), 'matter_not_agreed');
  assert.equal(await code({ matter, query: { ...about(value), fields: ['income'] } }), 'field_not_granted');
  assert.equal(await code({ matter, query: { ...about(value), limit: 11 } }), 'limit_too_high');
  assert.equal(await code({ matter: '11010519491231002X', query: {} }), 'header_identity_number');
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.kind, leaf.decision, leaf.operation], ['sandbox', 'deny', 'trySandbox']);
  assert.equal(typeof leaf.actor.person, 'string');
  assert.equal(JSON.stringify(leaf).includes('110105'), false);
});

test('a person tries for the departments of their roles alone', async () => {
  for (const by of [ecologist, officer])
    assert.deepEqual((({ status, code }) => [status, code])(await tried({ agreement }, { by })), [
      403,
      'not_your_department',
    ]);
  const { status, json } = await hub.staff(teacher, 'POST', `/v1/datasets/${household}/sandbox-trials`, {});
  assert.deepEqual([status, json['code']], [400, 'acting_department_missing']);
  const own = { by: ecologist, department: 'ecology' };
  assert.equal((await tried({ agreement }, own)).code, 'agreement_unknown', 'of another department');
  assert.equal((await tried({}, { ...own, dataset: 'pub-security.nothing' })).code, 'dataset_unknown');
  const stranger = (await tried({ query: { limit: 2 } }, own)).trial;
  assert.deepEqual([stranger.synthetic.from, stranger.answer?.records.length], ['default', 2]);
});

test('a page after the first is answered; its cursor belongs to the same question', async () => {
  const own = { by: ecologist, department: 'ecology' };
  const first = (await tried({ query: { limit: 2 } }, own)).trial.answer;
  const cursor = first?.nextCursor ?? assert.fail('more than one page');
  const second = (await tried({ query: { limit: 2, cursor } }, own)).trial.answer;
  assert.notDeepEqual(second?.records, first?.records);
  assert.equal((await tried({ agreement, matter, query: { cursor } })).code, 'lookup_missing');
  const other = { by: await hub.token('other', ['steward'], 'transport'), department: 'transport' };
  assert.equal((await tried({ query: { limit: 2, cursor } }, other)).code, 'cursor_invalid');
});

test('trials that are answered are counted by person and day, and have no entry each', async () => {
  const before = hub.hub.audit.size();
  await tried({ agreement });
  await tried({ query: { limit: 1 } }, { by: ecologist, department: 'ecology' });
  assert.equal(hub.hub.audit.size(), before);
  const { json } = await hub.staff(security, 'GET', '/v1/log/views');
  const counts = json['counts'] as components['schemas']['ViewCount'][];
  assert.ok(
    counts.some(({ operation, personName }) => operation === 'trySandbox' && personName === 'trying teacher'),
  );
});
