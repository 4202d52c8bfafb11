/** Many subjects in one exchange: an outcome for each, one entry, each counted; consent before any row is read. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { Answer, BatchAnswer, BatchQuestion, CallContext } from '../../clients/sdk/types.ts';
import { defaultReleaseLimits } from '../../hub/flows/release/quotas.ts';
import { batchTable } from '../../hub/domain/rowTable/layout.ts';
import { samples } from '../hub.ts';
import { applyGrant } from '../policyWith.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';
import { withinOneDay } from '../withinOneDay.ts';

await withinOneDay();

const release = { ...defaultReleaseLimits };
const { database, hub, city } = await cityHub({ jobsByTime: false, release });
const file = householdFile(1500, 7);
const dataset = 'pub-security.household';
const { client } = city.education;
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const unknownPerson = '990101201501010015';
const inside = file.good.filter(({ region }) => region !== '990103');
const outside = file.good.find(({ region }) => region === '990103');
assert.ok(outside);

before(() => city.publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' }));

const ask = (question: BatchQuestion, under = context): Promise<Answer<BatchAnswer>> =>
  client.batchQuery(dataset, question, under);
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return error.code;
    },
  );
const callsTaken = async (): Promise<number> => {
  const { rows } = await database.app.query<{ calls: string }>(
    "SELECT calls FROM agreement_quota WHERE agreement LIKE 'agr-school-enrolment %'",
  );
  return Number(rows[0]?.calls ?? 0);
};

test('each value has its outcome, in order, repeated values too; one entry records how many were requested', async () => {
  const [one, two] = inside;
  assert.ok(one && two);
  const taken = await callsTaken();
  const values = [two.id, unknownPerson, one.id, outside.id, two.id];
  const { json } = await ask({ by: 'person_id', values, fields: ['person_id', 'birth_date'] });
  const born = ({ birth: { year, month, day } }: typeof one): string =>
    [year, month, day].map((part) => String(part).padStart(2, '0')).join('-');
  const recordOf = (person: typeof one): object => ({
    records: [{ person_id: `${person.id.slice(0, 6)}************`, birth_date: born(person) }],
  });
  assert.deepEqual(json.outcomes, [
    recordOf(two),
    { code: 'not_found' },
    recordOf(one),
    { code: 'not_found' },
    recordOf(two),
  ]);
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.operation, leaf.asked, leaf.rows?.delivered, leaf.subjects?.count],
    // every person asked about, found or not: the entry does not distinguish them
    ['batchQuery', 5, 2, 4],
  );
  assert.equal((await callsTaken()) - taken, 5);
});

test('answers of many rows are made two at a time: a call about something else goes by those that wait', async () => {
  const air = 'ecology.air-quality-hourly';
  const month = readFileSync(join(samples, 'air-quality/Aotizhongxin-2016-09.csv'));
  await city.ecology.client.sendFile(air, month, { mapping: 'prsa' });
  const { rows } = await database.app.query<{ agreement: string; batch: string }>(
    `SELECT (SELECT id FROM policy_document WHERE id LIKE '%air-quality%') AS agreement, current_batch AS batch FROM dataset WHERE id = $1`,
    [dataset],
  );
  const [{ agreement, batch } = { agreement: '', batch: '' }] = rows;
  const values = inside.slice(0, 2).map(({ id }) => id);
  const holder = await database.owner.connect();
  const waiting = async (): Promise<number> => {
    const found = await holder.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM pg_locks WHERE relation = $1::regclass AND NOT granted',
      [batchTable(batch)],
    );
    return found.rows[0]?.n ?? 0;
  };
  await holder.query('BEGIN');
  try {
    await holder.query(`LOCK TABLE ${batchTable(batch)} IN ACCESS EXCLUSIVE MODE`);
    // more than the hub has connections
    const many = Array.from({ length: 8 }, () => ask({ by: 'person_id', values }));
    while ((await waiting()) < 2) await sleep(5);
    const study = { purpose: 'environment-study', agreement };
    const { json } = await client.query(air, { limit: 5 }, study);
    assert.equal(json.records.length, 5);
    assert.equal(await waiting(), 2);
    await holder.query('ROLLBACK');
    for (const { json } of await Promise.all(many))
      assert.equal(json.outcomes.length, values.length, 'once the table is free');
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
});

test('a batch finds what single calls find, for every person', async () => {
  const people = inside.slice(0, 400);
  const { json } = await ask({ by: 'person_id', values: people.map(({ id }) => id) });
  assert.equal(json.rows.delivered, people.length);
  for (const at of [0, 199, 399]) {
    const single = await client.query(
      dataset,
      { filter: [{ field: 'person_id', op: 'eq', value: people[at]?.id ?? '' }] },
      context,
    );
    const outcome = json.outcomes[at];
    assert.ok(outcome && 'records' in outcome);
    assert.deepEqual(outcome.records, single.json.records);
  }
});

test('what is not agreed is refused', async () => {
  const values = [unknownPerson];
  assert.equal(await codeOf(ask({ by: 'region_code', values: ['990101'] })), 'filter_not_granted');
  assert.equal(await codeOf(ask({ by: 'guardian_id', values })), 'filter_on_masked_field');
  assert.equal(await codeOf(ask({ by: 'person_id', values: [7] })), 'filter_value_invalid');
  assert.equal(await codeOf(ask({ by: 'person_id', values, fields: ['income'] })), 'field_not_granted');
  const many = Array.from({ length: 501 }, (_, i) => `9901012015020${10_000 + i}`);
  await assert.rejects(ask({ by: 'person_id', values: many }), (error) => {
    assert.ok(error instanceof DatongProblem);
    assert.equal(error.code, 'limit_too_high');
    assert.match(error.text.en, /allows \(500\)/, 'the number is named');
    assert.equal(error.expected, '<= 500');
    return true;
  });
  assert.equal(await codeOf(ask({ by: 'person_id', values: [] })), 'invalid_request');
});

test('more rows than one answer holds are refused as a whole', async () => {
  const values = inside.slice(0, 3).map(({ id }) => id);
  release.batchRows = 2;
  try {
    assert.equal(await codeOf(ask({ by: 'person_id', values })), 'lookups_too_many_rows');
    assert.equal((await lastLeaf(database)).code, 'lookups_too_many_rows');
    assert.equal(await codeOf(ask({ by: 'person_id', values: values.slice(1) })), 'answered');
  } finally {
    release.batchRows = defaultReleaseLimits.batchRows;
  }
});

test('a batch larger than what is left of the day takes nothing', async () => {
  const left = 10;
  const callsPerDay = (await callsTaken()) + left;
  await applyGrant(hub, city, 'household/agreement.yaml', 2, (grant) => ({
    ...grant,
    limits: { rowsPerCall: 10, subjectsPerCall: 10_000, callsPerDay },
  }));
  const values = inside.slice(0, left + 1).map(({ id }) => id);
  assert.equal(await codeOf(ask({ by: 'person_id', values })), 'quota_exhausted');
  assert.equal(await codeOf(ask({ by: 'person_id', values: values.slice(1) })), 'answered');
  assert.equal(await codeOf(ask({ by: 'person_id', values: values.slice(0, 1) })), 'quota_exhausted');
});

test('a subject without consent is reported before any row is read, whether or not there is one', async () => {
  await city.apply('school-meals/notice.yaml');
  await applyGrant(hub, city, 'school-meals/agreement.yaml', 1, (grant) => ({
    ...grant,
    deliveries: ['batch'],
    limits: { rowsPerCall: 1, subjectsPerCall: 10_000, callsPerDay: 20_000 },
  }));
  const meals = {
    ...context,
    purpose: 'school-meals',
    agreement: 'agr-school-meals',
    matter: 'YC-2026-000017',
  };
  const children = inside
    .filter(({ guardian, id }) => guardian !== '' && id.slice(6, 10) >= '2016')
    .slice(0, 3);
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  const give = (person: string, guardian: string, id: string) =>
    city.publicSecurity.client.giveConsent({
      id,
      person,
      guardian,
      recipient: 'education',
      dataset,
      purposes: ['school-meals'],
      fields: ['name', 'income'],
      notBefore: '2026-01-01T00:00:00+08:00',
      expires: '2099-01-01T00:00:00+08:00',
      notice: { digest: rows[0]?.digest ?? '', language: 'zh' },
      method: 'app',
    });
  const [a, b, c] = children;
  assert.ok(a && b && c);
  await give(a.id, a.guardian, 'batch-a');
  await give(c.id, b.guardian, 'batch-c'); // a guardian of another person
  await give(unknownPerson, a.guardian, 'batch-nobody');
  const strangers = Array.from({ length: 2_500 }, (_, i) => `9901012015020${10_000 + i}`);
  const { json } = await ask(
    { by: 'person_id', values: [a.id, b.id, c.id, unknownPerson, ...strangers] },
    meals,
  );
  const [first, ...others] = json.outcomes;
  assert.ok(
    first && 'records' in first && first.records.length === 1,
    JSON.stringify([first, others.slice(0, 3)]),
  );
  assert.deepEqual(others.slice(0, 3), [
    { code: 'consent_missing' },
    { code: 'not_found' },
    { code: 'not_found' },
  ]);
  const reported = others.slice(3).map((one) => ('code' in one ? one.code : 'found'));
  assert.deepEqual([...new Set(reported)], ['consent_missing']);
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.asked, leaf.rows?.delivered, leaf.subjects?.count], [2504, 1, 2504]);
  assert.notEqual(leaf.private, undefined);
});

test('a consent is used for the subject of an answered row, not for the rows of which one value has too many', async () => {
  await applyGrant(hub, city, 'school-meals/agreement.yaml', 2, (grant) => ({
    ...grant,
    lookupBy: ['person_id', 'guardian_id'],
    deliveries: ['batch'],
    limits: { rowsPerCall: 1, subjectsPerCall: 10, callsPerDay: 20_000 },
  }));
  const young = inside.filter(({ guardian, id }) => guardian !== '' && id.slice(6, 10) >= '2016');
  const first = young.find(
    (one) => young.filter(({ guardian }) => guardian === one.guardian).length === 2,
  )?.guardian;
  assert.ok(first);
  const { rows: notices } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  for (const [i, { id }] of young.filter(({ guardian }) => guardian === first).entries())
    await city.publicSecurity.client.giveConsent({
      id: `sibling-${i}`,
      person: id,
      guardian: first,
      recipient: 'education',
      dataset,
      purposes: ['school-meals'],
      fields: ['name', 'income', 'guardian_id'],
      maxUses: 1,
      method: 'app',
      notBefore: '2026-01-01T00:00:00+08:00',
      expires: '2099-01-01T00:00:00+08:00',
      notice: { digest: notices[0]?.digest ?? '', language: 'zh' },
    });
  const meals = {
    ...context,
    purpose: 'school-meals',
    agreement: 'agr-school-meals',
    matter: 'YC-2026-000017',
  };
  const { json } = await ask({ by: 'guardian_id', values: [first] }, meals);
  const [outcome] = json.outcomes;
  assert.ok(outcome && 'records' in outcome && outcome.records.length === 1 && outcome.more === true);
  const { rows } = await database.app.query<{ uses: number }>(
    "SELECT uses FROM consent_standing WHERE consent LIKE 'sibling-%' ORDER BY uses",
  );
  assert.deepEqual(
    rows.map(({ uses }) => uses),
    [0, 1],
  );
});

test('two callers that spend the last use of the same persons’ consents at once, in either order: each use once, and no call waits forever', async () => {
  const pairs = inside.filter(({ guardian, id }) => guardian !== '' && id.slice(6, 10) >= '2016').slice(0, 6);
  const { rows: notices } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  for (const [i, { id, guardian }] of pairs.entries())
    await city.publicSecurity.client.giveConsent({
      id: `last-use-${i}`,
      person: id,
      guardian,
      recipient: 'education',
      dataset,
      purposes: ['school-meals'],
      fields: ['name', 'income', 'guardian_id'],
      maxUses: 1,
      method: 'app',
      notBefore: '2026-01-01T00:00:00+08:00',
      expires: '2099-01-01T00:00:00+08:00',
      notice: { digest: notices[0]?.digest ?? '', language: 'zh' },
    });
  const meals = {
    ...context,
    purpose: 'school-meals',
    agreement: 'agr-school-meals',
    matter: 'YC-2026-000017',
  };
  const values = pairs.map(({ id }) => id);
  const answers = await Promise.all(
    [values, values.toReversed()].map((each) => ask({ by: 'person_id', values: each }, meals)),
  );
  const answered = answers.flatMap(({ json }) => json.outcomes.filter((one) => 'records' in one));
  assert.equal(answered.length, values.length, 'each person once, by one of the two');
  const { rows } = await database.app.query<{ uses: number }>(
    "SELECT uses FROM consent_standing WHERE consent LIKE 'last-use-%'",
  );
  assert.deepEqual(
    rows.map(({ uses }) => uses),
    values.map(() => 1),
  );
});
