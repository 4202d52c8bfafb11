/** Reminders of the release before the common dispatcher: what was queued is sent once, what was given up can be sent again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { migrate } from '../../hub/platform/database/migrate.ts';
import { migrationNames } from '../../migrations/index.ts';
import { emptyDatabase } from '../database.ts';

test('reminders that are queued, were taken or were given up become states and dead letters', async () => {
  const database = await emptyDatabase();
  const { owner } = database;
  await migrate(database, { upTo: migrationNames.filter((name) => name < '0029') });
  await owner.query(
    `INSERT INTO person (id, name, state, invited_by, confirmed_by, made_by) SELECT 'p' || n, 'p', 'active', 'hub', 'hub', gen_random_uuid() FROM generate_series(1, 5) AS n`,
  );
  await owner.query(
    `INSERT INTO reminder_address (kind, owner, way, sealed, set_by, set_at, exchange)
     SELECT 'person', 'p' || n, 'mail', '', 'p' || n, now(), gen_random_uuid() FROM generate_series(1, 5) AS n`,
  );
  // under way since a minute; waits four hours; taken; given up; the fifth never had one
  await owner.query(
    `INSERT INTO reminder (id, kind, owner, way, said, made_at, attempts, next_at, trouble, ended_at)
     SELECT gen_random_uuid(), 'person', owner, 'mail', '{"counts":{}}', now() - interval '2 hours', attempts, now() + next, trouble, ended
       FROM (VALUES ('p1', 1, interval '60 s', NULL, NULL::timestamptz),
                    ('p2', 4, interval '4 hours', 'reminder_refused', NULL),
                    ('p3', 2, interval '-1 hour', NULL, now()),
                    ('p4', 8, interval '-1 hour', 'reminder_unreachable', now()))
         AS made (owner, attempts, next, trouble, ended)`,
  );
  await migrate(database);
  const { rows } = await database.app.query(
    `SELECT owner, d.attempts, d.trouble, d.failing_since IS NOT NULL AS failing, d.delivered_at IS NOT NULL AS delivered,
            round(extract(epoch FROM d.next_at - now()) / 60)::int AS minutes,
            (SELECT string_agg(r.state || coalesce(' ' || r.trouble, ''), ',') FROM reminder r WHERE r.owner = d.owner) AS reminders
       FROM reminder_state AS d ORDER BY owner`,
  );
  const clean = { attempts: 0, trouble: null, failing: false, delivered: false };
  assert.deepEqual(rows, [
    // the attempt that may be under way has its time
    { owner: 'p1', ...clean, minutes: 1, reminders: 'queued' },
    {
      owner: 'p2',
      attempts: 4,
      trouble: 'reminder_refused',
      failing: true,
      delivered: false,
      minutes: 10,
      reminders: 'queued',
    },
    { owner: 'p3', ...clean, delivered: true, minutes: -60, reminders: null },
    {
      owner: 'p4',
      attempts: 8,
      trouble: 'reminder_unreachable',
      failing: true,
      delivered: false,
      minutes: -60,
      reminders: 'dead reminder_unreachable',
    },
    { owner: 'p5', ...clean, minutes: 0, reminders: null },
  ]);
});
