/**
 * A database administrator alters a decision that waits for its next person. That person cannot complete it: the act is refused, or the
 * decision counts as absent. No run of the job `verifyRows` is necessary.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { administratorSession } from '../administratorSession.ts';
import type { StaffAnswer } from '../hub.ts';
import { cityHub } from '../cityHub.ts';
import { validTerm } from '../newYear.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const officer = await hub.token('officer one', ['security']);
const second = await hub.token('officer two', ['security']);
const person = {
  ann: await hub.token('Ann', ['steward'], 'education'),
  bob: await hub.token('Bob', ['steward'], 'education'),
  cho: await hub.token('Cho', ['steward']),
  dan: await hub.token('Dan', ['steward'], 'pub-security'),
};
await city.apply('city/procedure.yaml');

/** A session of the superuser, past the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');
/** Another one: a transaction always sees the same activity. */
const observer = await administratorSession(database);
after(() => hub.stop());

const accept = ({ json }: StaffAnswer, digest = json['digest']): Promise<StaffAnswer> =>
  hub.staff(second, 'POST', `/v1/proposals/${String(json['proposal'])}/acceptance`, { digest });

/** Does something past the hub, then what the test checks, then restores the rows of the table. */
async function altered(table: string, sql: string, id: unknown, check: () => Promise<void>): Promise<void> {
  await administrator.query(`CREATE TEMPORARY TABLE former AS SELECT * FROM ${table}`);
  try {
    const { rowCount } = await administrator.query(sql, [id]);
    assert.ok((rowCount ?? 0) > 0, sql);
    await check();
  } finally {
    await administrator.query(
      `DELETE FROM ${table}; INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM former; DROP TABLE former`,
    );
  }
}

const proposed = await hub.staff(officer, 'POST', '/v1/legal-holds', {
  on: { dataset: 'pub-security.household' },
  reason: 'a lawsuit',
  case: 'SS-2026-0007',
  until: new Date(database.now() + 86_400_000).toISOString(),
});
assert.equal(proposed.status, 202, JSON.stringify(proposed.json));
const changes = [
  ['on another dataset', `UPDATE proposal SET body = replace(body, 'household', 'other') WHERE id = $1`],
  ['by another author', `UPDATE proposal SET author = 'someone' WHERE id = $1`],
  ['with a digest that fits', `UPDATE proposal SET digest = repeat('0', 64) WHERE id = $1`],
  ['deleted', 'DELETE FROM proposal WHERE id = $1'],
] as const;
for (const [what, sql] of changes)
  test(`a legal hold that waits, ${what}: it is not accepted`, () =>
    altered('proposal', sql, proposed.json['proposal'], async () => {
      const digest = what === 'with a digest that fits' ? '0'.repeat(64) : proposed.json['digest'];
      assert.equal((await accept(proposed, digest)).status, 404);
      assert.equal((await administrator.query('SELECT FROM legal_hold')).rowCount, 0);
    }));

test('a legal hold that waits and is as it was: it is accepted', async () => {
  assert.equal((await accept(proposed)).status, 201);
});

test('a rotation of the log key that waits and is set to accepted: the key stays', async () => {
  const rotation = await hub.staff(city.operator, 'POST', '/v1/log/keys', { reason: 'once a year' });
  assert.equal(rotation.status, 202, JSON.stringify(rotation.json));
  const sql = `UPDATE proposal SET state = 'accepted', decided_by = 'someone', decided_at = now(), decision = id WHERE id = $1`;
  const key = hub.hub.keys.log.vkey;
  await altered('proposal', sql, rotation.json['proposal'], async () => {
    assert.equal(await hub.hub.runner.run('rotateLogKey'), 'ok');
    assert.equal(hub.hub.keys.log.vkey, key);
  });
});

const hash = createHash('sha256').update('x').digest('hex');
const wanted = (id: string): object => ({
  document: {
    kind: 'Agreement',
    id,
    version: 1,
    provider: 'pub-security',
    consumer: 'education',
    purposes: ['school-enrolment'],
    basis: { type: 'statutory', reference: '中华人民共和国义务教育法', clause: '第十二条' },
    valid: validTerm,
    grants: [
      {
        dataset: 'pub-security.household',
        schema: 'household@1',
        lookupBy: ['person_id'],
        fields: { name: { mask: 'personName' }, birth_date: { mask: 'clear' } },
      },
    ],
  },
  papers: { reason: 'subsidised meals', commitment: hash, basisText: hash },
});
const request = await hub.staff(person.ann, 'POST', '/v1/requests', wanted('agr-waits'));
assert.equal(request.status, 201, JSON.stringify(request.json));
const pass = (token: string): Promise<StaffAnswer> =>
  hub.staff(token, 'POST', `/v1/requests/${String(request.json['id'])}/acts`, { act: 'pass' });
assert.equal((await pass(person.bob)).status, 200);

const steps = [
  [
    'request_event',
    'a step that no one took',
    `INSERT INTO request_event (request, seq, act, person, at, said, exchange)
     SELECT request, seq + 1, act, 'someone', now(), said, exchange FROM request_event WHERE request = $1 ORDER BY seq DESC LIMIT 1`,
  ],
  [
    'request_event',
    'other data',
    `UPDATE request_event SET said = replace(said::text, 'personName', 'clear')::jsonb WHERE request = $1 AND seq = 1`,
  ],
  ['request_event', 'a step less', 'DELETE FROM request_event WHERE request = $1 AND seq = 2'],
  ['request', 'another provider', `UPDATE request SET provider = 'education' WHERE id = $1`],
  [
    'procedure',
    'fewer stages',
    `UPDATE procedure SET document = jsonb_set(document, '{stages}', (document -> 'stages') - 2) WHERE $1 <> ''`,
  ],
] as const;
for (const [table, what, sql] of steps)
  test(`a request under review with ${what}: the next step is refused`, () =>
    altered(table, sql, request.json['id'], async () => {
      for (const token of [person.cho, person.dan, person.bob]) {
        const { status, json } = await pass(token);
        assert.ok(status >= 400, `status ${status}`);
        if (token === person.cho) assert.equal(json['code'], 'rows_unauthenticated');
      }
    }));

test('a request under a procedure that was changed past the hub is not made', () =>
  altered(
    'procedure',
    `UPDATE procedure SET document = document - 'unconditional' - 'clock' WHERE $1 <> ''`,
    'x',
    async () => {
      const { json } = await hub.staff(person.ann, 'POST', '/v1/requests', wanted('agr-other'));
      assert.equal(json['code'], 'rows_unauthenticated');
    },
  ));

test('a step that is altered until its seal is read: the next step is refused', async () => {
  const id = request.json['id'];
  const sql = `UPDATE request_event SET said = replace(said::text, 'personName', 'clear')::jsonb WHERE request = $1 AND seq = 1`;
  await altered('request_event', sql, id, async () => {
    await administrator.query('BEGIN; LOCK TABLE row_seal IN ACCESS EXCLUSIVE MODE');
    const answer = pass(person.cho);
    try {
      await waitsForSeals();
      await administrator.query(
        `UPDATE request_event SET said = former.said FROM former
          WHERE (request_event.request, request_event.seq) = (former.request, former.seq)`,
      );
    } finally {
      await administrator.query('COMMIT');
    }
    const { json } = await answer;
    assert.equal(json['code'], 'rows_unauthenticated', JSON.stringify(json));
  });
});

/** Until the hub waits for the lock of the administrator, after it has read the altered rows. */
async function waitsForSeals(): Promise<void> {
  for (let look = 0; look < 200; look += 1) {
    const { rowCount } = await observer.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%row_seal%'`,
    );
    if ((rowCount ?? 0) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail('the hub reads no seals');
}

test('a request that is as it was: the next step is taken', async () => {
  const { status, json } = await pass(person.cho);
  assert.equal(status, 200, JSON.stringify(json));
});
