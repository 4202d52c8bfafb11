/** What a message about an event under a response plan costs: the rows that decide its closing are compared once, and only where it is closed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { administratorSession } from '../../../tests/administratorSession.ts';
import { eventually } from '../../../tests/eventually.ts';
import { city, database, Endpoint, hub, publish, subscribed } from '../../../tests/flows/webhookHub.ts';
import { samplePlan } from '../../../tests/samplePlan.ts';

await city.apply('air-warning/response.yaml');
await samplePlan(hub);
const administrator = await administratorSession(database);
const noted = (event: string): Promise<void> =>
  eventually(
    async () =>
      (await database.app.query('SELECT FROM event_delivery WHERE event = $1', [event])).rows.length === 1,
    () => `the delivery of ${event} is not noted`,
  );

test('an open event: nothing is compared; a closed one that concerns the department: each table once', async (t) => {
  const spy = t.mock.method(pg.Client.prototype, 'query');
  const compared = (): number =>
    spy.mock.calls.filter(({ arguments: [first] }) => {
      const given = first as unknown as string | { readonly text?: string } | undefined;
      const text = typeof given === 'string' ? given : (given?.text ?? '');
      return /FROM (late_closing|event_step|event_escalation|event_delivery)\s+WHERE event = ANY/.test(text);
    }).length;
  for (const isClosed of [false, true]) {
    const since = new Date(database.now()).toISOString();
    const [event = ''] = await publish(1, { level: 'red' });
    if (isClosed) await city.ecology.client.events.close(event, { code: 'ended', reason: '预警已解除' });
    const endpoint = new Endpoint();
    spy.mock.resetCalls();
    const { id } = await subscribed(endpoint, 1, { since });
    await endpoint.until(1);
    await noted(event);
    assert.deepEqual([endpoint.ids, compared()], [[event], isClosed ? 4 : 0]);
    await city.education.client.events.end(id);
  }
});

test('a row past the hub about an open event delays no message', async () => {
  const since = new Date(database.now()).toISOString();
  const [event = ''] = await publish(1, { level: 'red' });
  await administrator.query(`INSERT INTO late_closing (event, department) VALUES ('${event}', 'education')`);
  const endpoint = new Endpoint();
  await subscribed(endpoint, 1, { since });
  await endpoint.until(1);
  assert.deepEqual(endpoint.ids, [event]);
});
