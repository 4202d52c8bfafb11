/** What changes while a call is under way: nothing leaves, and nothing remains, by yesterday's rules. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { signNow } from '../../machine/signNow.ts';
import { applyDocuments } from '../../clients/cli/apply/applyDocuments.ts';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { staffClient } from '../../clients/cli/apply/staffCall.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { Query } from '../../clients/sdk/types.ts';
import { civilDateText } from '../../terms/civilDate.ts';
import { testDatabase } from '../database.ts';
import { rawCall, sampleCity, samples, testHub } from '../hub.ts';
import { lastLeaf, newestLeaves } from './leaves.ts';
import { withinOneDay } from '../withinOneDay.ts';

await withinOneDay();

const database = await testDatabase({ connections: 12 });
const hub = await testHub({ database });
after(() => hub.stop());
const city = await sampleCity(hub, 30);
const file = householdFile(1500, 11);
const { client, signing } = city.education;
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
const child = file.good.find((person) => person.guardian !== '' && person.region === '990101');
assert.ok(child);
const birth = civilDateText(child.birth);
const dataset = 'pub-security.household';
const context = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const query: Query = { filter: [{ field: 'person_id', op: 'eq', value: child.id }] };
const ask = () => client.query(dataset, query, context);
const codeOf = (error: unknown): string => {
  assert.ok(error instanceof DatongProblem, String(error));
  return error.code;
};

/** Runs `meanwhile` while every read of a table waits. */
async function whileHeld(table: string, meanwhile: () => Promise<void>): Promise<void> {
  const holder = await database.owner.connect();
  try {
    await holder.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    await meanwhile();
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
}

/** Until so many statements wait for a lock. */
async function waiting(count: number): Promise<void> {
  for (let i = 0; i < 200; i += 1) {
    const { rows } = await database.app.query<{ n: string }>(
      'SELECT count(*) AS n FROM pg_locks JOIN pg_database d ON d.oid = database WHERE NOT granted AND datname = current_database()',
    );
    if (Number(rows[0]?.n) >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail('nothing waits');
}

async function currentTable(): Promise<string> {
  const { rows } = await database.app.query<{ id: string }>(
    'SELECT current_batch AS id FROM dataset WHERE id = $1',
    [dataset],
  );
  return `rows.b_${(rows[0]?.id ?? '').replaceAll('-', '')}`;
}

async function agreement(version: number, birthDate: object): Promise<void> {
  const [document] = readDocuments(join(samples, 'household/agreement.yaml'));
  assert.ok(document);
  const [grant] = document.members['grants'] as { fields: object; limits: object }[];
  const grants = [
    {
      ...grant,
      limits: { rowsPerCall: 10, callsPerDay: 30 },
      fields: { ...grant?.fields, birth_date: birthDate },
    },
  ];
  const staff = staffClient({ origin: hub.hub.origins.staff, ca: hub.ca, token: city.operator });
  const signers = [city.education, city.publicSecurity].map(({ department, signing: key }) => ({
    department,
    key,
  }));
  const changed = { ...document, members: { ...document.members, version, grants } };
  const applied = await applyDocuments([changed], { client: staff, signers, approveWith: city.security });
  staff.close();
  assert.equal(applied[0]?.outcome, 'granted', JSON.stringify(applied));
}

test('a mask tightened while a call waits for its rows holds for that call and all after it', async () => {
  assert.equal((await ask()).json.records[0]?.['birth_date'], birth);
  let early: ReturnType<typeof ask> | undefined;
  await whileHeld(await currentTable(), async () => {
    early = ask();
    await waiting(1);
    await agreement(2, { mask: 'dateTrunc', to: 'month' });
    // another call has the registries read again before the rows of the first have come
    assert.equal(await client.query(dataset, {}, context).then(() => 'answered', codeOf), 'lookup_missing');
  });
  for (const answer of [await early, await ask()]) {
    assert.equal(answer?.json.records[0]?.['birth_date'], birth.slice(0, 7));
  }
});

test('an agreement suspended while a call waits for its rows lets nothing out', async () => {
  let late: Promise<unknown> | undefined;
  await whileHeld(await currentTable(), async () => {
    late = ask().then(() => 'answered', codeOf);
    await waiting(1);
    const path = '/v1/policy/documents/agr-school-enrolment/suspension';
    const suspended = await hub.staff(city.security, 'POST', path, { reason: 'test' });
    assert.equal(suspended.status, 200, JSON.stringify(suspended.json));
  });
  assert.equal(await late, 'agreement_suspended');
  const leaf = await lastLeaf(database);
  assert.deepEqual([leaf.decision, leaf.code, leaf.rows], ['deny', 'agreement_suspended', undefined]);
  const path = '/v1/policy/documents/agr-school-enrolment/resumption';
  const resumed = await hub.staff(city.security, 'POST', path, { reason: 'test' });
  assert.deepEqual([resumed.status, resumed.json['state']], [200, 'active']);
  await agreement(3, { mask: 'clear' });
});

test('of calls at once no more pass than the quota has, and a refused one has delivered nothing', async () => {
  const taken = async (): Promise<number> =>
    Number((await database.app.query<{ calls: string }>('SELECT calls FROM agreement_quota')).rows[0]?.calls);
  const before = await taken();
  const codes = await Promise.all(Array.from({ length: 40 }, () => ask().then(() => 'answered', codeOf)));
  assert.equal(await taken(), 30);
  assert.equal(codes.filter((code) => code === 'answered').length, 30 - before);
  assert.equal(codes.filter((code) => code === 'quota_exhausted').length, 10 + before);
  const [leaf] = await newestLeaves(database, 1);
  assert.deepEqual(
    [leaf?.code, leaf?.rows, leaf?.agreement],
    ['quota_exhausted', undefined, 'agr-school-enrolment'],
  );
});

test('one signed request sent many times at once is answered once', async () => {
  const body = Buffer.from('{}');
  const path = `/v1/datasets/${dataset}/query`;
  const headers = signNow({
    method: 'POST',
    targetUri: `${hub.hub.origins.exchange}${path}`,
    headers: { 'content-type': 'application/json', 'datong-purpose': 'school-enrolment' },
    body,
    key: signing,
  });
  const send = () => rawCall(hub.hub.origins.exchange, hub.ca, city.education.tls, path, headers, body);
  const codes = (await Promise.all(Array.from({ length: 8 }, send))).map(({ code }) => code);
  assert.equal(codes.filter((code) => code === 'agreement_missing').length, 1, codes.join());
  assert.equal(codes.filter((code) => code === 'nonce_replayed').length, 7, codes.join());
});
