/** Consents read for an answer and read once more after its entry: a change in between is seen, in any order of writing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testDatabase } from '../../../../tests/database.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import {
  packHashes,
  readConsentStates,
  type ConsentScope,
  type StoredConsentState,
  consentsUnchanged,
} from './readConsentStates.ts';

const scope: ConsentScope = { recipient: 'education', dataset: 'police.household', purpose: 'school-meals' };
const place = [scope.recipient, scope.dataset, scope.purpose];
const subjectOf = (nth: number): Buffer => Buffer.alloc(32, nth);
const keyOf = (nth: number): string => subjectOf(nth).toString('hex');
const packed = (some: readonly number[]): Buffer => packHashes(some.map(subjectOf));
const people = [1, 2, 3, 4];
const withdraw = `UPDATE consent_standing SET state = 'withdrawn' WHERE subject = $4 AND recipient = $1 AND dataset = $2 AND purpose = $3`;

const database = await testDatabase();
const given = (subjects: readonly Buffer[]): Promise<unknown> =>
  database.app.query(
    `INSERT INTO consent_standing (subject, recipient, dataset, purpose, consent, state, fields, not_before, until, max_uses, guardian, collected_by)
     SELECT subject, $1, $2, $3, 'c', 'given', '{name,birth_date}', to_timestamp(1), to_timestamp(2.5), 3, '\\x0a', 'police' FROM unnest($4::bytea[]) AS subject`,
    [...place, subjects],
  );

await database.owner.query(
  `INSERT INTO consent_notice (digest, reference, owner, language, text, purposes, registered_by)
   VALUES ('d', 'n', 'o', 'zh', 't', '{}', gen_random_uuid())`,
);
await database.owner.query(
  `INSERT INTO consent (id, jws, subject, recipient, provider, dataset, collected_by, notice, exchange)
   VALUES ('c', 'e30.e30.e30', '', $1, 'police', $2, 'police', 'd', gen_random_uuid())`,
  place.slice(0, 2),
);
await given(people.map(subjectOf));

interface Known {
  readonly asOf: bigint;
  readonly persons: ReadonlySet<string>;
}

async function read(): Promise<Known> {
  const found = await readConsentStates(database.app, scope, packed(people));
  const consentStates = found.filter((one): one is StoredConsentState => one !== undefined);
  assert.equal(consentStates.length, people.length);
  return { asOf: consentStates[0]?.asOf ?? 0n, persons: new Set(people.map(keyOf)) };
}

const unchanged = ({ asOf, persons }: Known): Promise<boolean> =>
  consentsUnchanged(database.app, scope, asOf, () => persons);
const without = ({ asOf, persons }: Known, nth: number): Known => ({
  asOf,
  persons: new Set([...persons].filter((key) => key !== keyOf(nth))),
});

test('a hash of another length is refused, also where another one makes up for it', async () => {
  for (const lengths of [[31], [33], [32, 31, 33]])
    assert.throws(() => packHashes(lengths.map((length) => Buffer.alloc(length))), TypeError);
  await assert.rejects(readConsentStates(database.app, scope, Buffer.alloc(33)), TypeError);
});

test('states come in the order of the question, with every member that decides', async () => {
  const [first, unknown, other] = await readConsentStates(database.app, scope, packed([3, 9, 1]));
  assert.equal(unknown, undefined);
  assert.deepEqual(
    { ...first, asOf: undefined },
    {
      consent: 'c',
      state: 'given',
      collectedBy: 'police',
      fields: ['name', 'birth_date'],
      notBefore: 1_000,
      until: 2_500,
      maxUses: 3,
      uses: 0,
      guardian: '0a',
      retention: undefined,
      asOf: undefined,
    },
  );
  assert.deepEqual(other, first);
  assert.deepEqual(await readConsentStates(database.app, { ...scope, purpose: 'other' }, packed([1])), [
    undefined,
  ]);
});

test('the question is planned once, and no longer at each reading', async () => {
  await withTransaction(database.app, async (one) => {
    for (const some of [[1], [1, 2], [3], [], [4, 9], [2, 3], [1, 2, 3, 4], [9], [1]])
      await readConsentStates(one, scope, packed(some));
    const { rows } = await one.query<{ plans: string }>(
      `SELECT generic_plans AS plans FROM pg_prepared_statements WHERE name = 'read_standings'`,
    );
    assert.ok(Number(rows[0]?.plans) > 0);
  });
});

test('what changes in a consent state is read as changed: times to the microsecond, also those without end, for all terms', async () => {
  const client = await database.owner.connect();
  const changed = async (set: string) => {
    await client.query(`UPDATE consent_standing SET ${set} WHERE subject = $1`, [subjectOf(3)]);
    const [state] = await readConsentStates(client, scope, packed([3]));
    return state;
  };
  try {
    await client.query('BEGIN');
    const times = await changed(
      `not_before = '1999-12-31T23:59:59.999999Z', until = '2026-11-26T00:00:00.000001Z'`,
    );
    assert.equal(times?.notBefore, Date.UTC(2000, 0) - 0.001);
    assert.equal(times.until, Date.UTC(2026, 10, 26) + 0.001);
    const endless = await changed(`not_before = '-infinity', until = 'infinity'`);
    assert.ok(endless !== undefined && endless.notBefore < 0 && endless.until > Date.UTC(9999, 11));
    const others = await changed(
      `fields = '{}', retention = 'P30D', max_uses = NULL, guardian = NULL, collected_by = 'tax'`,
    );
    const { fields, retention, maxUses, guardian, collectedBy } = others ?? {};
    assert.deepEqual(
      { fields, retention, maxUses, guardian, collectedBy },
      { fields: [], retention: 'P30D', maxUses: undefined, guardian: undefined, collectedBy: 'tax' },
    );
    assert.equal((await changed(`uses = 2, state = 'withdrawn'`))?.state, 'withdrawn');
    await assert.rejects(
      changed(`fields = '{name,"birth\ndate"}'`),
      TypeError,
      'one standing is not read as two',
    );
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

test('a change written before the reading and committed after it is seen', async () => {
  const before = await withTransaction(database.app, async (early) => {
    await early.query(withdraw, [...place, subjectOf(1)]);
    // another one is written later and committed first
    await database.app.query(withdraw, [...place, subjectOf(2)]);
    return read();
  });
  assert.equal(await unchanged(before), false);
  assert.equal(await unchanged(without(before, 1)), true, 'it affects no other person');
  assert.equal(await unchanged(await read()), true);
});

test('uses are counted without a new version, other scopes are apart', async () => {
  const known = await read();
  await database.app.query('UPDATE consent_standing SET uses = uses + 1 WHERE subject = $1', [subjectOf(3)]);
  await database.app.query(
    `INSERT INTO consent_standing (subject, recipient, dataset, purpose, consent, state, fields, not_before, until, collected_by)
     VALUES ($1, 'transport', 'other', 'other', 'c', 'given', '{}', now(), now(), 'police')`,
    [subjectOf(3)],
  );
  assert.equal(await unchanged(known), true);
});

test('where a whole register of consents arrived during the call, the persons of the answer decide', async () => {
  const known = await read();
  await given(
    Array.from({ length: 1_200 }, (_, at) =>
      Buffer.concat([subjectOf(7).subarray(2), Buffer.from([at >> 8, at])]),
    ),
  );
  assert.equal(await unchanged(known), true);
  await database.app.query(withdraw, [...place, subjectOf(4)]);
  assert.equal(await unchanged(known), false);
  assert.equal(await unchanged(without(known, 4)), true);
});

test('the rule of how long the person permits retention was added without reading every row, and holds', async () => {
  const { rows } = await database.owner.query<{ name: string; validated: boolean }>(
    `SELECT conname AS name, convalidated AS validated FROM pg_constraint
      WHERE conrelid = 'consent_standing'::regclass AND pg_get_constraintdef(oid) LIKE '%retention%'`,
  );
  assert.deepEqual(rows, [{ name: 'consent_standing_retention', validated: false }]);
  await assert.rejects(
    database.owner.query("UPDATE consent_standing SET retention = 'as long as we like'"),
    /consent_standing_retention/,
  );
});
