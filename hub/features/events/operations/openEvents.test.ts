/** Response plans: who owes an acknowledgement, deadlines and escalation, the purpose of a plan, and what each party sees. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { DatongProblem } from '../../../../clients/sdk/datongProblem.ts';
import type { components } from '../../../../api/openapi.ts';
import { connectionOf } from '../../../platform/database/connection.ts';
import type { Machine } from '../../../../tests/hub.ts';
import { readSamplePlan } from '../../../../tests/samplePlan.ts';
import { lastLeaf, newestLeaves } from '../../../../tests/flows/leaves.ts';
import { cityHub } from '../../../../tests/cityHub.ts';
import { pagedLists } from '../../../../tests/pagedLists.ts';

type OpenEvent = components['schemas']['OpenEvent'];
type Plan = components['schemas']['ResponsePlan'];

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
await city.apply('air-warning/response.yaml');
const topic = 'ecology.air-warnings';
const issued = 'ecology.air-warning-issued';
const lifted = 'ecology.air-warning-lifted';
const [author, second] = [
  await hub.token('wen', ['steward'], 'ecology'),
  await hub.token('wan', ['steward'], 'ecology'),
];
const school = {
  steward: await hub.token('shi', ['steward'], 'education'),
  clerk: await hub.token('sheng', ['clerk'], 'education'),
  leader: await hub.token('zhang', ['leader'], 'education'),
};
const command = await hub.token('ling', ['leader']);

const plan = readSamplePlan();

async function propose(document: Plan, by = author): Promise<string> {
  const { status, json } = await hub.staff(by, 'POST', '/v1/response-plans', document);
  assert.equal(status, 202, JSON.stringify(json));
  return String(json['proposal']);
}
async function accept(
  proposal: string,
  by = second,
): Promise<{ status: number; json: Record<string, unknown> }> {
  const path = `/v1/proposals/${proposal}`;
  const shown = await hub.staff(by, 'GET', path);
  return hub.staff(by, 'POST', `${path}/acceptance`, { digest: shown.json['digest'] });
}

const close = (event: string) =>
  city.ecology.client.events.close(event, { code: 'ended', reason: '预警已解除' });

let count = 0;
async function publish(data: object = {}, type = issued): Promise<string> {
  count += 1;
  const warning = { warning_id: `w-${count}`, district: '990101' };
  const { json } = await city.ecology.client.events.publish(topic, [
    {
      specversion: '1.0',
      id: `e-${count}`,
      source: 'test',
      type,
      data: { ...warning, ...(type === issued ? { level: 'red' } : {}), ...data },
    },
  ]);
  return json.events[0]?.event ?? assert.fail();
}
const board = async (event: string, by: Machine = city.ecology): Promise<OpenEvent> =>
  (await by.client.events.board(event)).json;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return error.code;
    },
  );
const statesOf = ({ steps }: OpenEvent): readonly string[] =>
  steps.map(({ step, department, state }) => `${step} ${department} ${state}`);
/** As if so many seconds had passed since it was published. */
const pass = (event: string, seconds: number): Promise<unknown> =>
  database.owner.query(
    `UPDATE event_step SET due_at = due_at - make_interval(secs => $2), next_at = next_at - make_interval(secs => $2)
      WHERE event = $1 AND answered_at IS NULL`,
    [event, seconds],
  );
const escalate = async (): Promise<void> => assert.equal(await hub.hub.runner.run('escalateEvents'), 'ok');

describe('a plan', () => {
  test('is in force when a second person of the department accepts it, and opens nothing before', async () => {
    const proposal = await propose(plan);
    assert.equal(await codeOf(board(await publish())), 'event_unknown');
    const digest = (await hub.staff(author, 'GET', `/v1/proposals/${proposal}`)).json['digest'];
    for (const by of [author, school.steward]) {
      const refused = await hub.staff(by, 'POST', `/v1/proposals/${proposal}/acceptance`, { digest });
      assert.equal(refused.status, 403, JSON.stringify(refused.json));
    }
    const accepted = await accept(proposal);
    assert.ok(accepted.status < 300, JSON.stringify(accepted.json));
    const event = await publish();
    const { state, steps, purpose } = await board(event);
    assert.deepEqual([state, purpose], ['open', 'pollution-response']);
    assert.deepEqual(
      steps.map(({ step, department, grade, late }) => [step, department, grade, late]),
      [
        ['receipt', 'education', 'received', false],
        ['receipt', 'pub-security', 'received', false],
        ['outdoor-lessons', 'education', 'done', false],
      ],
    );
    const { event: opened, opened: number } =
      (await newestLeaves(database, 5)).find(({ operation }) => operation === 'publishEvents')?.change ?? {};
    assert.deepEqual([opened, number], [event, 1]);
    const listed = await hub.staff(author, 'GET', '/v1/response-plans');
    assert.deepEqual(
      (listed.json['plans'] as { id: string; revision: number }[]).map(({ id, revision }) => [id, revision]),
      [['ecology.heavy-pollution', 1]],
    );
  });

  test('opens events that meet its condition, each once, and nothing for others', async () => {
    assert.equal(await codeOf(board(await publish({ level: 'yellow' }))), 'event_unknown');
    count += 1;
    const one = {
      ...({ specversion: '1.0', source: 'test', type: issued } as const),
      id: `e-${count}`,
      data: { warning_id: 'twice', district: '990101', level: 'red' },
    };
    const { events } = city.ecology.client;
    const first = (await events.publish(topic, [one])).json.events[0]?.event ?? '';
    assert.equal((await events.publish(topic, [one])).json.events[0]?.event, first);
    assert.equal((await board(first)).state, 'open');
  });

  test('that does not fit is refused with the reason', async () => {
    const wrong: readonly [Partial<Plan>, RegExp][] = [
      [{ type: 'ecology.air-quality-hourly' }, /no type of a topic/],
      [{ when: [{ field: 'nothing', op: 'eq', value: 'x' }] }, /field or value of when/],
      [{ when: [{ field: 'level', op: 'eq', value: 7 }] }, /field or value of when/],
      [{ closedBy: { type: issued, field: 'warning_id' } }, /closedBy/],
      [{ closedBy: { type: lifted, field: 'level' } }, /required field/],
      [{ noticeType: issued }, /noticeType/],
      [{ noticeType: lifted }, /does not take a notice/],
      [{ purpose: 'nowhere' }, /no purpose/],
      // agreements in force allow it: binding it to a plan would stop them
      [{ purpose: 'public-service' }, /agreements in force/],
      [{ steps: plan.steps.map((step) => ({ ...step, departments: ['nowhere'] })) }, /no department/],
      [{ steps: [...plan.steps, ...plan.steps] }, /two steps/],
      [
        {
          steps: plan.steps.map((step) => ({
            ...step,
            escalations: [
              { afterSeconds: 5, role: 'clerk' as const },
              { afterSeconds: 5, role: 'leader' as const },
            ],
          })),
        },
        /order of time/,
      ],
    ];
    for (const [more, reason] of wrong) {
      const document = {
        ...plan,
        closedBy: undefined,
        noticeType: undefined,
        purpose: undefined,
        id: 'ecology.other',
        ...more,
      };
      const { status, json } = await hub.staff(author, 'POST', '/v1/response-plans', document);
      assert.deepEqual([status, json['code']], [422, 'plan_unfit'], JSON.stringify([more, json]));
      assert.match(JSON.stringify(json), reason);
      const tried = await hub.staff(author, 'POST', '/v1/response-plans/trials', document);
      assert.deepEqual([tried.status, tried.json['fits']], [200, false]);
      assert.match(JSON.stringify(tried.json['reason']), reason);
    }
    const foreign = await hub.staff(school.steward, 'POST', '/v1/response-plans', plan);
    assert.equal(foreign.status, 403);
  });

  test('is tried before it is registered: the revision that it would get, and nothing is stored', async () => {
    const tried = async (document: object, by = author): Promise<unknown> =>
      (await hub.staff(by, 'POST', '/v1/response-plans/trials', document)).json;
    const { purpose: _, ...free } = plan;
    const other = { ...free, id: 'ecology.tried' };
    const before = (await hub.staff(author, 'GET', '/v1/response-plans')).json;
    assert.deepEqual(await tried(other), { plan: other.id, fits: true, revision: 1, unchanged: false });
    assert.deepEqual(await tried(plan), { plan: plan.id, fits: true, revision: 1, unchanged: true });
    assert.deepEqual(await tried({ ...plan, maxHours: 5, basedOn: 1 }), {
      plan: plan.id,
      fits: true,
      revision: 2,
      unchanged: false,
    });
    assert.deepEqual((await hub.staff(author, 'GET', '/v1/response-plans')).json, before);
    const foreign = (await tried(plan, school.steward)) as { readonly code?: string };
    assert.equal(foreign.code, 'not_your_department');
  });
});

describe('acknowledgement', () => {
  test('by the department’s machine: a grade meets the steps that demand it or less, and the publisher sees it', async () => {
    const event = await publish();
    const { events } = city.education.client;
    const received = await events.acknowledge(event, 'received');
    assert.deepEqual(received.json.steps, [{ step: 'receipt', late: false, state: 'acknowledged' }]);
    const leaf = await lastLeaf(database);
    assert.deepEqual(
      [leaf.operation, leaf.id, leaf.consumer, leaf.provider, leaf.change?.['grade'], leaf.change?.['event']],
      ['acknowledgeEvent', received.exchange, 'education', 'ecology', 'received', event],
    );
    assert.equal(await codeOf(events.acknowledge(event, 'received')), 'event_grade_again');
    assert.deepEqual((await events.acknowledge(event, 'accepted')).json.steps, []);
    assert.deepEqual((await events.acknowledge(event, 'done')).json.steps, [
      { step: 'outdoor-lessons', late: false, state: 'acknowledged' },
    ]);
    const seen = await board(event);
    assert.deepEqual(statesOf(seen), [
      'receipt education acknowledged',
      'receipt pub-security waiting',
      'outdoor-lessons education acknowledged',
    ]);
    assert.deepEqual(
      seen.acknowledgements.map(({ department, grade, person }) => [department, grade, person]),
      [
        ['education', 'received', undefined],
        ['education', 'accepted', undefined],
        ['education', 'done', undefined],
      ],
    );
    // another department sees what it owes, and nothing of others
    const own = await board(event, city.publicSecurity);
    assert.deepEqual(statesOf(own), ['receipt pub-security waiting']);
    assert.deepEqual(own.acknowledgements, []);
    assert.equal(
      await codeOf(events.acknowledge('01a20328-0104-7757-9e84-c346bc55b77b', 'done')),
      'event_unknown',
    );
    assert.equal(await codeOf(city.ecology.client.events.acknowledge(event, 'done')), 'event_unknown');
  });

  test('by a person whose role a step names, of the department that owes it', async () => {
    const event = await publish();
    const path = `/v1/open-events/${event}/acknowledgements`;
    const by = (token: string, grade: string) => hub.staff(token, 'POST', path, { grade });
    const clerk = await by(school.clerk, 'received');
    assert.equal(clerk.status, 201, JSON.stringify(clerk.json));
    assert.equal(
      (await by(await hub.token('officer', ['security'], 'education'), 'done')).json['code'],
      'event_role',
    );
    assert.equal(
      (await by(await hub.token('other', ['steward'], 'transport'), 'done')).json['code'],
      'event_unknown',
    );
    assert.equal((await by(school.leader, 'done')).status, 201);
    const { acknowledgements } = await board(event);
    assert.deepEqual(
      acknowledgements.map(({ grade, name }) => [grade, name]),
      [
        ['received', 'sheng'],
        ['done', 'zhang'],
      ],
    );
  });

  test('two at once: one counts', async () => {
    const event = await publish();
    const { events } = city.education.client;
    const codes = await Promise.all([0, 1, 2].map(() => codeOf(events.acknowledge(event, 'received'))));
    assert.deepEqual(codes.sort(), ['answered', 'event_grade_again', 'event_grade_again']);
  });
});

describe('a missed deadline', () => {
  test('is late without any job; the job escalates stage by stage, also what passed while it did not run', async () => {
    const event = await publish();
    await city.publicSecurity.client.events.acknowledge(event, 'received');
    await pass(event, 601);
    const late = (await board(event)).steps.filter((step) => step.late);
    assert.deepEqual(
      late.map(({ step, department, state }) => [step, department, state]),
      [['receipt', 'education', 'waiting']],
    );
    await escalate();
    const leaf = await lastLeaf(database);
    const first = await board(event);
    assert.deepEqual(statesOf(first)[0], 'receipt education escalated');
    assert.deepEqual(
      [leaf.operation, leaf.consumer, leaf.change?.['act'], leaf.change?.['event'], leaf.change?.['stage']],
      ['escalateEvents', 'education', 'escalate', event, 1],
    );
    await escalate();
    assert.equal((await board(event)).escalations.length, 1);
    // the hub was down for the two stages after it
    await pass(event, 700);
    await escalate();
    const { escalations, steps } = await board(event);
    assert.deepEqual(
      escalations.map(({ stage, recipient, role }) => [stage, recipient, role]),
      [
        [1, 'education', 'clerk'],
        [2, 'education', 'leader'],
        [3, 'data-office', 'leader'],
      ],
    );
    const due = Date.parse(steps[0]?.dueAt ?? '');
    assert.deepEqual(
      escalations.slice(1).map(({ dueAt }) => Date.parse(dueAt) - due),
      [300_000, 600_000],
    );
    const answer = await city.education.client.events.acknowledge(event, 'received');
    assert.deepEqual(answer.json.steps, [{ step: 'receipt', late: true, state: 'acknowledgedLate' }]);
    await pass(event, 100_000);
    await escalate();
    // what was answered is not escalated any more; the step of a day is late, and has no stages
    assert.deepEqual([...statesOf(await board(event))].sort(), [
      'outdoor-lessons education late',
      'receipt education acknowledgedLate',
      'receipt pub-security acknowledged',
    ]);
  });

  test('an acknowledgement after the deadline is late, whether or not the job has run', async () => {
    const event = await publish();
    await pass(event, 601);
    const { steps } = (await city.education.client.events.acknowledge(event, 'received')).json;
    assert.deepEqual(steps, [{ step: 'receipt', late: true, state: 'acknowledgedLate' }]);
  });

  test('it stays missed when the event is closed; a deadline after the closing is not', async () => {
    const event = await publish();
    await city.publicSecurity.client.events.acknowledge(event, 'received');
    await pass(event, 601);
    await close(event);
    await pass(event, 90_000);
    await database.owner.query(
      `UPDATE open_event SET opened_at = opened_at - interval '90000 s', closed_at = closed_at - interval '90000 s'
        WHERE id = $1`,
      [event],
    );
    const { state, steps } = await board(event);
    assert.equal(state, 'closed');
    assert.deepEqual(
      steps.filter(({ late }) => late).map(({ step, department }) => [step, department]),
      [['receipt', 'education']],
    );
  });

  test('it is an event of its own, which subscribers get', async () => {
    await city.apply('air-warning/response-agreement.yaml', [
      city.education,
      city.publicSecurity,
      city.ecology,
    ]);
    const { events } = city.publicSecurity.client;
    const why = { purpose: 'public-service', agreement: 'agr-air-deadlines' };
    const { id } = (await events.subscribe({ topic: 'ecology.air-warning-deadlines' }, why)).json;
    const event = await publish();
    await city.publicSecurity.client.events.acknowledge(event, 'received');
    await pass(event, 1_201);
    await escalate();
    const notices = (await events.pull(id)).json.events.filter(({ data }) => data['event'] === event);
    assert.deepEqual(
      notices.map(({ data }) => [
        data['event'],
        data['department'],
        data['stage'],
        data['recipient'],
        data['role'],
      ]),
      [
        [event, 'education', 1, 'education', 'clerk'],
        [event, 'education', 2, 'education', 'leader'],
        [event, 'education', 3, 'data-office', 'leader'],
      ],
    );
    assert.deepEqual(
      (await board(event)).escalations.map(({ notice }) => notice),
      notices.map((one) => one.id),
    );
  });
});

describe('the purpose of a plan', () => {
  /** the dataset has no rows: what is allowed gets that far */
  const open = 'dataset_without_rows';
  const read = (): Promise<string> =>
    codeOf(
      city.education.client.query(
        'ecology.air-quality-hourly',
        { fields: ['station'] },
        { purpose: 'pollution-response', agreement: 'agr-pollution-response' },
      ),
    );
  const openOnes = async (): Promise<readonly string[]> => {
    const { rows } = await database.app.query<{ id: string }>(
      "SELECT id FROM open_event WHERE state = 'open'",
    );
    return rows.map(({ id }) => id);
  };

  test('lives while an event of it is open, and not a call longer', async () => {
    for (const id of await openOnes()) await close(id);
    assert.equal(await read(), 'purpose_closed');
    const leaf = await lastLeaf(database);
    assert.deepEqual(
      [leaf.operation, leaf.code, leaf.agreement],
      ['queryDataset', 'purpose_closed', 'agr-pollution-response'],
    );
    const one = await publish({ warning_id: 'storm-1' });
    const other = await publish({ warning_id: 'storm-2' });
    assert.equal(await read(), open);
    await close(one);
    assert.equal(await read(), open);
    await publish({ warning_id: 'storm-2' }, lifted);
    assert.equal(await read(), 'purpose_closed');
    const { state, cause, closedAt } = await board(other);
    assert.deepEqual([state, cause, closedAt === undefined], ['closed', 'event', false]);
    assert.equal(await codeOf(city.education.client.events.acknowledge(other, 'done')), 'event_closed');
    assert.equal(await codeOf(close(other)), 'event_closed');
  });

  test('an event closes by itself after its hours, at once for calls and soon by the job', async () => {
    const event = await publish({ warning_id: 'long' });
    assert.equal(await read(), open);
    const far = hub.hub.database.now() + 73 * 3_600_000;
    const { rows } = await database.app.query<{ until: string }>(
      'SELECT (extract(epoch FROM ends_at) * 1000)::bigint::text AS until FROM open_event WHERE id = $1',
      [event],
    );
    assert.ok(Number(rows[0]?.until) < far);
    assert.ok(Number(rows[0]?.until) > far - 2 * 3_600_000);
    await close(event);
  });

  test('withdrawn plans open nothing, and their purpose stays closed', async () => {
    const path = '/v1/response-plans/ecology.heavy-pollution/withdrawal';
    const before = await publish({ warning_id: 'opened-before' });
    const { json } = await hub.staff(author, 'POST', path, { reason: 'test' });
    assert.ok((await accept(String(json['proposal']))).status < 300);
    assert.equal(await codeOf(board(await publish())), 'event_unknown');
    await publish({ warning_id: 'opened-before' }, lifted);
    const { state, cause, revision } = await board(before);
    assert.deepEqual([state, cause, revision], ['closed', 'event', 1]);
    assert.equal(await read(), 'purpose_closed');
    assert.ok((await accept(await propose({ ...plan, basedOn: 2 }))).status < 300);
    const event = await publish({ warning_id: 'of-revision-3' });
    assert.equal((await board(event)).revision, 3);
    assert.ok((await accept(await propose({ ...plan, maxHours: 71, basedOn: 3 }))).status < 300);
    await publish({ warning_id: 'of-revision-3' }, lifted);
    assert.equal((await board(event)).state, 'closed');
  });

  test('an open event whose row others than the hub changed opens nothing', async () => {
    for (const id of await openOnes()) await close(id);
    const event = await publish();
    assert.equal(await read(), open);
    const administrator = new pg.Client(connectionOf(database.address));
    await administrator.connect();
    const move = (years: number) =>
      administrator.query("UPDATE open_event SET ends_at = ends_at + $2 * interval '1 year' WHERE id = $1", [
        event,
        years,
      ]);
    await move(1);
    // a further publication makes the hub read the purposes again
    await publish({}, lifted);
    assert.equal(await read(), 'purpose_closed');
    await move(-1);
    await close(event);
    await administrator.end();
  });
});

test('who received it: the answers in which an event left, with their entries', async () => {
  const { events } = city.education.client;
  const why = { purpose: 'public-service', agreement: 'agr-air-warnings' };
  const { id } = (await events.subscribe({ topic }, why)).json;
  const event = await publish();
  assert.deepEqual((await board(event)).deliveries, []);
  const answer = await events.pull(id);
  const { deliveries } = await board(event);
  assert.deepEqual(
    deliveries.map(({ department, exchange }) => [department, exchange]),
    [['education', answer.exchange]],
  );
  const list = await hub.staff(command, 'GET', '/v1/open-events?state=open');
  assert.equal(list.status, 200);
  assert.ok((list.json['events'] as OpenEvent[]).some((one) => one.event === event));
});

test('open events are read in both directions and each order, and counted', async () => {
  await publish();
  await publish();
  const { pagedBothWays } = pagedLists((token, path) => hub.staff(token, 'GET', path));
  const sorts = ['', 'opened', '-opened', 'ends', '-ends', 'department', '-department'];
  const found = await pagedBothWays(command, '/v1/open-events?state=open', 'events', sorts);
  const opened = found.map(({ openedAt }) => String(openedAt));
  assert.deepEqual(opened, opened.toSorted().toReversed(), 'the newest first');
  const { json } = await hub.staff(school.steward, 'GET', '/v1/open-events?total=true&sort=ends');
  const ends = (json['events'] as OpenEvent[]).map(({ endsAt }) => endsAt);
  assert.deepEqual(ends, ends.toSorted());
});

test('a plan has two hundred open events at most', async () => {
  const many = (level: string) =>
    Array.from({ length: 201 }, () => {
      count += 1;
      return {
        ...({ specversion: '1.0', source: 'many', type: issued } as const),
        id: `e-${count}`,
        data: { warning_id: `w-${count}`, district: '990101', level },
      };
    });
  assert.equal(await codeOf(city.ecology.client.events.publish(topic, many('red'))), 'open_events_full');
  assert.equal(await codeOf(city.ecology.client.events.publish(topic, many('yellow'))), 'answered');
});

describe('a plan that others than the hub changed', () => {
  const administrator = new pg.Client(connectionOf(database.address));
  before(() => administrator.connect());
  after(() => administrator.end());
  /** Past the hub, the plan of an open event loses its escalations while `work` runs. */
  const whileChanged = async (work: () => Promise<void>): Promise<void> => {
    const { rows } = await administrator.query<{ document: string }>(
      `SELECT document::text AS document FROM response_plan WHERE code = $1 AND NOT superseded`,
      [plan.id],
    );
    const change = 'UPDATE response_plan SET document = $2::json WHERE code = $1 AND NOT superseded';
    const document = rows[0]?.document ?? assert.fail();
    await administrator.query("SET session_replication_role = 'replica'");
    await administrator.query(change, [plan.id, JSON.stringify({ ...JSON.parse(document), steps: [] })]);
    try {
      await work();
    } finally {
      await administrator.query(change, [plan.id, document]);
    }
  };

  test('answers no acknowledgement and opens nothing: both are refused, and possible when it is restored', async () => {
    const event = await publish();
    const acknowledge = (): Promise<unknown> => city.education.client.events.acknowledge(event, 'received');
    await whileChanged(async () => {
      assert.equal(await codeOf(acknowledge()), 'rows_unauthenticated');
      assert.equal(await codeOf(publish()), 'rows_unauthenticated');
    });
    await acknowledge();
    assert.ok(statesOf(await board(event)).includes('receipt education acknowledged'));
    await board(await publish());
  });

  test('hides its own events alone: the list goes on with those after them', async () => {
    await publish();
    const list = async (): Promise<{ readonly events: number; readonly goesOn: boolean }> => {
      const { json } = await hub.staff(command, 'GET', '/v1/open-events?state=open&limit=1');
      return {
        events: (json['events'] as object[]).length,
        goesOn: typeof json['nextCursor'] === 'string',
      };
    };
    assert.deepEqual(await list(), { events: 1, goesOn: true });
    await whileChanged(async () => assert.deepEqual(await list(), { events: 0, goesOn: true }));
  });

  test('ends no escalation: the job fails for it, and escalates when it is restored', async () => {
    const event = await publish();
    await pass(event, 100_000);
    await whileChanged(async () => {
      assert.notEqual(await hub.hub.runner.run('escalateEvents'), 'ok');
      const { rows } = await administrator.query<{ state: string }>(
        `SELECT state FROM event_step WHERE event = $1 AND step = 'receipt' AND department = 'education'`,
        [event],
      );
      assert.deepEqual(rows, [{ state: 'waiting' }]);
    });
    await escalate();
    assert.ok(statesOf(await board(event)).includes('receipt education escalated'));
  });
});
