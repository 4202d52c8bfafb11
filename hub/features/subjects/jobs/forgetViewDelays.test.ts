/** Delays whose last day is a week ago go, ended ones too; those in effect stay, and one that was changed past the hub. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { administratorSession } from '../../../../tests/administratorSession.ts';
import { cityHub } from '../../../../tests/cityHub.ts';
import { endViewDelay, putViewDelay } from '../store/viewDelays.ts';

const { database, hub } = await cityHub({ jobsByTime: false });
const { app } = database;
/** A session of the superuser, past the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');
const dayMs = 86_400_000;
const idOf = (letter: string): string => `delay-${letter.repeat(16)}`;

const remaining = async (): Promise<readonly string[]> =>
  (await app.query<{ id: string }>('SELECT id FROM view_delay ORDER BY id')).rows.map(({ id }) => id);

test('delays are deleted seven days after their last day', async () => {
  const now = hub.hub.database.now();
  const put = (letter: string, days: number): Promise<void> =>
    putViewDelay(
      app,
      {
        ...{ id: idOf(letter), subject: letter.repeat(64), department: 'education', reference: '监察法' },
        ...{ clause: '第四十五条', until: now + days * dayMs, digest: letter.repeat(64) },
        ...{ author: 'one', approver: 'another' },
      },
      randomUUID(),
    );
  for (const [letter, days] of [
    ['a', -8],
    ['b', -6],
    ['c', 1],
    ['d', -8],
    ['e', 1],
  ] as const)
    await put(letter, days);
  await endViewDelay(app, { id: idOf('d'), by: 'one', reason: 'closed' });
  assert.equal(await hub.hub.runner.run('forgetViewDelays'), 'ok');
  assert.deepEqual(await remaining(), ['b', 'c', 'e'].map(idOf));
  // a delay in effect whose day is moved back in the database alone is not deleted: the comparison of the rows finds it
  const moved = "UPDATE view_delay SET until = until - interval '9 days' WHERE id = $1";
  await administrator.query(moved, [idOf('e')]);
  await hub.hub.runner.run('forgetViewDelays');
  assert.deepEqual(await remaining(), ['b', 'c', 'e'].map(idOf));
});
