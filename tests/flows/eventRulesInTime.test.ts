/** A hub that runs its jobs by time: how long after the commit of a call its events are at the subscriber. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testHub } from '../hub.ts';
import { alarmsHub, row } from './alarmsHub.ts';

const hub = await testHub();
after(() => hub.stop());
const { city, subscription, dataset, push } = await alarmsHub(hub);

test('an event is at its subscriber soon after the commit of its call, p95 of 20 calls within 3 s', async () => {
  const id = await dataset([{ when: 'level > 150' }]);
  const committed = new Map<unknown, number>();
  const waits: number[] = [];
  const receiving = (async () => {
    let after: string | undefined;
    while (waits.length < 20) {
      const request = after === undefined ? { wait: 5 } : { wait: 5, after };
      const { json } = await city.education.client.events.pull(subscription, request);
      after = json.next;
      for (const { data } of json.events)
        waits.push(performance.now() - (committed.get(data['station']) ?? 0));
    }
  })();
  for (let nth = 0; nth < 20; nth += 1) {
    const station = `s${nth}`;
    committed.set(station, performance.now());
    await push(id, [row(station, 1, 151)]);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  await receiving;
  waits.sort((a, b) => a - b);
  assert.equal(waits.length, 20, 'one for each crossing');
  const late = waits[18] ?? Infinity;
  assert.ok(late <= 3_000, `p95 ${late} ms`);
});
