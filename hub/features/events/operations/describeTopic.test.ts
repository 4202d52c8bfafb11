/** The AsyncAPI document of a topic: valid by the published schema of AsyncAPI 3.0, and events that leave conform to it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { DatongProblem } from '../../../../clients/sdk/datongProblem.ts';
import type { Machine } from '../../../../tests/hub.ts';
import { cityHub } from '../../../../tests/cityHub.ts';

const { hub, city } = await cityHub({ jobsByTime: false });
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
const topic = 'ecology.air-warnings';
const issued = 'ecology.air-warning-issued';

interface Described {
  readonly operations: Readonly<Record<string, { readonly action: string }>>;
  readonly components: {
    readonly messages: Readonly<
      Record<string, { readonly payload: { readonly properties: Record<string, object> } & object }>
    >;
  };
}

const described = async (by: Machine, query = ''): Promise<Described> =>
  (await by.client.call({ method: 'GET', path: `/v1/topics/${topic}/asyncapi${query}`, receipt: 'required' }))
    .json as Described;
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => (error instanceof DatongProblem ? error.code : String(error)),
  );

const published = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json');
const ajv = new Ajv({ strict: false, allErrors: true });
(formats as unknown as (one: Ajv) => void)(ajv);
const isAsyncApi = ajv.compile(JSON.parse(readFileSync(published, 'utf8')) as object);

test('the consumer sees granted fields after their masks, the publisher what it publishes; both documents are valid', async () => {
  const received = await described(city.education);
  assert.ok(isAsyncApi(received), JSON.stringify(isAsyncApi.errors?.slice(0, 5)));
  assert.deepEqual(
    Object.values(received.operations).map(({ action }) => action),
    ['receive'],
  );
  const dataOf = (one: Described): readonly string[] =>
    Object.keys(
      (one.components.messages[issued]?.payload.properties['data'] as { properties: object }).properties,
    ).sort();
  assert.deepEqual(dataOf(received), ['district', 'level', 'peak_aqi', 'warning_id']);
  const sent = await described(city.ecology);
  assert.ok(isAsyncApi(sent), JSON.stringify(isAsyncApi.errors?.slice(0, 5)));
  assert.deepEqual(
    Object.values(sent.operations).map(({ action }) => action),
    ['send'],
  );
  assert.ok(dataOf(sent).includes('duty_phone'));
  assert.equal(isAsyncApi({ ...received, channels: [] }), false);
});

test('an event that leaves conforms to its message; one with a field that is not granted does not', async () => {
  const { events } = city.education.client;
  const { id } = (
    await events.subscribe({ topic }, { purpose: 'public-service', agreement: 'agr-air-warnings' })
  ).json;
  await city.ecology.client.events.publish(topic, [
    {
      specversion: '1.0',
      id: 'one',
      source: 'test',
      type: issued,
      data: { warning_id: 'w', district: '990101', level: 'red', peak_aqi: 263, duty_phone: '0990-5550100' },
    },
  ]);
  const [event] = (await events.pull(id)).json.events;
  const { components } = await described(city.education);
  const conforms = ajv.compile(components.messages[issued]?.payload ?? assert.fail());
  assert.ok(conforms(event), JSON.stringify(conforms.errors));
  assert.equal(conforms({ ...event, data: { ...event.data, duty_phone: '0990-5550100' } }), false);
});

test('a department without an agreement, another agreement, an unknown topic', async () => {
  assert.equal(await codeOf(described(city.publicSecurity)), 'no_agreement');
  assert.equal(await codeOf(described(city.education, '?agreement=agr-other')), 'no_agreement');
  const { client } = city.education;
  const path = '/v1/topics/ecology.none/asyncapi';
  assert.equal(await codeOf(client.call({ method: 'GET', path, receipt: 'required' })), 'topic_unknown');
});

test('a person reads the document of their department, not of another; the data office that of each', async () => {
  const path = `/v1/topics/${topic}/asyncapi`;
  const steward = await hub.token('jiao', ['steward'], 'education');
  const own = await hub.staff(steward, 'GET', path);
  assert.deepEqual([own.status, own.json], [200, await described(city.education)]);
  const other = await hub.staff(steward, 'GET', `${path}?department=ecology`);
  assert.deepEqual([other.status, other.json['code']], [403, 'not_your_department']);
  const clerk = await hub.token('ke', ['clerk'], 'education');
  assert.equal((await hub.staff(clerk, 'GET', path)).json['code'], 'scope_missing');
  const office = await hub.token('ban', ['steward']);
  assert.deepEqual((await hub.staff(office, 'GET', path)).json, await described(city.ecology));
  const asEducation = await hub.staff(office, 'GET', `${path}?department=education`);
  assert.deepEqual(asEducation.json, own.json);
  assert.equal(await codeOf(described(city.education, '?department=ecology')), 'not_your_department');
});
