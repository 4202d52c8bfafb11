/** The hub's own events: what the hub did reaches those whose agreement with the data office lets them hear of it, once and in order. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { householdFile } from '../../../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../../../clients/sdk/datongProblem.ts';
import { testDatabase } from '../../../../tests/database.ts';
import { sampleCity, testHub } from '../../../../tests/hub.ts';
import { schemaOf } from '../../../../tests/flows/householdVersions.ts';
import { lastLeaf } from '../../../../tests/flows/leaves.ts';

const database = await testDatabase({ connections: 12 });
const hub = await testHub({ database, jobsByTime: false });
after(() => hub.stop());
const city = await sampleCity(hub);
const office = await hub.enrol('data-office');
const { client: police } = city.publicSecurity;
const { events: school } = city.education.client;
const household = 'pub-security.household';
const context = { purpose: 'public-service', agreement: 'agr-hub-events' };
const steward = await hub.token('han', ['steward'], 'pub-security');
const [author, officer] = [await hub.token('lin', ['steward']), await hub.token('qiu', ['security'])];
const publish = async (): Promise<void> => assert.equal(await hub.hub.runner.run('publishHubEvents'), 'ok');

await publish();
await police.sendFile(household, householdFile(4000, 1).bytes, { mapping: 'household' });
await city.apply('hub-events/topic.yaml');
await city.apply('hub-events/agreement.yaml', [city.education, office]);
await city.apply('school-meals/notice.yaml');
await city.apply('school-meals/agreement.yaml', [city.education, city.publicSecurity]);
await publish();

type Data = Readonly<Record<string, unknown>>;

/** A subscription from now on. @returns fetches what is new in it */
async function subscribed(topic: string): Promise<() => Promise<readonly Data[]>> {
  const { id } = (await school.subscribe({ topic: `data-office.${topic}` }, context)).json;
  let after: string | undefined;
  return async () => {
    await publish();
    const { json } = await school.pull(id, after === undefined ? {} : { after });
    after = json.next;
    return json.events.map(({ data }) => data);
  };
}
const without = ({ entry: _entry, ...data }: Data): Data => data;
const act = async (token: string, path: string, body: object): Promise<Data> => {
  const { status, json } = await hub.staff(token, 'POST', path, body);
  assert.ok(status < 300, JSON.stringify(json));
  return json;
};

test('batches: published, held, restored, each with its log entry; not those of other datasets', async () => {
  const batches = await subscribed('hub-batches');
  const file = householdFile(4000, 2);
  const first = (await police.sendFile(household, file.bytes, { mapping: 'household' })).json.batch;
  const entry = (await lastLeaf(database)).id;
  const counts = { rows: file.good.length, bad: file.spoiled };
  assert.deepEqual(await batches(), [
    { entry, batch: first, dataset: household, department: 'pub-security', state: 'published', ...counts },
  ]);
  const held = await police.sendFile(household, householdFile(1500, 3).bytes, { mapping: 'household' }).then(
    () => assert.fail('published'),
    (error: unknown) => error,
  );
  assert.ok(held instanceof DatongProblem && held.code === 'batch_shrunk', String(held));
  const [second] = await batches();
  assert.equal(second?.['state'], 'held');
  const reason = '已与报送员核对';
  const path = `/v1/batches/${String(second['batch'])}`;
  for (const token of [steward, author]) await hub.staff(token, 'POST', `${path}/release`, { reason });
  assert.deepEqual(
    (await batches()).map(({ batch, state }) => [batch, state]),
    [[second['batch'], 'published']],
  );
  for (const token of [steward, author]) await act(token, `/v1/batches/${first}/restoration`, { reason });
  assert.deepEqual(
    (await batches()).map(({ batch, state }) => [batch, state]),
    [[first, 'restored']],
  );
});

test('schema versions: published and deprecated', async () => {
  const schemas = await subscribed('hub-schemas');
  const document = schemaOf(2);
  let { state, digest } = await act(city.operator, '/v1/schemas', { document });
  for (const token of [author, officer])
    if (state !== 'published')
      ({ state, digest } = await act(token, `/v1/schemas/${document.$id}/decision`, {
        act: 'publish',
        digest,
      }));
  const sunset = '2030-01-01';
  await act(author, `/v1/schemas/${document.$id}/decision`, { act: 'deprecate', sunset, reason: 'test' });
  assert.deepEqual((await schemas()).map(without), [
    { schema: document.$id, state: 'published' },
    { schema: document.$id, state: 'deprecated', sunset },
  ]);
});

test('agreements of the consumer: suspended, and in force again', async () => {
  const agreements = await subscribed('hub-agreements');
  const agreement = 'agr-school-enrolment';
  for (const what of ['suspension', 'resumption'])
    await act(steward, `/v1/policy/documents/${agreement}/${what}`, { reason: 'test' });
  const parties = { agreement, version: 1, provider: 'pub-security', consumer: 'education' };
  assert.deepEqual((await agreements()).map(without), [
    { ...parties, state: 'suspended' },
    { ...parties, state: 'active' },
  ]);
});

test('consents: given and withdrawn, for the recipient', async () => {
  const consents = await subscribed('hub-consents');
  const family = householdFile(4000, 2).good.find(
    ({ guardian, id }) => guardian !== '' && id.slice(6, 10) >= '2016',
  );
  assert.ok(family);
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  await police.giveConsent({
    ...{
      id: 'meals-1',
      person: family.id,
      guardian: family.guardian,
      recipient: 'education',
      dataset: household,
    },
    ...{ purposes: ['school-meals'], fields: ['name', 'income'], notBefore: '2026-01-01T00:00:00+08:00' },
    ...{ expires: '2099-01-01T00:00:00+08:00', notice: { digest: rows[0]?.digest ?? '', language: 'zh' } },
    method: 'app',
  });
  for (let twice = 0; twice < 2; twice += 1) await police.withdrawConsent('meals-1');
  const parties = {
    consent: 'meals-1',
    recipient: 'education',
    provider: 'pub-security',
    dataset: household,
  };
  assert.deepEqual((await consents()).map(without), [
    { ...parties, state: 'given' },
    { ...parties, state: 'withdrawn' },
  ]);
});

test('a run whose position was lost stores nothing twice; the data office publishes none of them itself', async () => {
  const count = async (): Promise<number> =>
    Number((await database.app.query<{ n: string }>('SELECT count(*) AS n FROM event')).rows[0]?.n);
  const before = await count();
  assert.ok(before > 0);
  await database.owner.query(
    `UPDATE job SET state = jsonb_build_object('next', 0) WHERE name = 'publishHubEvents'`,
  );
  await publish();
  const whole = await count();
  const { rows } = await database.app.query<{ given: string }>('SELECT given FROM event');
  assert.equal(new Set(rows.map(({ given }) => given)).size, whole);
  await database.owner.query(
    `UPDATE job SET state = jsonb_build_object('next', 0) WHERE name = 'publishHubEvents'`,
  );
  await publish();
  assert.equal(await count(), whole);
  const forged = {
    ...{ specversion: '1.0' as const, id: 'e-1', source: 'test', type: 'data-office.hub-schema' },
    data: { entry: 'e', schema: 'urn:datong:household:9.0', state: 'published' },
  };
  const refused = await office.client.events.publish('data-office.hub-schemas', [forged]).then(
    () => assert.fail('published'),
    (error: unknown) => error,
  );
  assert.ok(refused instanceof DatongProblem && refused.code === 'topic_not_owned', String(refused));
});
