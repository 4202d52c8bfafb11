import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VerbFailure } from '../verb.ts';
import type { StaffConnection } from './staffConnection.ts';
import { membersOf, staffSend } from './staffSend.ts';

/** A connection that gives these replies one after another. */
function connectionOf(...replies: readonly (readonly [status: number, body: string])[]): {
  readonly connection: StaffConnection;
  readonly sent: string[];
} {
  const sent: string[] = [];
  const send: StaffConnection['send'] = ({ method, uri, body }) => {
    const [status, text] = replies[sent.length] ?? [200, '{}'];
    sent.push(`${method} ${uri} ${Buffer.from(body).toString()}`);
    return Promise.resolve({ status, rawHeaders: [], body: Buffer.from(text) } as unknown as Awaited<
      ReturnType<StaffConnection['send']>
    >);
  };
  return { connection: { send, close: () => undefined }, sent };
}
const access = { origin: 'https://hub.example', token: 'token' };

test('a call that met a busy log is sent again, one that was refused is not', async () => {
  const busy = JSON.stringify({ code: 'log_busy' });
  const { connection, sent } = connectionOf([503, busy], [503, busy], [201, '{"id":1}']);
  const answer = await staffSend(connection, access, 'POST', '/v1/x', { a: 1 });
  assert.deepEqual([answer.status, membersOf(answer)], [201, { id: 1 }]);
  assert.deepEqual(sent, Array<string>(3).fill('POST https://hub.example/v1/x {"a":1}'));
  for (const code of ['log_unavailable', 'overloaded']) {
    const refused = connectionOf([503, JSON.stringify({ code })]);
    assert.equal((await staffSend(refused.connection, access, 'GET', '/v1/x')).status, 503);
    assert.equal(refused.sent.length, 1);
  }
});

test('the page of a proxy is named as a fault of the network, not of a file', async () => {
  for (const status of [200, 502, 503]) {
    const { connection } = connectionOf([status, '<html>Bad Gateway</html>']);
    await assert.rejects(
      staffSend(connection, access, 'GET', '/v1/x').then(membersOf),
      (error: unknown) =>
        error instanceof VerbFailure &&
        error.exit === 3 &&
        error.text.en.includes(`not JSON of the hub (status ${status})`),
    );
  }
});
