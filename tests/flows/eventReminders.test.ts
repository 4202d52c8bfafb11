/** Open events reach persons on duty: in the inbox, by mail and by webhook, within seconds and once for each stage. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { components } from '../../api/openapi.ts';
import { eventually } from '../eventually.ts';
import { claimsOf, reminderServers } from '../reminderServers.ts';
import { samplePlan } from '../samplePlan.ts';
import { cityHub } from '../cityHub.ts';

type Item = components['schemas']['Waiting']['events'][number];

const servers = await reminderServers();
const { mail, calls } = servers;
const { database, hub, city } = await cityHub({
  jobsByTime: false,
  dispatch: { pollMs: 25 },
  config: { reminders: servers.reminders },
});
after(async () => {
  servers.close();
  await hub.stop();
});
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
await city.apply('air-warning/response.yaml');
await samplePlan(hub);
const school = {
  steward: await hub.token('shi', ['steward'], 'education'),
  clerk: await hub.token('sheng', ['clerk'], 'education'),
  leader: await hub.token('zhang', ['leader'], 'education'),
  auditor: await hub.token('shen', ['auditor'], 'education'),
};
const command = await hub.token('ling', ['leader']);
const stranger = await hub.token('lu', ['steward'], 'transport');
for (const [name, token] of Object.entries({ ...school, command, stranger })) {
  const { status } = await hub.staff(token, 'POST', '/v1/reminders', { mail: `${name}@yunxi.example` });
  assert.equal(status, 200, name);
}
const department = await hub.staff(school.steward, 'POST', '/v1/departments/education/reminders', {
  webhook: `${servers.origin}/`,
});
assert.equal(department.status, 200, JSON.stringify(department.json));

const pending = async (token: string): Promise<readonly string[]> => {
  const { json } = await hub.staff(token, 'GET', '/v1/inbox?kind=events');
  return (json['events'] as Item[]).map(
    ({ step, department: owing, as, stage, overdue }) =>
      `${step} ${owing} ${as} ${stage}${overdue ? ' late' : ''}`,
  );
};
/** Runs a job. @returns the persons who got a mail since the last call, and how many items each mail reports */
async function mailed(job: string): Promise<Readonly<Record<string, number>>> {
  const before = mail.mails.length;
  assert.equal(await hub.hub.runner.run(job), 'ok');
  await eventually(
    async () => (await database.app.query('SELECT FROM reminder')).rowCount === 0,
    () => 'reminders are still queued',
  );
  return Object.fromEntries(
    mail.mails.slice(before).map((one) => {
      const body = Buffer.from(one.split('\n\n')[1] ?? '', 'base64').toString('utf8');
      assert.match(body, /联动事件：\d/);
      assert.doesNotMatch(body, /重污染|ecology|education/, 'no titles, no departments');
      return [/^To: <([^@]*)@/m.exec(one)?.[1] ?? '', Number(/联动事件：(\d+)/.exec(body)?.[1])];
    }),
  );
}
const publish = async (): Promise<string> => {
  const { json } = await city.ecology.client.events.publish('ecology.air-warnings', [
    {
      specversion: '1.0',
      id: 'e-1',
      source: 'test',
      type: 'ecology.air-warning-issued',
      data: { warning_id: 'w-1', district: '990101', level: 'red' },
    },
  ]);
  return json.events[0]?.event ?? assert.fail();
};
/** As if so many seconds had passed since it was published. */
async function pass(event: string, seconds: number): Promise<void> {
  await database.owner.query(
    `UPDATE event_step SET due_at = due_at - make_interval(secs => $2), next_at = next_at - make_interval(secs => $2)
      WHERE event = $1 AND answered_at IS NULL`,
    [event, seconds],
  );
  assert.equal(await hub.hub.runner.run('escalateEvents'), 'ok');
}

test('an open event, its missed deadline, and each stage of escalation reach those whom the plan names, once', async () => {
  await mailed('remindOfEvents');
  await hub.hub.runner.run('sendReminders');
  const event = await publish();
  assert.deepEqual(await pending(school.steward), [
    'receipt education acknowledger 0',
    'outdoor-lessons education acknowledger 0',
  ]);
  assert.deepEqual(await pending(school.clerk), ['receipt education acknowledger 0']);
  assert.deepEqual(await pending(school.leader), ['outdoor-lessons education acknowledger 0']);
  for (const other of [school.auditor, command, stranger]) assert.deepEqual(await pending(other), []);
  const page = '/v1/inbox?kind=events&limit=1';
  const firstPage = (await hub.staff(school.steward, 'GET', page)).json;
  const next = await hub.staff(school.steward, 'GET', `${page}&cursor=${String(firstPage['nextCursor'])}`);
  assert.deepEqual(
    [firstPage, next.json].flatMap(({ events }) => (events as Item[]).map(({ step }) => step)),
    ['receipt', 'outdoor-lessons'],
  );
  const before = calls.length;
  assert.deepEqual(await mailed('remindOfEvents'), { steward: 2, clerk: 1, leader: 1 });
  assert.deepEqual(
    calls.slice(before).map((call) => claimsOf(call)['counts']),
    [{ events: 2 }],
    'the department is notified for all its roles',
  );
  assert.deepEqual(await mailed('remindOfEvents'), {});
  assert.deepEqual(await mailed('sendReminders'), {}, 'the other job does not repeat it');

  // the deadline passes: the duty desk
  await pass(event, 601);
  assert.deepEqual(await pending(school.clerk), [
    'receipt education acknowledger 0 late',
    'receipt education escalated 1 late',
  ]);
  const first = await mailed('remindOfEvents');
  assert.deepEqual([first['clerk'], first['leader'], first['command']], [2, undefined, undefined]);
  // the head of the department, then the command centre
  await pass(event, 301);
  assert.deepEqual((await mailed('remindOfEvents'))['leader'], 1);
  await pass(event, 301);
  assert.deepEqual(await pending(command), [
    'receipt education escalated 3 late',
    'receipt pub-security escalated 3 late',
  ]);
  assert.deepEqual((await mailed('remindOfEvents'))['command'], 2);

  // an acknowledged step waits no longer
  const answered = await hub.staff(school.clerk, 'POST', `/v1/open-events/${event}/acknowledgements`, {
    grade: 'received',
  });
  assert.equal(answered.status, 201, JSON.stringify(answered.json));
  assert.deepEqual(await pending(school.clerk), []);
  const left = (await hub.staff(school.steward, 'GET', '/v1/inbox?kind=events')).json['events'] as Item[];
  assert.deepEqual(
    left.map(({ step, grade, given, as }) => [step, grade, given, as]),
    [['outdoor-lessons', 'done', 'received', 'acknowledger']],
    'receipt is given, the step wants more',
  );
  assert.deepEqual(await pending(command), ['receipt pub-security escalated 3 late']);
  assert.deepEqual(await mailed('remindOfEvents'), {});
});
