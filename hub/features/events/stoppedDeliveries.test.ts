/** What stops the deliveries to a webhook. Events in the queue and events that the receiver refused before are stopped too. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { consentedEvents } from '../../../tests/flows/consentedEvents.ts';
import { eventually } from '../../../tests/eventually.ts';
import {
  city,
  context,
  database,
  Endpoint,
  hub,
  issued,
  nap,
  publish,
  reaches,
  school,
  shown,
  stateOf,
  subscribed,
  topic,
} from '../../../tests/flows/webhookHub.ts';

describe('what forbids it, also for what is queued', () => {
  test('a suspended agreement; resumed, the event arrives', async () => {
    const endpoint = new Endpoint();
    const { id } = await subscribed(endpoint);
    await reaches(id, 'active');
    const steward = await hub.token('wen', ['steward'], 'ecology');
    const act = async (what: string): Promise<void> => {
      const path = `/v1/policy/documents/agr-air-warnings/${what}`;
      const reply = await hub.staff(steward, 'POST', path, { reason: 'test' });
      assert.ok(reply.status < 300, JSON.stringify(reply.json));
    };
    await act('suspension');
    const [event] = await publish();
    await reaches(id, 'refused');
    assert.equal((await shown(id)).sink?.trouble?.code, 'agreement_suspended');
    assert.equal(endpoint.got.length, 0);
    await act('resumption');
    await school.sink(id, 'resume');
    await endpoint.until(1);
    assert.deepEqual(endpoint.ids, [event]);
  });

  test('a withdrawn consent: only the events of the other persons are sent', async () => {
    const grants = await consentedEvents(city, database);
    const [first] = [await grants.consent(1), await grants.consent(2)];
    const endpoint = new Endpoint();
    const sink = { kind: 'webhook' as const, url: endpoint.url, batch: 10 };
    const { id } = (await school.subscribe({ topic: grants.topic, sink }, grants.context)).json;
    const amounts = (): unknown[] =>
      endpoint.got.map(({ events }) => events.map(({ data }) => data['amount']));
    await reaches(id, 'active');
    await grants.publish([1, 2]);
    await endpoint.until(1);
    assert.deepEqual(amounts(), [[1, 2]], 'with both consents');
    // the receiver refuses it, so it is sent again
    endpoint.answer = (_, reply) => void reply.writeHead(500).end();
    await grants.publish([1, 2]);
    await endpoint.until(2);
    await school.sink(id, 'pause');
    await nap(200);
    const sent = endpoint.got.length;
    // stored while nothing is sent
    await grants.publish([1, 2]);
    await city.publicSecurity.client.withdrawConsent(first);
    endpoint.answer = (_, reply) => void reply.writeHead(204).end();
    await school.sink(id, 'resume');
    await endpoint.until(sent + 1);
    await grants.publish([2]);
    await eventually(
      () => amounts().slice(sent).flat().length >= 3,
      () => JSON.stringify(amounts()),
    );
    assert.deepEqual(amounts().slice(sent).flat(), [2, 2, 2]);
    await school.end(id);
  });

  test('a revoked certificate; another machine vouches for it anew', async () => {
    const machine = await hub.enrol('education');
    const endpoint = new Endpoint();
    const sink = { kind: 'webhook' as const, url: endpoint.url };
    const { id } = (await machine.client.events.subscribe({ topic, types: [issued], sink }, context)).json;
    await reaches(id, 'active');
    const path = `/v1/certificates/${machine.serial}/revocation`;
    const reply = await hub.staff(city.operator, 'POST', path, { reason: 'superseded' });
    assert.ok(reply.status < 300, JSON.stringify(reply.json));
    const [event] = await publish();
    await reaches(id, 'refused');
    assert.match((await shown(id)).sink?.trouble?.code ?? '', /revoked/);
    assert.equal(endpoint.got.length, 0);
    await school.sink(id, 'resume');
    await endpoint.until(1);
    assert.deepEqual(endpoint.ids, [event]);
  });

  test('a pause', async () => {
    const endpoint = new Endpoint();
    const { id } = await subscribed(endpoint);
    await reaches(id, 'active');
    await school.sink(id, 'pause');
    const [event] = await publish();
    await nap(200);
    assert.deepEqual([endpoint.got.length, await stateOf(id)], [0, 'paused']);
    await school.sink(id, 'resume');
    await endpoint.until(1);
    assert.deepEqual(endpoint.ids, [event]);
  });

  test('a pause, which a test of an unproven endpoint does not end', async () => {
    const endpoint = new Endpoint();
    endpoint.prove = (_, reply) => void reply.writeHead(404).end();
    const { id } = await subscribed(endpoint);
    await eventually(
      () => endpoint.challenges > 0,
      () => 'it is not asked',
    );
    await school.sink(id, 'pause');
    endpoint.prove = (challenge, reply) => void reply.end(challenge);
    const { test: tested } = (await school.sink(id, 'test')).json;
    assert.deepEqual([tested?.sent, tested?.taken], ['challenge', true]);
    await publish();
    await nap(200);
    assert.deepEqual([endpoint.got.length, await stateOf(id)], [0, 'paused']);
    await school.sink(id, 'resume');
    await endpoint.until(1);
  });
});
