/** Answers of a broker that mosquitto does not give: a denied subscription, and a packet id that a later session reuses. */
import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { after, test } from 'node:test';
import type { VerbFailure } from '../verb.ts';
import { eventually } from '../../../tests/eventually.ts';
import { MqttConnection, type MqttMessage } from './mqttConnection.ts';

const servers: Server[] = [];
after(() => servers.forEach((server) => server.close()));

/** A minimal broker: it answers CONNACK without a session and SUBACK with a reason code. The test sends the other packets. */
async function broker(
  reason: number,
): Promise<{ readonly url: URL; readonly sockets: Socket[]; readonly acknowledged: number[] }> {
  const sockets: Socket[] = [];
  const acknowledged: number[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('data', (packet) => {
      // the tests send packets of less than 128 bytes, one at a time
      for (let at = 0; at < packet.length; at += 2 + (packet[at + 1] ?? 0)) {
        const kind = (packet[at] ?? 0) >> 4;
        const id = packet.subarray(at + 2, at + 4);
        if (kind === 1) socket.write(Buffer.from([0x20, 3, 0, 0, 0]));
        if (kind === 8) socket.write(Buffer.from([0x90, 4, ...id, 0, reason]));
        if (kind === 4) acknowledged.push(id.readUInt16BE());
      }
    });
    socket.on('error', () => undefined);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  return { url: new URL(`mqtt://127.0.0.1:${port}`), sockets, acknowledged };
}

const settings = { clientId: 'test', sessionSeconds: 60, maxInFlight: 10 };

const publishPacket = (packetId: number, text: string, isRepeated: boolean): Buffer => {
  const body = Buffer.concat([Buffer.from([0, 1, 0x61, 0, packetId, 0]), Buffer.from(text)]);
  return Buffer.concat([Buffer.from([isRepeated ? 0x3a : 0x32, body.length]), body]);
};

const until = (isTrue: () => boolean): Promise<void> =>
  eventually(isTrue, () => 'it did not happen within 5 s', { within: 5_000, every: 10 });

test('a subscription that the broker denies ends the connection with its topic', async () => {
  const { url } = await broker(0x87);
  const refusals: VerbFailure[] = [];
  const connection = await MqttConnection.open({ ...settings, url }, ['stations/+'], {
    onMessage: () => assert.fail('no message'),
    onFailure: () => undefined,
    onRefused: (error) => refusals.push(error),
  });
  await until(() => refusals.length > 0);
  assert.match(String(refusals[0]?.message), /stations\/\+/);
  await connection.close();
});

test('a message is received once, and acknowledged by its packet id only while the id is not reused', async () => {
  const { url, sockets, acknowledged } = await broker(1);
  const messages: MqttMessage[] = [];
  let ready = 0;
  const connection = await MqttConnection.open({ ...settings, url }, ['a'], {
    onMessage: (message) => messages.push(message),
    onReady: () => (ready += 1),
    onFailure: () => undefined,
    onRefused: () => assert.fail('refused'),
  });
  await until(() => ready === 1);
  sockets[0]?.write(publishPacket(7, 'first', false));
  await until(() => messages.length === 1);
  sockets[0]?.write(publishPacket(7, 'first', true));
  sockets[0]?.write(publishPacket(8, 'second', false));
  await until(() => messages.length === 2);
  const [first, second] = messages;
  connection.acknowledge({ packetId: 8, digest: second?.digest ?? '' });
  await until(() => acknowledged.includes(8));
  // a repetition of an acknowledged message is acknowledged again
  sockets[0]?.write(publishPacket(8, 'second', true));
  await until(() => acknowledged.filter((id) => id === 8).length === 2);
  // the broker has lost the session: the same id is another message
  sockets[0]?.destroy();
  await until(() => ready === 2);
  sockets[1]?.write(publishPacket(7, 'third', false));
  await until(() => messages.length === 3);
  connection.acknowledge({ packetId: 7, digest: first?.digest ?? '' });
  sockets[1]?.write(publishPacket(9, 'fourth', false));
  await until(() => messages.length === 4);
  connection.acknowledge({ packetId: 9, digest: messages[3]?.digest ?? '' });
  await until(() => acknowledged.includes(9));
  assert.ok(!acknowledged.includes(7), 'the third message is not stored yet');
  await connection.close();
});
