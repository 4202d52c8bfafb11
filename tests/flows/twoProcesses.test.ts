/** Two processes of one hub: what one has just registered or revoked holds at the other with the very next call. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { sampleCity, testHub } from '../hub.ts';
import { testDatabase } from '../database.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import type { Machine } from '../hub.ts';
import { applyGrant } from '../policyWith.ts';
import { commit, open, reported, uploaded } from './intakeCalls.ts';

const database = await testDatabase({ connections: 20 });
const first = await testHub({ database });
after(() => first.stop());
const second = await testHub({
  database,
  keysDir: first.hub.config.keysDir,
  streams: { rowsOfPage: 100, pagesOfPart: 1, maxOfDepartment: 1 },
});
after(() => second.stop());
const city = await sampleCity(first);
/** Both processes have read everything so far. */
await second.hub.services.identity.reload();

const atSecond = (machine: Machine): DatongClient =>
  new DatongClient({
    department: machine.department,
    hub: { exchange: second.hub.origins.exchange, open: second.hub.origins.open },
    ca: second.ca,
    tls: machine.tls,
    signingKey: machine.signing,
  });

test('a token and a certificate made by one process are known to the other at once', async () => {
  const token = await first.token('fresh', ['auditor']);
  const listed = await second.staff(token, 'GET', '/v1/log/entries?limit=1');
  assert.equal(listed.status, 200, JSON.stringify(listed.json));
  const client = atSecond(await first.enrol('transport'));
  try {
    assert.equal((await client.diagnose()).diagnosis.ok, true);
  } finally {
    client.close();
  }
});

test('a token revoked at one process makes nothing at the other, however fast it is', async () => {
  for (let round = 0; round < 3; round += 1) {
    const stolen = await first.token(`stolen ${round}`, ['operator']);
    assert.equal((await second.staff(stolen, 'POST', '/v1/tokens', {})).status, 201);
    const { id } = (await first.staff(stolen, 'POST', '/v1/tokens', {})).json;
    const [, own = ''] = stolen.split('_');
    assert.notEqual(id, own);
    const revoked = await first.staff(city.operator, 'POST', `/v1/tokens/${own}/revocation`, {
      reason: 'key-compromise',
    });
    assert.equal(revoked.status, 200, JSON.stringify(revoked.json));
    const made = await second.staff(stolen, 'POST', '/v1/tokens', {});
    assert.deepEqual([made.status, made.json['code']], [401, 'token_revoked']);
    const read = await second.staff(stolen, 'GET', '/v1/log/entries?limit=1');
    assert.deepEqual([read.status, read.json['code']], [401, 'token_revoked']);
  }
});

test('a dataset that one process has just registered is not unknown to the other', async () => {
  const client = atSecond(city.ecology);
  try {
    assert.equal(
      await reported(open(client, 'ecology.nowhere').then(() => ({ status: 201 }))),
      'dataset_unknown',
    );
    for (const nth of [1, 2]) {
      const id = `ecology.fresh-${nth}`;
      const made = await first.staff(city.operator, 'POST', '/v1/datasets', {
        id,
        title: { zh: '新数据', en: 'fresh' },
        schema: 'urn:datong:air-quality-hourly:1.0',
        mode: 'snapshot',
        sharing: { type: 'none' },
      });
      assert.equal(made.status, 201, JSON.stringify(made.json));
      assert.match(await open(client, id), /^[0-9a-f-]{36}$/);
    }
  } finally {
    client.close();
  }
});

test('a mapping or schema that cannot be read any more fails alone, and readiness names it', async () => {
  const { owner } = database;
  const mapping = "UPDATE mapping SET document = $1 WHERE dataset = 'pub-security.household'";
  const schema = "UPDATE schema_version SET document = $1 WHERE name = 'air-quality-hourly'";
  const stored = async (sql: string): Promise<string> =>
    (await owner.query<{ document: string }>(sql)).rows[0]?.document ?? assert.fail(sql);
  const before = [
    await stored("SELECT document FROM mapping WHERE dataset = 'pub-security.household'"),
    await stored("SELECT document FROM schema_version WHERE name = 'air-quality-hourly'"),
  ] as const;
  const readAgain = async (): Promise<void> => {
    const auditor = await first.token(`looks ${performance.now()}`, ['auditor']);
    assert.equal((await second.staff(auditor, 'GET', '/v1/log/entries?limit=1')).status, 200);
  };
  const registry = async (): Promise<string> => {
    const ready = await fetch(`${second.hub.origins.admin}/readyz`);
    return ((await ready.json()) as { checks: { registry: string } }).checks.registry;
  };
  const [police, air] = [atSecond(city.publicSecurity), atSecond(city.ecology)];
  try {
    await owner.query(mapping, ['{"mapping": "none"}']);
    await owner.query(schema, ['{']);
    await readAgain();
    const state = await registry();
    assert.match(state, /^degraded: /);
    assert.match(state, /Mapping pub-security\.household household@1/);
    assert.match(state, /Dataset ecology\.air-quality-hourly/);
    const { bytes } = householdFile(1500, 3);
    const batch = await uploaded(police, 'pub-security.household', bytes);
    assert.equal(await reported(commit(police, batch, bytes, 'household')), 'mapping_unreadable');
    const refused = open(air, 'ecology.air-quality-hourly').then(() => ({ status: 201 }));
    assert.equal(await reported(refused), 'dataset_unavailable');
    await owner.query(mapping, [before[0]]);
    await owner.query(schema, [before[1]]);
    await readAgain();
    assert.equal(await registry(), 'ok');
    assert.equal(await reported(commit(police, batch, bytes, 'household')), '200');
    assert.match(await open(air, 'ecology.air-quality-hourly'), /^[0-9a-f-]{36}$/);
  } finally {
    police.close();
    air.close();
  }
});

test('a consent withdrawn at one process holds at the other: in its next call, in a call that has read it, in the next part of a stream', async (t) => {
  const household = 'pub-security.household';
  const { client: police } = city.publicSecurity;
  const file = householdFile(1500, 31);
  await police.sendFile(household, file.bytes, { mapping: 'household' });
  await city.apply('school-meals/notice.yaml');
  await applyGrant(first, city, 'school-meals/agreement.yaml', 1, (grant) => ({
    ...grant,
    requires: ['on-behalf-of', 'matter'],
    deliveries: ['stream'],
  }));
  const children = file.good.filter(({ guardian, id }) => guardian !== '' && id.slice(6, 10) >= '2016');
  const [early, late] = [children[0], children.at(-1)];
  assert.ok(early && late);
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  const give = (id: string, { id: person, guardian }: typeof early): Promise<unknown> =>
    police.giveConsent({
      id,
      person,
      guardian,
      recipient: 'education',
      dataset: household,
      purposes: ['school-meals'],
      fields: ['name', 'income'],
      method: 'app',
      notice: { digest: rows[0]?.digest ?? '', language: 'zh' },
      notBefore: '2026-01-01T00:00:00+08:00',
      expires: '2099-01-01T00:00:00+08:00',
    });
  /** what happens once a call has read consents so many times */
  let onReading: { left: number; readonly act: () => Promise<unknown> } | undefined;
  const whenRead = async (requested: readonly unknown[], found: unknown): Promise<unknown> => {
    if ((requested[0] as { readonly name?: string }).name === 'read_standings' && onReading !== undefined) {
      onReading.left -= 1;
      const { left, act } = onReading;
      if (left === 0) {
        onReading = undefined;
        await act();
      }
    }
    return found;
  };
  const query = database.app.query.bind(database.app) as (...requested: unknown[]) => Promise<unknown>;
  t.mock.method(database.app, 'query', async (...requested: unknown[]) =>
    whenRead(requested, await query(...requested)),
  );
  // a stream uses a connection of its own, so that it can be stopped
  const onConnection = Reflect.get(pg.Client.prototype, 'query') as (...requested: unknown[]) => unknown;
  t.mock.method(pg.Client.prototype, 'query', function (this: pg.Client, ...requested: unknown[]) {
    const result = onConnection.apply(this, requested);
    return result instanceof Promise ? result.then((found) => whenRead(requested, found)) : result;
  });
  const client = atSecond(city.education);
  const context = {
    purpose: 'school-meals',
    agreement: 'agr-school-meals',
    onBehalfOf: 'official-0317',
    matter: 'YC-2026-000017',
  };
  const ask = (id: string) =>
    reported(
      client
        .query(household, { filter: [{ field: 'person_id', op: 'eq', value: id }] }, context)
        .then(({ status }) => ({ status })),
    );
  try {
    await give('two-a', early);
    assert.equal(await ask(early.id), '200');
    await police.withdrawConsent('two-a');
    assert.equal(await ask(early.id), 'consent_missing');

    await give('two-b', early);
    // once before its row, once with it: then it is withdrawn, and the answer not yet written
    onReading = { left: 2, act: () => police.withdrawConsent('two-b') };
    assert.equal(await ask(early.id), 'consent_missing');

    const read = async (): Promise<number> => {
      let count = 0;
      for await (const part of await client.stream(household, {}, context)) count += part.records.length;
      return count;
    };
    await give('two-c', early);
    await give('two-d', late);
    assert.equal(await read(), 2);
    onReading = { left: 1, act: () => police.withdrawConsent('two-d') };
    assert.equal(await read(), 1, 'the person is not in the parts after the first');
    assert.equal(onReading, undefined);
  } finally {
    client.close();
  }
});
