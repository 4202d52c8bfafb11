/** A person's word on a batch while a process of PostgreSQL is killed (kill −9) at any moment: it counts once or not at all, and can be repeated. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import type { Leaf } from '../../log/leaf.ts';
import { sampleCity, testHub, type StaffAnswer } from '../hub.ts';
import { tables, reported } from '../flows/intakeCalls.ts';
import { leafTexts } from '../leafTexts.ts';

const hub = await testHub();
after(() => hub.stop());
const city = await sampleCity(hub);
const { database } = hub.hub;
const { client } = city.publicSecurity;
const household = 'pub-security.household';
const first = await hub.token('han', ['steward'], 'pub-security');
const second = await hub.token('wei', ['steward'], 'pub-security');

/** Acts, each with a moment between nothing and its usual end. */
const rounds = Number(process.env['DATONG_ROUNDS'] ?? 2);
const longest = 60;

const sent = (rows: number, seed: number): Promise<string> => {
  let batch = '';
  const sending = client.sendFile(household, householdFile(rows, seed).bytes, {
    mapping: 'household',
    onOpened: (opened) => (batch = opened.batch),
  });
  return sending.then(
    () => batch,
    () => batch,
  );
};

/** Ends one of the server's processes without a word: the server ends all others and recovers. */
async function killOne(): Promise<void> {
  const { rows } = await database.owner.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = current_database() ORDER BY random() LIMIT 1",
  );
  const [{ pid } = { pid: 0 }] = rows;
  assert.ok(pid > 0);
  process.kill(pid, 'SIGKILL');
}

/** The hub's answer once it can give one: a call that failed because of the database is repeated, as a client would. */
async function settled(work: () => Promise<StaffAnswer>): Promise<StaffAnswer> {
  for (let i = 0; i < 300; i += 1) {
    const answer = await work().catch(() => undefined);
    if (answer !== undefined && answer.status < 500) return answer;
    await sleep(100);
  }
  return assert.fail('the hub did not come back within thirty seconds');
}

const decide = (token: string, batch: string, act: string): Promise<StaffAnswer> =>
  hub.staff(token, 'POST', `/v1/batches/${batch}/${act}`, { reason: '已与报送员核对' });
const stateOf = async (batch: string): Promise<unknown> =>
  (await settled(() => hub.staff(first, 'GET', `/v1/batches/${batch}`))).json['state'];

/** The act while a process is killed, then again until it counts. @returns how often the log says that it was done */
async function decidedOnce(token: string, batch: string, act: string, from: string): Promise<number> {
  const acting = decide(token, batch, act).catch(() => undefined);
  const killing = sleep(Math.random() * longest).then(killOne);
  await Promise.allSettled([acting, killing]);
  if ((await stateOf(batch)) === from) await settled(() => decide(token, batch, act));
  assert.equal(await stateOf(batch), 'published');
  const operation = act === 'release' ? 'releaseBatch' : 'restoreBatch';
  const texts = await leafTexts(database);
  return texts
    .filter((text) => text.includes(batch))
    .map((text) => JSON.parse(text) as Leaf)
    .filter(
      ({ operation: name, decision, change }) =>
        name === operation && decision === 'allow' && change?.['proposed'] !== true,
    ).length;
}

test('a release and a restoration count exactly once, whenever a process of the database dies', async () => {
  for (let round = 0; round < rounds; round += 1) {
    const former = await sent(2_000 + round, 41 + 2 * round);
    assert.equal(await stateOf(former), 'published');
    const small = await sent(300, 42 + 2 * round);
    assert.equal(await stateOf(small), 'held');
    assert.equal(await decidedOnce(first, small, 'release', 'held'), 1);
    await settled(() => decide(first, former, 'restoration'));
    assert.equal(await decidedOnce(second, former, 'restoration', 'superseded'), 1);
    assert.equal(await stateOf(small), 'superseded');
    const living = await tables(database);
    assert.ok(living.includes(former) && living.includes(small) && living.length === 2, living.join(' '));
  }
  assert.equal(await reported(client.batch(await sent(2_000, 99))), '200', 'and submissions go on');
});
