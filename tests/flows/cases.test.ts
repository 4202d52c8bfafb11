/** Rows that several departments work on: who may change which fields of which rows, by which transitions, and what changes at once. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { Query } from '../../clients/sdk/types.ts';
import { commit, reported, stateOf, uploaded } from './intakeCalls.ts';
import { lastLeaf } from './leaves.ts';
import {
  headers,
  json,
  readable,
  refusal,
  refused,
  row,
  rules,
  streetCases,
  urn,
  type Row,
} from './streetCases.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const { client: provider } = city.ecology;
const { client: roads } = city.education;
const { client: parks } = city.publicSecurity;

const { apply, nextId, dataset, push, change, read } = await streetCases(hub, city);

test('a case passes through its states; each change has an entry that names fields and no value', async () => {
  const id = await dataset();
  await push(id, [row('a-1', 'education')]);
  const { records, versions } = await read(roads, id);
  assert.deepEqual([records.map((one) => one['case']), versions], [['a-1'], [1]]);
  const accepted = await change(roads, id, 'a-1', {
    version: 1,
    set: { status: 'accepted', note: '已派工队' },
  });
  assert.deepEqual(
    [accepted.version, accepted.fields, accepted.transition],
    [2, ['status', 'note'], 'accept'],
  );
  const entry = await lastLeaf(database);
  assert.equal(entry.actor.department, 'education');
  assert.deepEqual(
    [entry.change?.['fields'], entry.change?.['transition'], entry.change?.['late']],
    ['status, note', 'accept', false],
  );
  assert.ok(!JSON.stringify(entry).includes('已派工队'));
  assert.equal(accepted.due?.transition, 'finish');
  const hours = (Date.parse(accepted.due.at) - Date.parse(entry.at)) / 3_600_000;
  assert.equal(hours, 24);
  await change(roads, id, 'a-1', { version: 2, set: { status: 'done', cost: 12.5 } });
  const checked = await change(provider, id, 'a-1', {
    version: 3,
    set: { status: 'checked', place: '荷塘街 2 号' },
  });
  assert.deepEqual([checked.version, checked.due], [4, undefined]);
  const after = await read(roads, id);
  assert.deepEqual(after.records, [
    {
      case: 'a-1',
      place: '荷塘街 2 号',
      status: 'checked',
      assigned_to: 'education',
      note: '已派工队',
      cost: 12.5,
    },
  ]);
  assert.deepEqual(after.versions, [4]);
  const { fields } = await change(provider, id, 'a-1', { version: 4, set: { remark: '夜间' } });
  assert.deepEqual(fields, ['remark'], 'an optional field that was empty');
});

describe('refusals', () => {
  let id = '';
  before(async () => {
    id = await dataset();
    await push(id, [row('mine', 'education'), row('theirs', 'pub-security')]);
  });
  const roadsChange = (set: Row, name = 'mine', version = 1) => change(roads, id, name, { version, set });

  test('fields of others, the key, unknown fields', async () => {
    for (const set of [
      { place: 'x' },
      { phone: '1' },
      { case: 'other' },
      { assigned_to: 'pub-security' },
      { none: 1 },
    ])
      assert.equal(await refusal(roadsChange(set)), 'row_field_not_yours', JSON.stringify(set));
    assert.equal(
      await refusal(change(provider, id, 'mine', { version: 1, set: { case: 'b' } })),
      'row_field_not_yours',
    );
  });

  test('another contributor’s row answers as one that does not exist, whatever the version or transition', async () => {
    for (const [set, version] of [
      [{ note: 'x' }, 1],
      [{ note: 'x' }, 7],
      [{ status: 'checked' }, 1],
    ] as const) {
      const otherChange = await refused(roadsChange(set, 'theirs', version));
      assert.equal(otherChange['code'], 'row_unknown');
      assert.deepEqual(otherChange, await refused(roadsChange(set, 'nowhere', version)));
    }
  });

  test('transitions that are not listed, or are another department’s', async () => {
    assert.equal(await refusal(roadsChange({ status: 'done' })), 'row_transition_not_allowed');
    assert.equal(await refusal(roadsChange({ status: 'open' })), 'row_transition_not_allowed');
    const byProvider = change(provider, id, 'mine', { version: 1, set: { status: 'accepted' } });
    assert.equal(await refusal(byProvider), 'row_transition_not_allowed');
  });

  test('values that the schema refuses, and values that are already there', async () => {
    assert.equal(await refusal(roadsChange({ note: 'x'.repeat(21) })), 'rows_refused');
    assert.equal(await refusal(roadsChange({ cost: -1 })), 'rows_refused');
    assert.equal(await refusal(roadsChange({ note: null })), 'row_unchanged');
  });

  test('an old version; the answer names the present one', async () => {
    const one = await dataset();
    await push(one, [row('v', 'education')]);
    await change(roads, one, 'v', { version: 1, set: { note: 'first' } });
    await assert.rejects(change(roads, one, 'v', { version: 1, set: { note: 'second' } }), (error) => {
      assert.ok(error instanceof DatongProblem);
      assert.equal(error.code, 'row_version_other');
      assert.match(error.text.en, /version 2/);
      return true;
    });
    assert.equal((await read(roads, one)).records[0]?.['note'], 'first');
  });

  test('a department that is no contributor, a dataset without the rules, files, and rows that replace cases', async () => {
    const none = await dataset({
      ...rules,
      contributors: rules.contributors.slice(0, 1),
      transitions: rules.transitions.map((one) => ({
        ...one,
        by: one.by.filter((by) => by !== 'pub-security'),
      })),
    });
    await push(none, [row('a', 'education')]);
    assert.equal(
      await refusal(change(parks, none, 'a', { version: 1, set: { note: 'x' } })),
      'not_a_contributor',
    );
    const other = change(provider, 'ecology.air-quality-hourly', 'a', { version: 1, set: { note: 'x' } });
    assert.equal(await refusal(other), 'rows_not_changeable');
    const file = provider.call({
      method: 'POST',
      path: `/v1/datasets/${none}/batches`,
      headers,
      body: json({}),
      receipt: 'optional',
    });
    assert.equal(await refusal(file), 'cases_by_call_only');
    const { quarantined } = await push(none, [row('a', 'education', { note: 'other' })]);
    assert.equal(quarantined[0]?.rule, 'key.stored');
  });
});

test('of two contributors at once one is stored and the other is refused by version', async () => {
  const everyones = {
    ...rules,
    contributors: rules.contributors.map(({ department, sets }) => ({ department, sets })),
  };
  const id = await dataset(everyones);
  await push(id, [row('both', 'education')]);
  const tries = await Promise.all(
    [roads, parks, roads, parks].map((client, nth) =>
      refusal(change(client, id, 'both', { version: 1, set: { note: `try ${nth}` } })),
    ),
  );
  assert.deepEqual(tries.toSorted(), ['accepted', ...Array<string>(3).fill('row_version_other')]);
  const winner = tries.indexOf('accepted');
  const { records, versions } = await read(roads, id);
  assert.deepEqual([records[0]?.['note'], versions], [`try ${winner}`, [2]]);
});

test('the same key gets the first answer and changes nothing twice', async () => {
  const id = await dataset();
  await push(id, [row('once', 'education')]);
  const send = () => change(roads, id, 'once', { version: 1, set: { note: 'x' }, key: 'change-once-0001' });
  const first = await send();
  assert.deepEqual(await send(), first);
  assert.deepEqual((await read(roads, id)).versions, [2]);
});

const versionsLeft = async (id: string): Promise<number> =>
  (await database.app.query('SELECT FROM row_version WHERE dataset = $1', [id])).rowCount ?? 0;

const ofCase = (name: string): Query => ({
  history: true,
  filter: [{ field: 'case', op: 'eq', value: name }],
});

test('the history of a row: who, when, from what; masked, filtered and page by page', async () => {
  const id = await dataset();
  await push(id, [row('h', 'education'), row('other', 'pub-security')]);
  await change(roads, id, 'h', { version: 1, set: { status: 'accepted', note: 'one' } });
  await change(provider, id, 'h', { version: 2, set: { phone: '13900000000', place: '荷塘街 3 号' } });
  const { records, history = [], versions } = await read(roads, id, ofCase('h'));
  assert.deepEqual(
    history.map(({ version, department, fields, transition }) => [version, department, fields, transition]),
    [
      [1, 'ecology', ['case', 'place', 'status', 'assigned_to', 'note', 'cost'], undefined],
      [2, 'education', ['status', 'note'], 'accept'],
      [3, 'ecology', ['place'], undefined],
    ],
  );
  assert.deepEqual(
    records.map(({ status, note, place }) => [status, note, place]),
    [
      ['open', null, '荷塘街 1 号'],
      ['accepted', 'one', '荷塘街 1 号'],
      ['accepted', 'one', '荷塘街 3 号'],
    ],
  );
  assert.equal(versions, undefined);
  assert.ok(!JSON.stringify([records, history]).includes('phone'));
  const pages: unknown[] = [];
  const agreement = `agr-education-${id.split('.')[1] ?? ''}`;
  const context = { purpose: 'environment-study', agreement, onBehalfOf: 'official-1' };
  for await (const page of roads.queryPages(id, { ...ofCase('h'), limit: 1 }, context))
    pages.push(page.json.history?.map(({ version }) => version));
  assert.deepEqual(pages, [[1], [2], [3]]);
  const filter = [...(ofCase('h').filter ?? []), { field: 'note', op: 'eq' as const, value: 'one' }];
  const some = await read(roads, id, { history: true, filter });
  assert.deepEqual(
    some.history?.map(({ version }) => version),
    [2, 3],
  );
});

test('a page of a history that is empty, with others after it, is no look-up without a match', async () => {
  const named = { deliveries: ['history'], requires: ['on-behalf-of', 'lookup'], lookupBy: ['case'] };
  const id = await dataset(rules, { ...named, filterBy: ['note'] });
  await push(id, [row('paged', 'education')]);
  await change(roads, id, 'paged', { version: 1, set: { status: 'accepted', note: 'one' } });
  const filter = [...(ofCase('paged').filter ?? []), { field: 'note', op: 'eq' as const, value: 'one' }];
  // as many as a department may look up in vain within an hour, and more
  for (let nth = 0; nth < 125; nth += 1) {
    const { records, nextCursor } = await read(roads, id, { history: true, filter, limit: 1 });
    assert.deepEqual([records.length, nextCursor === undefined], [0, false]);
  }
});

test('the history of another contributor’s row is that of a row that does not exist, also once it was passed on', async () => {
  const passing = {
    ...rules,
    contributors: rules.contributors.map((one) => ({ ...one, sets: ['note', 'assigned_to'] })),
  };
  const id = await dataset(passing);
  await push(id, [row('passed', 'education'), row('theirs', 'pub-security')]);
  const { records: otherChange } = await read(roads, id, ofCase('theirs'));
  const { records: none } = await read(roads, id, ofCase('nowhere'));
  assert.deepEqual([otherChange, none], [[], []]);
  await change(roads, id, 'passed', { version: 1, set: { assigned_to: 'pub-security', note: 'secret' } });
  assert.deepEqual((await read(roads, id, ofCase('passed'))).records, []);
  const { history = [] } = await read(parks, id, ofCase('passed'));
  assert.deepEqual(
    history.map(({ version }) => version),
    [2],
    'the version from before it was theirs is not shown',
  );
});

test('history is refused without its delivery, a key, or rules for cases, and where a version was altered', async () => {
  const without = await dataset(rules, {});
  await push(without, [row('a', 'education')]);
  assert.equal(await refusal(read(roads, without, ofCase('a'))), 'delivery_not_agreed');
  const id = await dataset();
  await push(id, [row('a', 'education')]);
  assert.equal(await refusal(read(roads, id, { history: true })), 'history_unfit');
  assert.equal(await refusal(read(roads, id, { ...ofCase('a'), sort: ['case'] })), 'history_unfit');
  assert.equal(await refusal(read(roads, id, { ...ofCase('a'), latest: true })), 'delivery_not_agreed');
  await change(roads, id, 'a', { version: 1, set: { note: 'x' } });
  await database.owner.query(
    'UPDATE row_version AS v SET sealed = o.sealed FROM row_version AS o WHERE v.dataset = $1 AND o.dataset = $1 AND v.version = 1 AND o.version = 2',
    [id],
  );
  assert.equal(await refusal(read(roads, id, ofCase('a'))), 'sealed_bytes_damaged');
  await database.owner.query('DELETE FROM row_version WHERE dataset = $1 AND version = 1', [id]);
  assert.equal(await refusal(read(roads, id, ofCase('a'))), 'rows_unauthenticated');
});

test('a consumer without the state in clear is not shown which transition was made', async () => {
  const without = Object.fromEntries(
    readable.filter((name) => name !== 'status').map((name) => [name, { mask: 'clear' }]),
  );
  const id = await dataset(rules, { deliveries: ['history'], fields: without });
  await push(id, [row('t', 'education')]);
  await change(roads, id, 't', { version: 1, set: { status: 'accepted', note: 'one' } });
  const { history = [] } = await read(roads, id, ofCase('t'));
  assert.deepEqual(
    history.map(({ version, fields, transition }) => [version, fields.includes('status'), transition]),
    [
      [1, false, undefined],
      [2, false, undefined],
    ],
  );
});

test('a deadline that was altered in the database refuses the change', async () => {
  const id = await dataset();
  await push(id, [row('d', 'education')]);
  await database.owner.query(
    "UPDATE row_version SET due_at = due_at + interval '30 days' WHERE dataset = $1",
    [id],
  );
  const late = change(roads, id, 'd', { version: 1, set: { status: 'accepted' } });
  assert.equal(await refusal(late), 'rows_unauthenticated');
  await database.owner.query(
    "UPDATE row_version SET due_at = due_at - interval '30 days' WHERE dataset = $1",
    [id],
  );
  assert.equal((await change(roads, id, 'd', { version: 1, set: { status: 'accepted' } })).version, 2);
});

test('a newest version that was deleted is found, in a change and in the history', async () => {
  const id = await dataset();
  await push(id, [row('n', 'education')]);
  await change(roads, id, 'n', { version: 1, set: { note: 'x' } });
  for (const version of [2, 1]) {
    await database.owner.query('DELETE FROM row_version WHERE dataset = $1 AND version = $2', [id, version]);
    const next = change(roads, id, 'n', { version: 1, set: { note: 'y' } });
    assert.equal(await refusal(next), 'rows_unauthenticated');
    assert.equal(await refusal(read(roads, id, ofCase('n'))), 'rows_unauthenticated');
  }
});

test('a row with a doubt that its mapping accepted is changed; a doubt about a new value is not', async () => {
  const id = await dataset();
  const name = `tell-${id.split('.')[1] ?? ''}`;
  const mapping = `ecology/${name}@1`;
  const fields = Object.fromEntries(
    ['case', 'reporter', 'place', 'status', 'assigned_to'].map((name) => [name, { from: name }]),
  );
  const document = { mapping, target: 'street-case@1', source: { format: 'json' }, doubts: 'tell', fields };
  await apply([{ kind: 'Mapping', dataset: id, document }]);
  const { json: answer } = await provider.call({
    method: 'POST',
    path: `/v1/datasets/${id}/rows?mapping=${name}`,
    headers,
    body: json([row('doubt', 'education', { place: '锟斤拷' })]),
    receipt: 'optional',
  });
  assert.equal((answer as { accepted: number }).accepted, 1);
  const unread = change(roads, id, 'doubt', { version: 1, set: { note: '锟斤拷' } });
  assert.equal(await refusal(unread), 'rows_refused');
  const changed = await change(roads, id, 'doubt', { version: 1, set: { status: 'accepted' } });
  assert.deepEqual([changed.version, changed.fields], [2, ['status']]);
});

test('a deleted row cannot be changed', async () => {
  const id = await dataset();
  await push(id, [row('gone', 'education')]);
  await provider.call({
    method: 'POST',
    path: `/v1/datasets/${id}/deletions`,
    headers,
    receipt: 'optional',
    body: json({ keys: [{ case: 'gone' }], reason: '误报' }),
  });
  assert.deepEqual(await versionsLeft(id), 0);
  assert.equal(await refusal(change(roads, id, 'gone', { version: 1, set: { note: 'x' } })), 'row_unknown');
});

test('a change that is based on a deleted row is refused, also when a row with its key came again', async () => {
  const id = await dataset();
  await push(id, [row('again', 'education'), row('other', 'education')]);
  await change(roads, id, 'again', { version: 1, set: { note: 'one' } });
  await provider.call({
    method: 'POST',
    path: `/v1/datasets/${id}/deletions`,
    headers,
    receipt: 'optional',
    body: json({ keys: [{ case: 'again' }], reason: '误报' }),
  });
  await push(id, [row('again', 'education')]);
  for (const version of [1, 2])
    assert.equal(
      await refusal(change(roads, id, 'again', { version, set: { note: 'two' } })),
      'row_version_other',
    );
  const { versions } = await read(roads, id, { filter: [{ field: 'case', op: 'eq', value: 'again' }] });
  assert.deepEqual(versions, [3]);
  await change(roads, id, 'again', { version: 3, set: { note: 'three' } });
  const { history = [] } = await read(roads, id, ofCase('again'));
  assert.deepEqual(
    history.map(({ version }) => version),
    [3, 4],
  );
  await database.owner.query('DELETE FROM row_version WHERE dataset = $1 AND version = 3', [id]);
  assert.equal(
    await refusal(read(roads, id, ofCase('again'))),
    'rows_unauthenticated',
    'the first is missing',
  );
  assert.equal((await change(roads, id, 'other', { version: 1, set: { note: 'x' } })).version, 2);
});

describe('the first version of a row', () => {
  const remove = (id: string, name: string) =>
    provider.call({
      method: 'POST',
      path: `/v1/datasets/${id}/deletions`,
      headers,
      receipt: 'optional',
      body: json({ keys: [{ case: name }], reason: '误报' }),
    });
  const versionsOf = async (id: string, name: string): Promise<readonly number[]> =>
    ((await read(roads, id, ofCase(name))).history ?? []).map(({ version }) => version);

  test('a stored row that comes again gets no second one, also after another row was deleted', async () => {
    const id = await dataset();
    await push(id, [row('stays', 'education'), row('goes', 'education')]);
    await change(roads, id, 'goes', { version: 1, set: { note: 'one' } });
    await remove(id, 'goes');
    await push(id, [row('stays', 'education')]);
    assert.deepEqual(await versionsOf(id, 'stays'), [1]);
    await change(roads, id, 'stays', { version: 1, set: { note: 'two' } });
    assert.deepEqual(await versionsOf(id, 'stays'), [1, 2]);
  });

  test('a stored row that has no version gets one when it comes again', async () => {
    const id = await dataset();
    await push(id, [row('bare', 'education')]);
    await database.owner.query('DELETE FROM row_version WHERE dataset = $1', [id]);
    await push(id, [row('bare', 'education')]);
    assert.deepEqual(await versionsOf(id, 'bare'), [1]);
    assert.equal((await change(roads, id, 'bare', { version: 1, set: { note: 'x' } })).version, 2);
  });
});

test('a new case arrives in a start state', async () => {
  const id = await dataset();
  const { accepted, quarantined } = await push(id, [
    row('opened', 'education'),
    row('closed', 'education', { status: 'checked' }),
  ]);
  assert.deepEqual([accepted, quarantined], [1, [{ index: 1, field: 'status', rule: 'state.start' }]]);
  await change(roads, id, 'opened', { version: 1, set: { status: 'accepted' } });
  // it is stored in this state: the same row changes nothing
  const again = await push(id, [row('opened', 'education', { status: 'accepted' })]);
  assert.deepEqual([again.accepted, again.quarantined], [1, []]);
  const both = await dataset({ ...rules, starts: ['open', 'accepted'] });
  const taken = await push(both, [
    row('one', 'education', { status: 'accepted' }),
    row('two', 'education', { status: 'done' }),
  ]);
  assert.deepEqual(
    [taken.accepted, taken.quarantined.map(({ index, rule }) => [index, rule])],
    [1, [[1, 'state.start']]],
  );
});

/** Amends the intake rules, with the approval of the security officer; the status and the code of its answer. */
async function amend(
  id: string,
  intake: object,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
): Promise<unknown> {
  const steward = await hub.token('han', ['steward'], 'ecology');
  const { digest } = (await hub.staff(steward, 'GET', `/v1/datasets/${id}`)).json['dataset'] as {
    digest: string;
  };
  const asked = await hub.staff(steward, 'POST', `/v1/datasets/${id}/amendment`, {
    digest,
    reason: '业务调整',
    intake,
  });
  assert.equal(asked.status, 202, JSON.stringify(asked.json));
  await meanwhile();
  const path = `/v1/proposals/${String(asked.json['proposal'])}`;
  const proposed = (await hub.staff(city.security, 'GET', path)).json;
  const accepted = await hub.staff(city.security, 'POST', `${path}/acceptance`, {
    digest: proposed['digest'],
  });
  return accepted.status === 201 ? 201 : accepted.json['code'];
}

describe('rows begin to be cases, or cease to be', () => {
  const csv = Buffer.from(
    'case,reporter,place,status,assigned_to\nf-1,person f-1,荷塘街 1 号,open,education\n',
  );
  const plain = async (): Promise<{ id: string; mapping: string }> => {
    const id = nextId();
    const name = id.split('.')[1] ?? '';
    const fields = ['case', 'reporter', 'place', 'status', 'assigned_to'];
    const document = {
      mapping: `ecology/${name}@1`,
      target: 'street-case@1',
      source: { format: 'csv' },
      limits: { maxBad: 0 },
      fields: Object.fromEntries(fields.map((name) => [name, { from: name }])),
    };
    await apply([
      {
        kind: 'Dataset',
        id,
        title: { zh: '办件', en: 'Cases' },
        schema: urn,
        mode: 'upsert',
        intake: { byCall: {} },
        sharing: { type: 'none' },
      },
      { kind: 'Mapping', dataset: id, document },
    ]);
    return { id, mapping: `${name}@1` };
  };

  test('a file that was opened before is rejected', async () => {
    const { id, mapping } = await plain();
    const batch = await uploaded(provider, id, csv);
    assert.equal(await amend(id, { byCall: {}, cases: rules }), 201);
    assert.equal(await reported(commit(provider, batch, csv, mapping)), 'cases_by_call_only');
    assert.equal((await stateOf(database, batch)).state, 'rejected');
    const { accepted } = await push(id, [row('f-1', 'education')]);
    assert.equal(accepted, 1);
    assert.equal(await versionsLeft(id), 1);
  });

  test('a dataset that got rows in the meantime is refused', async () => {
    const { id } = await plain();
    const pushed = () => push(id, [row('a', 'education')]);
    assert.equal(await amend(id, { byCall: {}, cases: rules }, pushed), 'cases_unfit');
  });

  test('the versions go with the rules', async () => {
    const id = await dataset();
    await push(id, [row('a', 'education')]);
    await change(roads, id, 'a', { version: 1, set: { note: 'x' } });
    assert.equal(await versionsLeft(id), 2);
    assert.equal(await amend(id, { byCall: {} }), 201);
    assert.equal(await versionsLeft(id), 0);
    const { rows } = await database.owner.query<{ version: number }>(
      'SELECT version FROM row_version_ended WHERE dataset = $1',
      [id],
    );
    assert.deepEqual(rows, [{ version: 2 }], 'their numbers do not return');
  });
});

test('rules that do not fit are refused with the reason', async () => {
  const [accept, finish] = rules.transitions;
  const [one] = rules.contributors;
  for (const [cases, reason] of [
    [{ ...rules, state: 'place' }, /state: place/],
    [{ ...rules, transitions: [{ ...accept, to: 'nowhere' }] }, /no value nowhere/],
    [{ ...rules, starts: ['nowhere'] }, /starts: status has no value nowhere/],
    [{ ...rules, starts: ['done'] }, /leads from a start/],
    [{ ...rules, transitions: [accept, { ...finish, from: 'checked' }] }, /leads from a start/],
    [{ ...rules, transitions: [accept, { ...accept, id: 'again' }] }, /there twice/],
    [{ ...rules, transitions: [{ ...accept, by: ['data-office'] }] }, /neither the provider/],
    [{ ...rules, transitions: [{ ...accept, warn: { workdays: 1 } }, finish] }, /warn must be shorter/],
    [{ ...rules, transitions: [accept, { ...finish, warn: { workdays: 1 } }] }, /warn must be shorter/],
    [{ ...rules, transitions: [accept, { ...finish, warn: { hours: 24 } }] }, /warn must be shorter/],
    [
      { ...rules, transitions: [{ ...accept, within: undefined, warn: { hours: 1 } }, finish] },
      /warn must be shorter/,
    ],
    [{ ...rules, contributors: [{ ...one, sets: ['case'] }] }, /case in sets|neither/],
    [{ ...rules, contributors: [{ ...one, sets: ['status'] }, rules.contributors[1]] }, /status in sets/],
    [{ ...rules, contributors: [{ ...one, sets: ['nothing'] }, rules.contributors[1]] }, /nothing in sets/],
    [{ ...rules, contributors: [one, one, rules.contributors[1]] }, /there twice/],
    [
      { ...rules, contributors: [...rules.contributors, { department: 'no-such', sets: ['note'] }] },
      /registered department/,
    ],
    [
      {
        ...rules,
        contributors: [{ ...one, rows: { all: [{ field: 'cost', is: 'me' }] } }, rules.contributors[1]],
      },
      /cost in rows/,
    ],
    [
      {
        ...rules,
        contributors: [{ ...one, rows: { all: [{ field: 'fee', in: ['1'] }] } }, rules.contributors[1]],
      },
      /fee in rows/,
    ],
    [{ ...rules, subjectFields: ['case', 'unknown'] }, /subjectFields: unknown/],
    [{ ...rules, states: { closed: { zh: '已结案', en: 'closed' } } }, /states: status has no value closed/],
  ] as const) {
    const { status, json: answer } = await hub.staff(city.operator, 'POST', '/v1/datasets', {
      id: nextId(),
      title: { zh: '办件', en: 'Cases' },
      schema: urn,
      mode: 'upsert',
      sharing: { type: 'none' },
      intake: { byCall: {}, cases },
    });
    assert.deepEqual([status, (answer as { code?: string }).code], [422, 'cases_unfit'], String(reason));
    assert.match(JSON.stringify(answer), reason);
  }
});
