/** Schema trials of one person take one thread at a time, a few wait, the rest is refused with 429; others are answered meanwhile. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { request } from 'node:https';
import { after, test } from 'node:test';
import { sharedDocumentByShortName } from '../../machine/shippedSchemas.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';

const database = await testDatabase();
const hub = await testHub({
  database,
  checks: { atOnce: 2, maxWaiting: 4, maxWaitingOfOne: 2, patienceMs: 30_000 },
});
after(() => hub.stop());
await sampleCity(hub);
const attacker = await hub.token('gong', ['steward'], 'education');
const steward = await hub.token('han', ['steward'], 'pub-security');
const document = sharedDocumentByShortName('household@1');
const trial = (token: string, body = document) =>
  hub.staff(token, 'POST', '/v1/schemas/trials', { document: body });

/** Threads of this process now. */
const threads = (): number => readdirSync('/proc/self/task').length;

test('60 trials of one person: one runs, two wait, 57 are refused; another steward is answered', async () => {
  const before = threads();
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, threads() - before)), 5);
  const many = Promise.all(Array.from({ length: 60 }, () => trial(attacker)));
  const began = performance.now();
  const other = await trial(steward);
  assert.equal(other.status, 200, JSON.stringify(other.json));
  assert.ok(performance.now() - began < 10_000, 'a steward waited');
  const answers = await many;
  clearInterval(timer);
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 50, `${refused.length} refused`);
  assert.deepEqual([...new Set(refused.map(({ json }) => json['code']))], ['checks_busy']);
  assert.equal(answers.filter(({ status }) => status === 200).length, 60 - refused.length);
  // two, and what ends of the one before
  assert.ok(most >= 1 && most <= 4, `${most} threads at once`);
  assert.equal((await trial(attacker)).status, 200, 'what was refused may come again');
});

test('a refusal says when to come again, and a comparison waits in the same queue', async () => {
  const waiting = [trial(attacker), trial(attacker), trial(attacker)];
  await new Promise((go) => setTimeout(go, 20));
  const [status, after] = await new Promise<readonly [number | undefined, string | undefined]>(
    (done, fail) => {
      const { token, body } = { token: attacker, body: JSON.stringify({ document }) };
      const sent = request(
        `${hub.hub.origins.staff}/v1/schemas/trials`,
        {
          method: 'POST',
          ca: hub.ca,
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        },
        (reply) => {
          reply.resume();
          done([reply.statusCode, reply.headers['retry-after']]);
        },
      );
      sent.on('error', fail);
      sent.end(body);
    },
  );
  assert.deepEqual([status, after], [429, '5']);
  await Promise.all(waiting);
});
