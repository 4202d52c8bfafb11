/** Of one person's schema trials one runs and a few wait; the others are refused with 429. The calls of other persons are answered without delay. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { request } from 'node:https';
import { test } from 'node:test';
import { sharedDocumentByShortName } from '../../machine/shippedSchemas.ts';
import { cityHub } from '../cityHub.ts';

const { hub } = await cityHub({
  checks: { atOnce: 2, maxWaiting: 4, maxWaitingOfOne: 2, maxWaitMs: 30_000 },
});
const attacker = await hub.token('gong', ['steward'], 'education');
const steward = await hub.token('han', ['steward'], 'pub-security');
const document = sharedDocumentByShortName('household@1');
const trial = (token: string, body = document) =>
  hub.staff(token, 'POST', '/v1/schemas/trials', { document: body });

/** Threads of this process now. */
const threads = (): number => readdirSync('/proc/self/task').length;

test('60 trials of one person: one runs, two wait, 57 are refused; another steward is answered', async () => {
  const before = threads();
  let maxThreads = 0;
  const timer = setInterval(() => (maxThreads = Math.max(maxThreads, threads() - before)), 5);
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
  // two, and threads of earlier trials that have not ended yet
  assert.ok(maxThreads >= 1 && maxThreads <= 4, `${maxThreads} threads at once`);
  assert.equal((await trial(attacker)).status, 200, 'a refused trial may be repeated');
});

test('a refusal has Retry-After', async () => {
  const waiting = [trial(attacker), trial(attacker), trial(attacker)];
  await new Promise((resolve) => setTimeout(resolve, 20));
  const [status, retryAfter] = await new Promise<readonly [number | undefined, string | undefined]>(
    (resolve, reject) => {
      const sent = request(
        `${hub.hub.origins.staff}/v1/schemas/trials`,
        {
          method: 'POST',
          ca: hub.ca,
          headers: { authorization: `Bearer ${attacker}`, 'content-type': 'application/json' },
        },
        (reply) => {
          reply.resume();
          resolve([reply.statusCode, reply.headers['retry-after']]);
        },
      );
      sent.on('error', reject);
      sent.end(JSON.stringify({ document }));
    },
  );
  assert.deepEqual([status, retryAfter], [429, '5']);
  await Promise.all(waiting);
});
