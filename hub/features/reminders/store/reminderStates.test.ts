/** Leases of addresses: a process that still works for an address that was replaced changes nothing of the new one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuid7 } from '../../../../machine/uuid7.ts';
import { putReminderAddress } from './addresses.ts';
import { insertReminder } from './reminders.ts';
import { claimAddresses, setBackAddress } from './reminderStates.ts';
import { cityHub } from '../../../../tests/cityHub.ts';

const { database, hub } = await cityHub({ jobsByTime: false });
await hub.token('wen', ['steward'], 'education');
const { rows: persons } = await database.owner.query<{ id: string }>('SELECT id FROM person LIMIT 1');
const setBy = persons[0]?.id ?? assert.fail();
const place = { kind: 'department', owner: 'education', way: 'webhook' } as const;

async function setAddress(): Promise<void> {
  const now = database.now();
  const row = { ...place, sealed: Buffer.from('x'), setBy, setAt: now };
  await putReminderAddress(database.app, row, uuid7(now));
  const reminder = { ...place, id: uuid7(now), said: {} as never, at: now };
  assert.ok(await insertReminder(database.app, reminder, []));
}
async function claim() {
  const until = database.now() + 60_000;
  const asked = { until, maxClaimed: 1, failing: false, full: [], latest: until };
  const [claimed] = await claimAddresses(database.app, place.way, asked, 0);
  return claimed ?? assert.fail('nothing is due');
}

test('the lease of a replaced address is none of the new one', async () => {
  await setAddress();
  const former = await claim();
  await setAddress();
  const current = await claim();
  const back = {
    trouble: 'status',
    status: 500,
    next: database.now() + 600_000,
    attempts: 1,
    failingSince: 1,
  };
  const failing = async (): Promise<unknown> => {
    const { rows } = await database.owner.query<{ attempts: number }>('SELECT attempts FROM reminder_state');
    return rows.map(({ attempts }) => attempts);
  };
  await setBackAddress(database.app, former, back);
  assert.deepEqual(await failing(), [0]);
  await setBackAddress(database.app, current, back);
  assert.deepEqual(await failing(), [1]);
});
