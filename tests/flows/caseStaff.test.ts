/** Persons of the provider and of contributors read and change cases: as their department, and never more than its agreement grants. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import { writeDemoState } from '../demoState.ts';
import { nonEmpty } from '../nonEmpty.ts';
import { typedDatong } from '../typedDatong.ts';
import { lastLeaf } from './leaves.ts';
import { agreementOf, row, streetCases, type Row } from './streetCases.ts';
import { cityHub } from '../cityHub.ts';

type Answer = components['schemas']['QueryAnswer'];
type CaseDataset = components['schemas']['CaseDataset'];

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const home = mkdtempSync(join(tmpdir(), 'datong-case-staff-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const { apply, dataset, push, age } = await streetCases(hub, city);
const [clerk, owner, stranger, auditor] = await Promise.all([
  hub.token('case clerk', ['clerk'], 'education'),
  hub.token('case owner', ['steward'], 'ecology'),
  hub.token('case stranger', ['clerk'], 'transport'),
  hub.token('case auditor', ['auditor'], 'education'),
]);
const phone = '13800009999';
let id = '';
const agreementNamed = (consumer: string): string => `agr-${consumer}-${id.split('.')[1] ?? ''}`;

async function ask(token: string, department: string, more: object = {}) {
  const body = { agreement: agreementNamed(department), purpose: 'environment-study', ...more };
  const { status, json } = await hub.staff(
    token,
    'POST',
    `/v1/datasets/${id}/cases?department=${department}`,
    body,
  );
  return { status, code: json['code'], answer: json as unknown as Answer, text: JSON.stringify(json) };
}
const change = (token: string, department: string, name: string, version: number, set: Row) =>
  hub.staff(token, 'POST', `/v1/datasets/${id}/rows/changes?department=${department}`, {
    key: { case: name },
    version,
    set,
  });
const casesOf = ({ records }: Answer): readonly unknown[] => records.map((one) => one['case']);

before(async () => {
  id = await dataset();
  // the provider works under an agreement with itself
  const whole = { rows: undefined, filterBy: ['case'], deliveries: ['history'] };
  await apply([
    agreementOf(id, 'ecology', { ...whole, fields: { case: { mask: 'clear' }, phone: { mask: 'clear' } } }),
  ]);
  await push(id, [row('a', 'education'), row('b', 'pub-security'), row('c', 'education')]);
});

describe('reading', () => {
  test('a clerk of a contributor gets its cases without the phone; the entry names department, person and masks', async () => {
    const { status, answer, text } = await ask(clerk, 'education');
    assert.equal(status, 200, text);
    assert.deepEqual(casesOf(answer), ['a', 'c']);
    assert.deepEqual(answer.versions, [1, 1]);
    assert.deepEqual(
      answer.due?.map((one) => one?.transition),
      ['accept', 'accept'],
    );
    assert.ok(!text.includes(phone) && !text.includes('person a'));
    const leaf = await lastLeaf(database);
    const { kind, operation, consumer, agreement, onBehalfOf, fields, actor } = leaf;
    assert.deepEqual([kind, operation, consumer], ['release', 'queryCases', 'education']);
    assert.equal(agreement, agreementNamed('education'));
    assert.equal(onBehalfOf, actor.person);
    assert.equal(fields?.['place'], 'clear');
    assert.ok(!JSON.stringify(leaf).includes('荷塘街'));
  });

  test('filters, pages and the history of one case are those of the agreement', async () => {
    const filter = [{ field: 'case', op: 'eq', value: 'c' }];
    assert.deepEqual(casesOf((await ask(clerk, 'education', { query: { filter } })).answer), ['c']);
    const first = (await ask(clerk, 'education', { query: { limit: 1 } })).answer;
    const next = await ask(clerk, 'education', { query: { limit: 1, cursor: first.nextCursor } });
    assert.deepEqual([casesOf(first), casesOf(next.answer)], [['a'], ['c']]);
    const history = await ask(clerk, 'education', { query: { filter, history: true } });
    assert.deepEqual(
      history.answer.history?.map(({ version, department }) => [version, department]),
      [[1, 'ecology']],
    );
    const byPhone = [{ field: 'phone', op: 'eq', value: phone }];
    assert.equal((await ask(clerk, 'education', { query: { filter: byPhone } })).code, 'filter_not_granted');
    assert.equal((await ask(clerk, 'education', { query: { fields: ['phone'] } })).code, 'field_not_granted');
  });

  test('a steward of the provider gets what its agreement with itself grants', async () => {
    const { answer, text } = await ask(owner, 'ecology');
    assert.deepEqual(casesOf(answer), ['a', 'b', 'c'], text);
    assert.ok(text.includes(phone));
    // without the state there is no deadline
    assert.equal(answer.due, undefined);
  });

  test('another department, another role, another agreement, other datasets, no department', async () => {
    assert.equal((await ask(clerk, 'ecology')).code, 'not_your_department');
    assert.equal((await ask(stranger, 'education')).code, 'not_your_department');
    assert.equal((await ask(auditor, 'education')).status, 403);
    assert.equal(
      (await ask(clerk, 'education', { agreement: agreementNamed('ecology') })).code,
      'agreement_unknown',
    );
    assert.equal((await ask(stranger, 'transport')).status, 403);
    const without = await hub.staff(clerk, 'POST', `/v1/datasets/${id}/cases`, {
      agreement: agreementNamed('education'),
      purpose: 'environment-study',
    });
    assert.equal(without.json['code'], 'acting_department_missing');
    const matter = await ask(clerk, 'education', { matter: '11010519491231002X' });
    assert.equal(matter.code, 'header_identity_number');
    const leaf = await lastLeaf(database);
    assert.ok(!JSON.stringify(leaf).includes('11010519491231002X'));
  });
});

test('a department that does not work on the cases reads none in a browser, whatever its agreement grants', async () => {
  const transport = await hub.enrol('transport');
  await apply([agreementOf(id, 'transport', {})], [transport]);
  assert.equal((await ask(stranger, 'transport')).code, 'not_a_contributor');
  assert.equal((await ask(stranger, 'transport', { notices: 'missed' })).code, 'not_a_contributor');
});

test('the list of datasets has fields, steps and agreements of each department', async () => {
  const { json } = await hub.staff(clerk, 'GET', '/v1/case-datasets');
  const { datasets } = json as unknown as { datasets: readonly CaseDataset[] };
  const [one] = datasets;
  assert.ok(one);
  assert.deepEqual([datasets.length, one.dataset, one.department, one.state], [1, id, 'education', 'status']);
  assert.deepEqual(one.steps, [
    { id: 'accept', from: 'open', to: 'accepted' },
    { id: 'finish', from: 'accepted', to: 'done' },
  ]);
  assert.deepEqual(one.titles, {
    states: { open: { zh: '待受理', en: 'waiting' } },
    transitions: { accept: { zh: '受理', en: 'Accept' } },
  });
  assert.deepEqual(one.sets, ['note', 'cost']);
  assert.deepEqual(
    one.fields.map(({ name, kind }) => `${name} ${kind}`),
    ['case text', 'place text', 'status choice', 'assigned_to text', 'note text', 'cost number'],
  );
  assert.deepEqual(
    one.agreements.map(({ agreement, history, filterBy, masked }) => ({
      agreement,
      history,
      filterBy,
      masked,
    })),
    [
      {
        agreement: agreementNamed('education'),
        history: true,
        filterBy: ['case', 'note', 'assigned_to'],
        masked: [],
      },
    ],
  );
  assert.deepEqual((await hub.staff(stranger, 'GET', '/v1/case-datasets')).json, { datasets: [] });
});

test('a clerk makes a step of their department by version, and no other', async () => {
  const done = await change(clerk, 'education', 'a', 1, { status: 'accepted', note: '已派工队' });
  assert.deepEqual([done.status, done.json['version'], done.json['transition']], [200, 2, 'accept']);
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.operation, leaf.change?.['fields']], ['changeRow', 'status, note']);
  assert.ok(leaf.actor.person !== undefined && !JSON.stringify(leaf).includes('已派工队'));
  const { answer } = await ask(clerk, 'education', {
    query: { filter: [{ field: 'case', op: 'eq', value: 'a' }], history: true },
  });
  assert.deepEqual(
    answer.history?.map(({ department, transition }) => [department, transition]),
    [
      ['ecology', undefined],
      ['education', 'accept'],
    ],
  );
  for (const [department, name, version, set, code] of [
    ['education', 'a', 1, { note: 'x' }, 'row_version_other'],
    ['education', 'b', 1, { note: 'x' }, 'row_unknown'],
    ['education', 'a', 2, { phone: '1' }, 'row_field_not_yours'],
    ['education', 'a', 2, { status: 'checked' }, 'row_transition_not_allowed'],
    ['pub-security', 'b', 1, { note: 'x' }, 'not_your_department'],
  ] as const)
    assert.equal((await change(clerk, department, name, version, set)).json['code'], code, name);
  assert.equal(
    (await change(stranger, 'transport', 'a', 2, { note: 'x' })).json['code'],
    'not_a_contributor',
  );
});

test('overdue cases: a contributor gets its own, the provider all; pages continue', async () => {
  await age(id, 10 * 24 * 3_600_000);
  assert.equal((await ask(clerk, 'education', { notices: 'missed' })).answer.records.length, 0);
  assert.equal(await hub.hub.runner.run('noticeDeadlines'), 'ok');
  const mine = await ask(clerk, 'education', { notices: 'missed' });
  assert.deepEqual(casesOf(mine.answer).toSorted(), ['a', 'c'], mine.text);
  assert.equal(mine.answer.due?.length, 2);
  for (const one of nonEmpty(mine.answer.due)) assert.ok(Date.parse(one?.at ?? '') < database.now());
  assert.ok(!mine.text.includes(phone));
  const first = (await ask(clerk, 'education', { notices: 'missed', query: { limit: 1 } })).answer;
  const query = { limit: 1, cursor: first.nextCursor };
  const next = (await ask(clerk, 'education', { notices: 'missed', query })).answer;
  assert.deepEqual([...casesOf(first), ...casesOf(next)].toSorted(), ['a', 'c']);
  assert.equal(next.nextCursor, undefined);
  assert.equal((await ask(clerk, 'education', { query })).code, 'cursor_invalid');
  // a deadline discloses the state, which the provider's own agreement does not grant yet
  assert.equal((await ask(owner, 'ecology', { notices: 'missed' })).code, 'case_notices_unfit');
  const fields = { case: { mask: 'clear' }, status: { mask: 'clear' } };
  await apply([
    { ...agreementOf(id, 'ecology', { rows: undefined, filterBy: ['case'], fields }), version: 2 },
  ]);
  const all = await ask(owner, 'ecology', { notices: 'missed' });
  assert.deepEqual(casesOf(all.answer).toSorted(), ['a', 'b', 'c'], all.text);
  const sorted = { notices: 'missed', query: { sort: ['case'] } };
  assert.equal((await ask(clerk, 'education', sorted)).code, 'case_notices_unfit');
});

test('the agreement names the fields that it grants under a mask', async () => {
  const fields = { case: { mask: 'clear' }, status: { mask: 'clear' }, phone: { mask: 'phone' } };
  await apply([
    { ...agreementOf(id, 'ecology', { rows: undefined, filterBy: ['case'], fields }), version: 3 },
  ]);
  const { json } = await hub.staff(owner, 'GET', '/v1/case-datasets');
  const [one] = json['datasets'] as readonly CaseDataset[];
  assert.deepEqual(
    one?.agreements.map(({ masked }) => masked),
    [['phone']],
  );
});

test('datong rows cases and datong rows case print what the agreement of the department grants', async () => {
  const state = join(home, 'demo.json');
  writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, { clerk, owner });
  const datong = (...words: readonly string[]) =>
    typedDatong(words, { cwd: home, env: { DATONG_STATE: state, LANG: 'en_GB.UTF-8' } });
  const all = await datong('rows', 'cases', id, '--as', 'clerk');
  assert.equal(all.code, 0, all.stderr);
  assert.deepEqual(
    all.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/).slice(0, 3)),
    [
      ['a', 'accepted', 'v2'],
      ['c', 'open (waiting)', 'v1'],
    ],
  );
  assert.match(all.stdout, /finish 20\d\d-/);
  assert.ok(!all.stdout.includes(phone));
  const first = await datong('rows', 'cases', id, '--as', 'clerk', '--limit', '1', '--json');
  const { cases } = JSON.parse(first.stdout) as { cases: readonly { record: Row; version: number }[] };
  assert.deepEqual(
    cases.map(({ record, version }) => [record['case'], version]),
    [['a', 2]],
  );
  assert.match(first.stderr, /the first 1 are listed/);
  const found = await datong('rows', 'cases', id, '--as', 'clerk', '--filter', 'case=c');
  assert.match(found.stdout, /^c {2,}open/);
  const one = await datong('rows', 'case', id, '--as', 'clerk', '--key', 'case=a');
  assert.equal(one.code, 0, one.stderr);
  assert.match(one.stdout, /^Cases$/m);
  assert.match(one.stdout, /^Field \(note\): 已派工队$/m);
  assert.match(
    one.stdout,
    /^v2 +20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00 +Yunqi Education Bureau +Accept +Field, Field$/m,
  );
  assert.ok(!one.stdout.includes(phone));
  const foreign = await datong('rows', 'case', id, '--as', 'clerk', '--key', 'case=b');
  assert.deepEqual([foreign.code, foreign.stdout], [1, '']);
  const other = await datong('rows', 'cases', id, '--as', 'clerk', '--department', 'ecology');
  assert.equal(other.code, 2);
  assert.match(other.stderr, /--department is one of: education/);
});
