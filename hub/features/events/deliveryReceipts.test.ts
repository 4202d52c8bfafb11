/** Receipts that an endpoint signs for messages: logged before the message counts as delivered, and verified with the archive of an event. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliveryReceiptHeader, signDeliveryReceipt } from '../../../clients/sdk/index.ts';
import { parseAnchors } from '../../../log/anchors.ts';
import { checkEventArchive } from '../../../log/pack/eventArchive.ts';
import { eventually } from '../../../tests/eventually.ts';
import { newestLeaves } from '../../../tests/flows/leaves.ts';
import {
  city,
  database,
  Endpoint,
  hub,
  publish,
  reaches,
  school,
  shown,
  subscribed,
} from '../../../tests/flows/webhookHub.ts';
import { samplePlan } from '../../../tests/samplePlan.ts';

await city.apply('air-warning/response.yaml');
await samplePlan(hub);

type Message = Endpoint['got'][number];
const entryOf = ({ headers }: Message): string =>
  String(headers['datong-idempotency-key']).split('.')[0] ?? '';
const signatureOf = ({ headers }: Message): string => String(headers['signature']);

test('a signed receipt has an entry, is on the board, and verifies with the archive alone', async () => {
  const endpoint = new Endpoint();
  endpoint.answer = (message, reply) => {
    const receipt = signDeliveryReceipt(entryOf(message), signatureOf(message), city.education.signing);
    reply.writeHead(204, { [deliveryReceiptHeader]: receipt }).end();
  };
  const { id } = await subscribed(endpoint);
  const [event = ''] = await publish(1, { level: 'red' });
  await endpoint.until(1);
  const board = async () => (await city.ecology.client.events.board(event)).json;
  await eventually(
    async () => (await board()).deliveries.length === 1,
    () => 'the delivery is not on the board',
  );
  const [delivery] = (await board()).deliveries;
  const [message] = endpoint.got;
  assert.ok(message !== undefined && delivery !== undefined);
  assert.equal(delivery.exchange, entryOf(message));
  const leaf = (await newestLeaves(database, 30)).find((one) => one.id === delivery.receipt) ?? assert.fail();
  assert.deepEqual(
    [leaf.operation, leaf.consumer, leaf.change?.['act'], leaf.change?.['delivery'], leaf.change?.['keyid']],
    ['deliverEvents', 'education', 'receive', delivery.exchange, city.education.signing.keyid],
  );
  await reaches(id, 'active');
  const { json: archive } = await city.ecology.client.events.archive(event);
  assert.deepEqual(
    archive.entries.filter(({ as }) => as === 'received').map(({ exchange }) => exchange),
    [delivery.receipt],
  );
  const anchors = parseAnchors(archive.anchors);
  const check = (changed: object) =>
    checkEventArchive(JSON.stringify({ ...archive, ...changed }), {
      keys: anchors.logKeys,
      hubKeys: anchors.hubKeys,
    }).findings.map(({ code }) => code);
  assert.deepEqual(check({}), []);
  const withoutIt = archive.entries.filter(({ as }) => as !== 'received');
  assert.ok(check({ entries: withoutIt }).includes('archive_claim_unproven'));
  const other = { ...delivery, exchange: delivery.receipt };
  assert.ok(
    check({ event: { ...archive.event, deliveries: [other] } }).includes('archive_entry_differs'),
    'a receipt proves its own delivery',
  );
});

test('a receipt for another message, or by a key of another department, does not take the message', async () => {
  const wrong = [
    (message: Message) => signDeliveryReceipt(entryOf(message), 'other', city.education.signing),
    (message: Message) => signDeliveryReceipt(entryOf(message), signatureOf(message), city.ecology.signing),
    (message: Message) => signDeliveryReceipt('another entry', signatureOf(message), city.education.signing),
    () => 'none',
  ];
  for (const receiptFor of wrong) {
    const endpoint = new Endpoint();
    endpoint.answer = (message, reply) =>
      void (endpoint.got.length === 1
        ? reply.writeHead(204, { [deliveryReceiptHeader]: receiptFor(message) }).end()
        : reply.writeHead(204).end());
    const { id } = await subscribed(endpoint);
    const [event] = await publish(1, { level: 'yellow' });
    await endpoint.until(2);
    assert.deepEqual(new Set(endpoint.ids), new Set([event]));
    await reaches(id, 'active');
    const received = (await newestLeaves(database, 30)).filter(
      ({ change }) => change?.['subscription'] === id && change['act'] === 'receive',
    );
    assert.deepEqual(received, [], 'and an endpoint need not sign one');
    await school.end(id);
  }
  const endpoint = new Endpoint();
  endpoint.answer = (_, reply) => void reply.writeHead(204, { [deliveryReceiptHeader]: 'none' }).end();
  const { id } = await subscribed(endpoint);
  await publish(1, { level: 'yellow' });
  await eventually(
    async () => (await shown(id)).sink?.trouble?.code === 'receipt',
    () => 'the webhook does not show the trouble',
  );
});
