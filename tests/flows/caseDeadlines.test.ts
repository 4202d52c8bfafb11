/** Deadlines of transitions: warned of, missed, logged once, and published as events of the hub that a response plan opens for. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import { noticeDeadlines } from '../../hub/features/reminders/jobs/noticeDeadlines.ts';
import { sealerOf } from '../../hub/flows/sealer.ts';
import { momentOf, readMoment } from '../../hub/platform/database/values.ts';
import { lastLeaf, newestLeaves } from './leaves.ts';
import { headers, json, row, rules, streetCases } from './streetCases.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const office = await hub.enrol('data-office');
const { dataset, push, change, age } = await streetCases(hub, city);
const { client: provider } = city.ecology;
const { client: roads } = city.education;

const hourMs = 3_600_000;
const run = async (job: string): Promise<void> => assert.equal(await hub.hub.runner.run(job), 'ok');
const [steward, clerk, police, stranger] = await Promise.all([
  hub.token('late steward', ['steward'], 'ecology'),
  hub.token('late clerk', ['clerk'], 'education'),
  hub.token('late police', ['clerk'], 'pub-security'),
  hub.token('late stranger', ['steward', 'clerk'], 'transport'),
]);
/** What the inbox of a person has of a dataset. */
async function waiting(token: string, id: string): Promise<components['schemas']['Waiting']['dueCases']> {
  const { json: answer } = await hub.staff(token, 'GET', '/v1/inbox?kind=dueCases');
  const { dueCases } = answer as unknown as components['schemas']['Waiting'];
  return dueCases.filter((one) => one.dataset === id);
}
const counts = (id: string): Promise<readonly (readonly string[])[]> =>
  Promise.all(
    [steward, clerk, police, stranger].map(async (token) =>
      (await waiting(token, id)).map(({ cases, overdue }) => `${cases} ${overdue ? 'late' : 'warned'}`),
    ),
  );
/** Contributors may pass a case on; accepting is due within a working day, and warned of in its last four hours. */
const [accept, ...others] = rules.transitions;
const warning = {
  ...rules,
  transitions: [{ ...accept, warn: { hours: 4 } }, ...others],
  contributors: rules.contributors.map((one) => ({ ...one, sets: ['note', 'assigned_to'] })),
};
/** Milliseconds until the deadline of the only deadline of a dataset. */
async function untilDue(id: string): Promise<number> {
  const { rows } = await database.owner.query<{ due: string }>(
    `SELECT ${momentOf('max(due_at)')} AS due FROM row_version WHERE dataset = $1`,
    [id],
  );
  return readMoment(rows[0]?.due ?? assert.fail('no deadline')) - Date.now();
}

test('a deadline is warned of, then missed; each is logged once and waits for those who may make the transition', async () => {
  const id = await dataset(warning);
  await push(id, [row('l-1', 'education'), row('l-2', 'education'), row('l-3', 'pub-security')]);
  await run('noticeDeadlines');
  assert.deepEqual(await counts(id), [[], [], [], []], 'the warning is not due yet');
  await age(id, (await untilDue(id)) - 3 * hourMs);
  await run('noticeDeadlines');
  const facts = async (): Promise<readonly unknown[]> =>
    (await newestLeaves(database, 2))
      .map(({ operation, dataset: of, provider: by, change: made }) => [
        ...[operation, of, by, made?.['act'], made?.['transition']],
        ...[made?.['departments'], made?.['count']],
      ])
      .toSorted();
  const entriesOf = (act: string): readonly unknown[] => [
    ['noticeDeadlines', id, 'ecology', act, 'accept', 'education', 2],
    ['noticeDeadlines', id, 'ecology', act, 'accept', 'pub-security', 1],
  ];
  assert.deepEqual(await facts(), entriesOf('warn'));
  assert.deepEqual(await counts(id), [['3 warned'], ['2 warned'], ['1 warned'], []]);
  const [warned] = await waiting(clerk, id);
  assert.deepEqual([warned?.transition, warned?.transitionTitle], ['accept', { zh: '受理', en: 'Accept' }]);
  await age(id, 4 * hourMs);
  await run('noticeDeadlines');
  assert.deepEqual(await facts(), entriesOf('miss'));
  const newest = await lastLeaf(database);
  await run('noticeDeadlines');
  assert.deepEqual(await lastLeaf(database), newest, 'once');
  const [item] = await waiting(clerk, id);
  const { due: _day, deadline, ...rest } = item ?? assert.fail('nothing waits');
  assert.deepEqual(rest, {
    dataset: id,
    provider: 'ecology',
    transition: 'accept',
    transitionTitle: { zh: '受理', en: 'Accept' },
    cases: 2,
    overdue: true,
  });
  assert.equal(deadline, newest.change?.['due']);
  assert.deepEqual(await counts(id), [['3 late'], ['2 late'], ['1 late'], []]);
  await change(roads, id, 'l-2', { version: 1, set: { assigned_to: 'pub-security' } });
  assert.deepEqual(await counts(id), [['3 late'], ['1 late'], ['2 late'], []], 'the case was passed on');
  await change(roads, id, 'l-1', { version: 1, set: { status: 'accepted' } });
  assert.equal((await lastLeaf(database)).change?.['late'], true);
  assert.deepEqual(await counts(id), [['2 late'], [], ['2 late'], []], 'the transition was made');
  await provider.call({
    method: 'POST',
    path: `/v1/datasets/${id}/deletions`,
    headers,
    receipt: 'optional',
    body: json({ keys: [{ case: 'l-3' }], reason: '误报' }),
  });
  await run('noticeDeadlines');
  assert.deepEqual(await counts(id), [['1 late'], [], ['1 late'], []], 'the row was deleted');
});

describe('exact to the second', () => {
  test('a transition is late from the deadline on, whether or not the job has run', async () => {
    const id = await dataset(rules);
    await push(id, [row('s-1', 'education'), row('s-2', 'education')]);
    await change(roads, id, 's-1', { version: 1, set: { status: 'accepted' } });
    await change(roads, id, 's-2', { version: 1, set: { status: 'accepted' } });
    // both have to be finished within 24 hours
    await age(id, 24 * hourMs - 20_000);
    await change(roads, id, 's-1', { version: 2, set: { status: 'done' } });
    assert.equal((await lastLeaf(database)).change?.['late'], false);
    await age(id, 20_000);
    await change(roads, id, 's-2', { version: 2, set: { status: 'done' } });
    assert.equal((await lastLeaf(database)).change?.['late'], true);
  });

  test('after a crash the notices that are stored are passed over, the others have the deadline itself', async () => {
    const id = await dataset(rules);
    await push(id, [row('c-1', 'education')]);
    await age(id, 30 * 24 * hourMs);
    await run('noticeDeadlines');
    await push(id, [row('c-2', 'pub-security')]);
    const due = new Date(Date.now() + (await untilDue(id)) - 30 * 24 * hourMs);
    await age(id, 30 * 24 * hourMs);
    // as if the process had ended before it stored its position
    await database.owner.query("DELETE FROM job_position WHERE job = 'noticeDeadlines'");
    await run('noticeDeadlines');
    await run('noticeDeadlines');
    const missed = (await newestLeaves(database, 100)).filter(
      (leaf) => leaf.operation === 'noticeDeadlines' && leaf.dataset === id,
    );
    assert.deepEqual(
      missed.map(({ change: made }) => [made?.['departments'], made?.['count']]),
      [
        ['pub-security', 1],
        ['education', 1],
      ],
    );
    const logged = Date.parse(String(missed[0]?.change?.['due']));
    assert.ok(Math.abs(logged - due.getTime()) < 1_000, `${logged} ${due.getTime()}`);
    assert.deepEqual(await counts(id), [['2 late'], ['1 late'], ['1 late'], []]);
  });
});

test('a deadline that was altered in the database is a failure of the job, not a notice', async () => {
  const id = await dataset(warning);
  await push(id, [row('a-1', 'education')]);
  await age(id, 30 * 24 * hourMs);
  const { rows } = await database.owner.query<Record<string, unknown>>(
    'SELECT due_transition, due_at::text, warn_at::text, due_by FROM row_version WHERE dataset = $1',
    [id],
  );
  const [stored] = rows;
  // the deadline is older than the position of the job
  await database.owner.query("DELETE FROM job_position WHERE job = 'noticeDeadlines'");
  for (const [column, expression] of [
    ['due_at', "due_at - interval '1 day'"],
    ['warn_at', "warn_at - interval '1 day'"],
    ['due_transition', "'finish'"],
    ['due_by', "'{transport}'"],
    ['due_by', "'{}'"],
  ] as const) {
    await database.owner.query(`UPDATE row_version SET ${column} = ${expression} WHERE dataset = $1`, [id]);
    assert.equal(await hub.hub.runner.run('noticeDeadlines'), 'rows_unauthenticated', expression);
    const late = change(roads, id, 'a-1', { version: 1, set: { status: 'accepted' } });
    await assert.rejects(late, { code: 'rows_unauthenticated' }, expression);
    assert.deepEqual(await counts(id), [[], [], [], []], expression);
    const entries = (await newestLeaves(database, 100)).filter((leaf) => leaf.dataset === id);
    assert.ok(!entries.some(({ operation }) => operation === 'noticeDeadlines'), expression);
    await database.owner.query(`UPDATE row_version SET ${column} = $2 WHERE dataset = $1`, [
      ...[id, stored?.[column]],
    ]);
  }
  await run('noticeDeadlines');
  assert.deepEqual(await counts(id), [['1 late'], ['1 late'], [], []], 'it is corrected');
});

test('also of full pages the position stays before a row whose deadline was altered; the rows after it are noticed at once', async () => {
  const id = await dataset(rules);
  await push(id, [row('f-1', 'education'), row('f-2', 'pub-security'), row('f-3', 'pub-security')]);
  await age(id, 30 * 24 * hourMs);
  // no notice is stored, so each run reports the same rows
  const noticed: unknown[] = [];
  const job = noticeDeadlines(database.app, sealerOf(hub.hub.keys.sealing), Date.now, 1);
  let state: unknown = null;
  const runJob = async (): Promise<readonly unknown[]> => {
    const failures: unknown[] = [];
    for (let more = true; more;) {
      const result = await job.run({
        now: Date.now,
        state,
        signal: new AbortController().signal,
        act: ({ dataset: of, change: made }) => {
          if (of === id) noticed.push(made?.['departments']);
          return Promise.resolve({ exchange: '' });
        },
      });
      state = result.state;
      more = result.more === true;
      failures.push(...(result.failures ?? []));
    }
    return failures;
  };
  const shift = (by: string): Promise<unknown> =>
    database.owner.query(
      `UPDATE row_version SET due_at = due_at ${by} interval '1 day' WHERE dataset = $1 AND 'education' = ANY (due_by)`,
      [id],
    );
  await shift('-');
  assert.notDeepEqual(await runJob(), []);
  assert.deepEqual([...new Set(noticed)], ['pub-security']);
  await shift('+');
  assert.deepEqual(await runJob(), []);
  assert.ok(noticed.includes('education'), 'it is restored');
});

test('a missed deadline is an event of the hub; a response plan opens for it and escalates', async () => {
  await run('publishHubEvents');
  await city.apply('hub-events/topic.yaml');
  await city.apply('hub-events/agreement.yaml', [city.education, office]);
  await run('publishHubEvents');
  const { id: subscription } = (
    await city.education.client.events.subscribe(
      { topic: 'data-office.hub-case-deadlines' },
      { purpose: 'public-service', agreement: 'agr-hub-events' },
    )
  ).json;
  const id = await dataset(warning);
  const [author, second] = [await hub.token('lin', ['steward']), await hub.token('qiu', ['steward'])];
  const proposed = await hub.staff(author, 'POST', '/v1/response-plans', {
    id: 'data-office.late-cases',
    title: { zh: '办件逾期督办', en: 'Late cases' },
    type: 'data-office.hub-case-deadline',
    when: [
      { field: 'state', op: 'eq', value: 'missed' },
      { field: 'responsible', op: 'eq', value: 'education' },
      { field: 'dataset', op: 'eq', value: id },
    ],
    steps: [
      {
        id: 'answer',
        title: { zh: '说明情况', en: 'Explain' },
        departments: ['education'],
        grade: 'received',
        withinSeconds: 600,
        roles: ['clerk'],
        escalations: [{ afterSeconds: 0, role: 'leader' }],
      },
    ],
    maxHours: 72,
  });
  const path = `/v1/proposals/${String(proposed.json['proposal'])}`;
  const { digest } = (await hub.staff(second, 'GET', path)).json;
  const accepted = await hub.staff(second, 'POST', `${path}/acceptance`, { digest });
  assert.ok(accepted.status < 300, JSON.stringify([proposed.json, accepted.json]));
  await push(id, [row('e-1', 'education'), row('e-2', 'pub-security'), row('e-3', 'education')]);
  await age(id, (await untilDue(id)) - 3.9 * hourMs);
  await run('noticeDeadlines');
  await age(id, 3.9 * hourMs);
  const due = Date.now() + (await untilDue(id));
  await run('noticeDeadlines');
  await run('publishHubEvents');
  const { events } = (await city.education.client.events.pull(subscription)).json;
  const facts = { dataset: id, department: 'ecology', transition: 'accept', responsible: 'education' };
  assert.deepEqual(
    events.map(({ data }) => {
      const { entry: _entry, due: at, ...rest } = data as { entry: string; due: string; state: string };
      if (rest.state === 'missed') assert.ok(Math.abs(Date.parse(at) - due) < 1_000, at);
      return rest;
    }),
    // another department's cases are not shown
    [
      { ...facts, cases: 2, state: 'warned' },
      { ...facts, cases: 2, state: 'missed' },
    ],
  );
  const board = async () =>
    (await hub.staff(author, 'GET', '/v1/open-events?state=open')).json['events'] as readonly {
      readonly event: string;
    }[];
  const [open] = await board();
  assert.ok(open, 'the plan is open');
  assert.equal((await board()).length, 1, 'not for the warning, nor for the other department');
  await database.owner.query(
    `UPDATE event_step SET due_at = due_at - interval '1 hour', next_at = next_at - interval '1 hour' WHERE event = $1`,
    [open.event],
  );
  await run('escalateEvents');
  const entry = await lastLeaf(database);
  assert.deepEqual([entry.operation, entry.change?.['event']], ['escalateEvents', open.event]);
});
