/** Legal holds that wait for their second person at the upgrade protect the same things after it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdTargets, type LegalHoldRow } from '../../hub/log/store/legalHolds.ts';
import { migrate } from '../../hub/platform/database/migrate.ts';
import { migrationNames } from '../../migrations/index.ts';
import { emptyDatabase } from '../database.ts';

test('what each waiting request protects is stored; decided requests and others are left out', async () => {
  const database = await emptyDatabase();
  const { owner } = database;
  await migrate(database, { upTo: migrationNames.filter((name) => name < '0042') });
  await owner.query(
    `INSERT INTO person (id, name, state, invited_by, confirmed_by, made_by) VALUES ('p', 'p', 'active', 'hub', 'hub', gen_random_uuid())`,
  );
  const waiting = [
    { dataset: 'pub-security.household' },
    { agreement: 'agr-school-enrolment' },
    { subjectHash: 'ab'.repeat(32) },
    { entries: { first: 12, last: 18 } },
  ];
  const insert = (on: object, operation = 'placeHold', decided = false): Promise<unknown> =>
    owner.query(
      `INSERT INTO proposal (id, operation, kind, name, body, params, digest, author, state, decided_by, decision)
       SELECT id, $1, 'LegalHold', 'x', $2, '{}', md5(id::text), 'p', $3, CASE $3 WHEN 'waiting' THEN NULL ELSE 'p' END,
              CASE $3 WHEN 'waiting' THEN NULL ELSE id END FROM gen_random_uuid() AS id`,
      [operation, JSON.stringify({ on, reason: 'r' }), decided ? 'withdrawn' : 'waiting'],
    );
  for (const on of waiting) await insert(on);
  await insert({ dataset: 'decided' }, 'placeHold', true);
  await insert({ dataset: 'other' }, 'registerPurpose');
  await migrate(database);
  const sorted = (rows: readonly Pick<LegalHoldRow, 'kind' | 'target'>[]): readonly string[] =>
    rows.map(({ kind, target }) => `${kind} ${target}`).sort();
  const expected = [
    'agreement agr-school-enrolment',
    'dataset pub-security.household',
    'entries 12-18',
    `subject ${'ab'.repeat(32)}`,
  ];
  const { rows } = await owner.query<Pick<LegalHoldRow, 'kind' | 'target'>>(
    `SELECT kind, target FROM waiting_hold WHERE until BETWEEN now() + interval '29 days' AND now() + interval '30 days'`,
  );
  assert.deepEqual(sorted(rows), expected);
  assert.deepEqual(sorted(await holdTargets(database.app)), expected);
  // a process of the release before decides a request and leaves its row
  await owner.query(
    `UPDATE proposal SET state = 'withdrawn', decided_by = 'p', decision = id WHERE body::jsonb->'on' ? 'agreement'`,
  );
  assert.deepEqual(sorted(await holdTargets(database.app)), expected.slice(1));
});
