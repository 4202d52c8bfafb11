import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAnchors } from '../../../../log/anchors.ts';
import { checkEventArchive } from '../../../../log/pack/eventArchive.ts';
import { administratorSession } from '../../../../tests/administratorSession.ts';
import { cityHub } from '../../../../tests/cityHub.ts';
import { samplePlan } from '../../../../tests/samplePlan.ts';
import { escalateEvents } from './escalateEvents.ts';

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
  const { events: publisher } = city.ecology.client;
  const warn = async (warning: string): Promise<string> => {
    const data = { warning_id: warning, district: '990101', level: 'red' };
    const one = { id: warning, source: 's', type: 'ecology.air-warning-issued', data };
    const { json } = await publisher.publish('ecology.air-warnings', [{ specversion: '1.0', ...one }]);
    return json.events[0]?.event ?? assert.fail();
  };
  const event = await warn('w');
  const closed = await warn('w-closed');
  const steward = await hub.token('steward-of-notices', ['steward'], 'ecology');
  const act = async (what: string): Promise<void> => {
    const path = `/v1/datasets/${type}/decision`;
    assert.equal((await hub.staff(steward, 'POST', path, { act: what, reason: 'test' })).status, 200);
  };
  const escalate = async (): Promise<void> => assert.equal(await hub.hub.runner.run('escalateEvents'), 'ok');
  await act('suspend');
  await database.owner.query(
    'UPDATE event_step SET due_at = due_at - make_interval(secs => 601), next_at = next_at - make_interval(secs => 601)',
  );
  await escalate();
  await publisher.close(closed, { code: 'ended', reason: '预警已解除' });
  await act('resume');
  await escalate();
  await escalate();
  const { json: archive } = await publisher.archive(closed);
  const count = (role: string): number => archive.entries.filter(({ as }) => as === role).length;
  assert.ok(count('escalated') > 0);
  assert.equal(count('notified'), archive.event.escalations.length, 'each notice has its entry');
  assert.deepEqual(
    archive.event.escalations.filter(({ notice }) => notice === undefined),
    [],
  );
  const { hubKeys, logKeys } = parseAnchors(archive.anchors);
  const proven = (made: object): readonly string[] =>
    checkEventArchive(JSON.stringify(made), { keys: logKeys, hubKeys }).findings.map(({ code }) => code);
  assert.deepEqual(proven(archive), []);
  const entries = archive.entries.map((one) => ({ ...one, as: one.as === 'notified' ? 'missed' : one.as }));
  const differing = Array.from({ length: count('notified') }, () => 'archive_entry_differs');
  assert.deepEqual(proven({ ...archive, entries }), ['archive_signature_invalid', ...differing]);
  const { escalations } = (await city.ecology.client.events.board(event)).json;
  assert.ok(escalations.length > 0);
  const notified = (await police.pull(id, {})).json.events.flatMap((one) => {
    const { event: about, step, department, stage, recipient } = one.data;
    return about === event ? [JSON.stringify([about, step, department, stage, recipient])] : [];
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

test('a stage is not published while its event or step is altered past the hub', async () => {
  await database.owner.query('UPDATE event_escalation SET notice = NULL');
  const administrator = await administratorSession(database, '-c session_replication_role=replica');
  let published = 0;
  const codesOf = async (): Promise<ReadonlySet<unknown>> => {
    published = 0;
    const job = escalateEvents({ database, registry: hub.hub.services.registry });
    const { failures = [] } = await job.run({
      now: () => database.now(),
      state: null,
      signal: new AbortController().signal,
      act: () => {
        published += 1;
        return Promise.resolve(undefined as never);
      },
    });
    return new Set(failures.map((one) => (one as { code?: string }).code));
  };
  assert.deepEqual([...(await codesOf())], []);
  const all = published;
  assert.ok(all > 0);
  for (const [table, column] of [
    ['open_event', 'ends_at'],
    ['event_step', 'due_at'],
  ] as const) {
    const moved = `UPDATE ${table} SET ${column} = ${column} + $1::interval`;
    await administrator.query(moved, ['1 second']);
    assert.deepEqual([...(await codesOf()), published], ['rows_unauthenticated', 0], table);
    await administrator.query(moved, ['-1 second']);
    await codesOf();
    assert.equal(published, all);
  }
});
