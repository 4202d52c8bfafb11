/**
 * A database administrator without a key of the hub writes rows on which the hub itself would act, or by which it would leave work out:
 * submissions, streams, reminders, positions of jobs, steps of open events. The hub does not act on them, and a finding names each.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { administratorSession } from '../administratorSession.ts';
import { eventually } from '../eventually.ts';
import { guardedDatasets } from '../flows/guardedDatasets.ts';
import { people } from '../flows/householdRecords.ts';
import { lastLeaf } from '../flows/leaves.ts';
import { reminderServers } from '../reminderServers.ts';
import { samplePlan } from '../samplePlan.ts';
import { cityHub } from '../cityHub.ts';
import { compareRows } from '../comparison.ts';

const servers = await reminderServers();
const { database, hub, city } = await cityHub({
  jobsByTime: false,
  dispatch: { pollMs: 25, leaseMs: 1_500, patienceMs: 1_000 },
  config: { reminders: servers.reminders },
});
after(async () => {
  servers.close();
  await hub.stop();
});
const steward = await hub.token('han', ['steward'], 'pub-security');
const { client } = city.publicSecurity;
const { dataset, sent } = guardedDatasets(hub, { operator: city.operator, steward, client });

/** A session of the superuser, past the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');
const { runner } = hub.hub;

async function found(): Promise<string[]> {
  await compareRows(hub);
  const { rows } = await administrator.query<{ finding: string }>(
    `SELECT code || ' ' || about AS finding FROM log_finding WHERE about <> '' ORDER BY 1`,
  );
  return rows.map(({ finding }) => finding);
}

/** Changes rows of a table past the hub, does what the test checks, and restores them. */
async function altered(table: string, sql: string, check: () => Promise<void>): Promise<void> {
  await administrator.query(`CREATE TEMPORARY TABLE former AS SELECT * FROM ${table}`);
  try {
    const { rowCount } = await administrator.query(sql);
    assert.ok((rowCount ?? 0) > 0, sql);
    await check();
  } finally {
    await administrator.query(
      `DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM former; DROP TABLE former`,
    );
  }
  assert.deepEqual(await found(), []);
}

const currentBatch = async (id: string): Promise<unknown> => {
  const { json } = await hub.staff(steward, 'GET', `/v1/datasets/${id}`);
  return (json['dataset'] as { readonly currentBatch?: string }).currentBatch;
};

test('a former batch that is set back to be read, for its dataset or for another one: it is not published', async () => {
  const id = await dataset('again');
  const former = await sent(id, people(150, 5));
  const now = await sent(id, people(150, 6));
  const other = await dataset('another');
  const ofOther = await sent(other, people(150, 7));
  const again = `state = 'checking', lease_owner = NULL, lease_until = now() - interval '1 hour'`;
  for (const [at, more] of [
    [id, ''],
    [other, `, dataset = '${other}', mapping = 'another@1'`],
  ] as const)
    await altered('batch', `UPDATE batch SET ${again}${more} WHERE id = '${former.batch}'`, async () => {
      assert.equal(await runner.run('resumeBatches'), 'ok');
      assert.deepEqual([await currentBatch(id), await currentBatch(other)], [now.batch, ofOther.batch], at);
      assert.deepEqual(await found(), [`row_altered batch ${former.batch}`]);
    });
});

test('a held batch whose findings were removed, or that was moved to another dataset: it is not released', async () => {
  const id = await dataset('held');
  const other = await dataset('moved');
  const first = await sent(id, people(400, 8));
  const { batch, state } = await sent(id, people(120, 9));
  assert.equal(state, 'held');
  for (const set of [`findings = '[]'`, `dataset = '${other}'`])
    await altered('batch', `UPDATE batch SET ${set} WHERE id = '${batch}'`, async () => {
      const { status, json } = await hub.staff(steward, 'POST', `/v1/batches/${batch}/release`, {
        reason: 'checked',
      });
      assert.deepEqual([status, json['code']], [503, 'rows_unauthenticated'], set);
    });
  assert.deepEqual([await currentBatch(id), await currentBatch(other)], [first.batch, undefined]);
});

test('a stream that never was: the hub logs no end of it', async () => {
  const { id } = await lastLeaf(database);
  await administrator.query(
    `INSERT INTO release_stream (id, department, facts, lease_until)
     VALUES (gen_random_uuid(), 'education', '{"consumer":"education","dataset":"pub-security.household"}', now() - interval '1 hour')`,
  );
  assert.equal(await runner.run('closeStreams'), 'ok');
  assert.equal((await lastLeaf(database)).id, id);
  const [finding, ...more] = await found();
  assert.match(finding ?? '', /^row_unsealed release_stream /);
  assert.deepEqual(more, []);
  await administrator.query('DELETE FROM release_stream');
  assert.deepEqual(await found(), []);
});

test('a reminder with a text of the administrator is not sent, and delays none of the hub', async () => {
  assert.equal(
    (await hub.staff(steward, 'POST', '/v1/reminders', { mail: 'han@yunxi.example' })).status,
    200,
  );
  const claimed = async (): Promise<number> => {
    const { rows } = await administrator.query<{ fencing: string }>('SELECT fencing FROM reminder_state');
    return Number(rows[0]?.fencing);
  };
  const before = await claimed();
  await administrator.query(
    `INSERT INTO reminder (id, kind, owner, way, said, made_at)
     SELECT gen_random_uuid(), kind, owner, way, '{"counts":{"requests":1},"nearest":"http://evil.example"}', now() - interval '1 day'
       FROM reminder_address`,
  );
  await eventually(
    async () => (await claimed()) > before + 1,
    () => 'the address was not taken twice',
  );
  assert.equal(servers.mail.mails.length, 0);
  await sent(await dataset('reminded'), people(400, 10));
  await sent('pub-security.reminded', people(120, 11));
  assert.equal(await runner.run('sendReminders'), 'ok');
  await eventually(
    () => servers.mail.mails.length > 0,
    () => 'no mail came',
  );
  assert.doesNotMatch(
    servers.mail.mails
      .map((one) => Buffer.from(one.split('\n\n')[1] ?? '', 'base64').toString('utf8'))
      .join(),
    /evil/,
  );
  const [finding, ...more] = await found();
  assert.match(finding ?? '', /^row_unsealed reminder /);
  assert.deepEqual(more, []);
  await administrator.query('DELETE FROM reminder');
  assert.deepEqual(await found(), []);
});

test('a position of a job that is set forward: the job does not run, and a finding names it', async () => {
  const state = `'{"from": 1000000000, "seen": 1000000000}'`;
  assert.equal(await runner.run('watchLog'), 'ok');
  // the table "job" has no position of it
  await administrator.query(`UPDATE job SET state = ${state} WHERE name = 'watchLog'`);
  await hub.token('someone else', ['clerk'], 'education');
  assert.equal(await runner.run('watchLog'), 'ok');
  const { rows } = await administrator.query<{ seen: string }>(
    `SELECT state ->> 'seen' AS seen FROM job_position WHERE job = 'watchLog'`,
  );
  assert.equal(Number(rows[0]?.seen), hub.hub.audit.size());
  for (const job of ['watchLog', 'noticeDeadlines', 'publishHubEvents']) {
    assert.equal(await runner.run(job), 'ok');
    await altered(
      'job_position',
      `UPDATE job_position SET state = ${state} WHERE job = '${job}'`,
      async () => {
        assert.equal(await runner.run(job), 'rows_unauthenticated');
        assert.deepEqual(await found(), [`row_altered job_position ${job}`]);
      },
    );
    await altered('job_position', `DELETE FROM job_position WHERE job = '${job}'`, async () => {
      assert.equal(await runner.run(job), 'rows_unauthenticated');
      assert.deepEqual(await found(), [`row_missing job_position ${job}`]);
    });
  }
});

test('a step of an open event that was altered stays as it is, and the others become late', async () => {
  await city.apply('air-warning/topic.yaml');
  await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
  await city.apply('air-warning/response.yaml');
  await samplePlan(hub);
  const { json } = await city.ecology.client.events.publish('ecology.air-warnings', [
    {
      specversion: '1.0',
      id: 'e-1',
      source: 'test',
      type: 'ecology.air-warning-issued',
      data: { warning_id: 'w-1', district: '990101', level: 'red' },
    },
  ]);
  const event = json.events[0]?.event ?? assert.fail();
  const late = `due_at = due_at - interval '3 days', next_at = next_at - interval '3 days'`;
  await database.owner.query(`UPDATE event_step SET ${late} WHERE event = $1 AND step <> 'receipt'`, [event]);
  const states = async (): Promise<Readonly<Record<string, string>>> => {
    const { rows } = await administrator.query<{ step: string; state: string }>(
      `SELECT step, state FROM event_step WHERE event = $1 AND department = 'education'`,
      [event],
    );
    return Object.fromEntries(rows.map(({ step, state }) => [step, state]));
  };
  await administrator.query(`UPDATE event_step SET ${late} WHERE event = $1 AND step = 'receipt'`, [event]);
  assert.equal(await runner.run('escalateEvents'), 'rows_unauthenticated');
  const { receipt, 'outdoor-lessons': lessons } = await states();
  assert.deepEqual([receipt, lessons], ['waiting', 'late']);
  assert.ok((await found()).some((one) => one.startsWith('row_altered event_step')));
});

test('a reminder that is marked as a dead letter before it was sent: it is sent', async () => {
  const before = servers.mail.mails.length;
  const id = await dataset('marked');
  await sent(id, people(400, 62));
  await sent(id, people(120, 63));
  // no process takes the address
  await administrator.query('BEGIN; SELECT FROM reminder_state FOR UPDATE');
  assert.equal(await runner.run('sendReminders'), 'ok');
  const { rowCount } = await administrator.query(
    `UPDATE reminder SET state = 'dead', trouble = 'reminder_unreachable', died_at = '2020-01-01'`,
  );
  await administrator.query('COMMIT');
  assert.ok((rowCount ?? 0) > 0);
  assert.equal(await runner.run('sendReminders'), 'ok');
  await eventually(
    () => servers.mail.mails.length > before,
    () => 'no mail came',
  );
});

test('an address whose state of deliveries is deleted: its reminders are sent', async () => {
  const before = servers.mail.mails.length;
  await administrator.query('DELETE FROM reminder_state');
  const id = await dataset('stateless');
  await sent(id, people(400, 72));
  await sent(id, people(120, 73));
  assert.equal(await runner.run('sendReminders'), 'ok');
  await eventually(
    () => servers.mail.mails.length > before,
    () => 'no mail came',
  );
});

test('an address whose next reminder is postponed or leased for longer than the hub would: it is sent', async () => {
  for (const set of [`next_at = now() + interval '1 year'`, `leased_until = now() + interval '1 year'`]) {
    const before = servers.mail.mails.length;
    await administrator.query(`UPDATE reminder_state SET ${set}`);
    const id = await dataset(`postponed-${before}`);
    await sent(id, people(400, 12 + before));
    await sent(id, people(120, 13 + before));
    assert.equal(await runner.run('sendReminders'), 'ok');
    await eventually(
      () => servers.mail.mails.length > before,
      () => `no mail came: ${set}`,
    );
  }
});
