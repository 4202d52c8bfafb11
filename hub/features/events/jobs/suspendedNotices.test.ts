import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cityHub } from '../../../../tests/cityHub.ts';
import { samplePlan } from '../../../../tests/samplePlan.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 20 });
const type = 'ecology.air-warning-deadline-missed';

test('a stage of a missed deadline that is reached while its type is suspended is published once it is resumed', async () => {
  await city.apply('air-warning/topic.yaml');
  await city.apply('air-warning/response.yaml');
  await samplePlan(hub);
  await city.apply('air-warning/response-agreement.yaml', [
    city.education,
    city.publicSecurity,
    city.ecology,
  ]);
  const { events: police } = city.publicSecurity.client;
  const subscribed = await police.subscribe(
    { topic: 'ecology.air-warning-deadlines' },
    { purpose: 'public-service', agreement: 'agr-air-deadlines' },
  );
  const { id } = subscribed.json;
  const data = { warning_id: 'w', district: '990101', level: 'red' };
  const published = await city.ecology.client.events.publish('ecology.air-warnings', [
    { specversion: '1.0', id: 'w', source: 's', type: 'ecology.air-warning-issued', data },
  ]);
  const event = published.json.events[0]?.event ?? assert.fail();
  const steward = await hub.token('steward-of-notices', ['steward'], 'ecology');
  const act = async (what: string): Promise<void> => {
    const path = `/v1/datasets/${type}/decision`;
    assert.equal((await hub.staff(steward, 'POST', path, { act: what, reason: 'test' })).status, 200);
  };
  const escalate = async (): Promise<void> => assert.equal(await hub.hub.runner.run('escalateEvents'), 'ok');
  await act('suspend');
  await database.owner.query(
    'UPDATE event_step SET due_at = due_at - make_interval(secs => 601), next_at = next_at - make_interval(secs => 601) WHERE event = $1',
    [event],
  );
  await escalate();
  await act('resume');
  await escalate();
  await escalate();
  const { escalations } = (await city.ecology.client.events.board(event)).json;
  assert.ok(escalations.length > 0);
  const notified = (await police.pull(id, {})).json.events.map((one) => {
    const { event: about, step, department, stage, recipient } = one.data;
    return JSON.stringify([about, step, department, stage, recipient]);
  });
  assert.deepEqual(
    notified.sort(),
    escalations
      .map(({ step, department, stage, recipient }) =>
        JSON.stringify([event, step, department, stage, recipient]),
      )
      .sort(),
  );
  // the stage names its event, so that the end of its retention brings no second one
  const named =
    'SELECT count(*)::integer AS silent FROM event_escalation WHERE event = $1 AND notice IS NULL';
  assert.deepEqual((await database.owner.query(named, [event])).rows, [{ silent: 0 }]);
  await database.owner.query("DELETE FROM event WHERE topic = 'ecology.air-warning-deadlines'");
  await act('suspend');
  await escalate();
  await act('resume');
  await escalate();
  const after = "SELECT FROM event WHERE topic = 'ecology.air-warning-deadlines'";
  assert.equal((await database.owner.query(after)).rowCount, 0);
});
