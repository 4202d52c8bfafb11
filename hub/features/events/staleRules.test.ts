/** A job of a process that has not heard of the newest registrations does nothing final by the former ones. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase } from '../../../tests/database.ts';
import { alarmsHub, row } from '../../../tests/flows/alarmsHub.ts';
import { testHub } from '../../../tests/hub.ts';

const database = await testDatabase({ connections: 30 });
const first = await testHub({ database, jobsByTime: false });
const second = await testHub({ database, jobsByTime: false, keysDir: first.hub.config.keysDir });
after(async () => {
  await second.stop();
  await first.stop();
});
const { city, subscription, dataset, push } = await alarmsHub(first);

test('the rules of a dataset that was registered at another process are not forgotten', async () => {
  const id = await dataset([{ when: 'level > 150' }]);
  await push(id, [row('甲', 1, 90)]);
  assert.equal(await first.hub.runner.run('evaluateRules'), 'ok');
  await push(id, [row('甲', 2, 151)]);
  const size = async (): Promise<number> => (await first.hub.audit.storedTree()).size;
  const before = await size();
  assert.equal(await second.hub.runner.run('evaluateRules'), 'ok');
  assert.equal(await size(), before + 1, 'the entry of the event, and none for what was heard');
  const { json } = await city.education.client.events.pull(subscription, {});
  assert.deepEqual(
    json.events.map(({ data }) => data['value']),
    [151],
  );
});
