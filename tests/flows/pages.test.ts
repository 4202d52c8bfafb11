/** Pages of a release: cursors are their caller's and their query's alone, and a batch published in between does not mix two states. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { applyDocuments } from '../../clients/cli/apply/applyDocuments.ts';
import { readDocuments, type AppliedDocument } from '../../clients/cli/apply/readDocuments.ts';
import { staffClient } from '../../clients/cli/apply/staffCall.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import type { Query } from '../../clients/sdk/types.ts';
import { samples } from '../hub.ts';
import { reported } from './intakeCalls.ts';
import { lastLeaf } from './leaves.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub();
const transport = await hub.enrol('transport');
const dataset = 'ecology.air-month';
const purpose = 'environment-study';
const month = readFileSync(join(samples, 'air-quality/Aotizhongxin-2016-09.csv'), 'utf8');

/** The sample's dataset once more as snapshots, shared with two departments. */
async function shareMonths(): Promise<void> {
  const client = staffClient({ origin: hub.hub.origins.staff, ca: hub.ca, token: city.operator });
  const moved = (one: AppliedDocument, members: object): AppliedDocument => ({
    ...one,
    members: { ...one.members, ...members },
  });
  const [, set, mapping, entry] = readDocuments(join(samples, 'air-quality/dataset.yaml'));
  const [automatic] = readDocuments(join(samples, 'air-quality/agreement.yaml'));
  assert.ok(set && mapping && entry && automatic);
  const documents = [
    moved(set, { id: dataset, mode: 'snapshot' }),
    moved(mapping, { dataset }),
    moved(entry, { id: dataset, datasets: [dataset] }),
    moved(automatic, { dataset }),
    moved(automatic, { dataset, consumer: 'transport' }),
  ];
  for (const { outcome, code } of await applyDocuments(documents, {
    client,
    signers: [],
    approveWith: city.security,
  }))
    assert.notEqual(outcome, 'refused', code);
  client.close();
}
await shareMonths();

const agreementOf = (consumer: string): string => {
  const { all } = hub.hub.services.registry.current.plans;
  return all.find(({ ref }) => ref.dataset === dataset && ref.consumer === consumer)?.ref.agreement ?? '';
};
const send = (text: string): Promise<unknown> =>
  city.ecology.client.sendFile(dataset, Buffer.from(text), { mapping: 'prsa' });
const ask = (query: Query, client: DatongClient = city.education.client, consumer = 'education') =>
  client.query(dataset, query, { purpose, agreement: agreementOf(consumer) });
/** The month with another value in its first hours. */
const corrected = (value: number): string => month.replace(/^(\d+,2016,9,1,0),\d+,/m, `$1,${value},`);

test('a cursor goes on with its batch though another was published, until that batch is gone', async () => {
  await send(month);
  await ask({ limit: 1 });
  const first = await ask({ limit: 400, sort: ['-time'] });
  const cursor = first.json.nextCursor ?? '';
  await send(corrected(901));
  const second = await ask({ limit: 400, sort: ['-time'], cursor });
  const rows = [...first.json.records, ...second.json.records];
  assert.equal(new Set(rows.map((row) => row['time'])).size, 720);
  assert.notEqual(rows.at(-1)?.['pm25'], 901, 'the batch of the first page');
  assert.equal((await ask({ limit: 1, sort: ['time'] })).json.records[0]?.['pm25'], 901);
  await send(corrected(902));
  assert.equal(await reported(ask({ limit: 400, sort: ['-time'], cursor })), 'cursor_expired');
});

test('a cursor opens for no other caller, no other question, and not when a bit is changed', async () => {
  const query: Query = {
    limit: 10,
    sort: ['time'],
    filter: [{ field: 'pm25', op: 'range', value: { gte: 5 } }],
  };
  const { nextCursor: cursor = '' } = (await ask(query)).json;
  assert.equal(await reported(ask({ ...query, limit: 20, cursor })), '200', 'the size of a page may change');
  const flipped = `${cursor.slice(0, 40)}${cursor[40] === 'A' ? 'B' : 'A'}${cursor.slice(41)}`;
  const others = [
    () => ask({ ...query, cursor }, transport.client, 'transport'),
    () => ask({ ...query, sort: ['-time'], cursor }),
    () => ask({ ...query, filter: [{ field: 'pm25', op: 'range', value: { gte: 6 } }], cursor }),
    () => ask({ ...query, fields: ['time'], cursor }),
    () => ask({ ...query, cursor: flipped }),
  ];
  for (const other of others) assert.equal(await reported(other()), 'cursor_invalid');
});

test('names that every object has are names of nothing here', async () => {
  for (const name of ['constructor', 'toString', 'hasOwnProperty', 'f_pm25', 'pm25 DESC; --']) {
    const field = name as 'pm25';
    for (const query of [
      { fields: [field] },
      { sort: [field] },
      { sort: [`-${name}`] },
      { filter: [{ field, op: 'eq', value: 1 }] },
    ] as Query[]) {
      assert.match(await reported(ask(query)), /^(unknown_field|invalid_request)$/, JSON.stringify(query));
    }
  }
  const raw = (filter: string): Promise<string> =>
    reported(
      city.education.client.call({
        method: 'POST',
        path: `/v1/datasets/${dataset}/query`,
        headers: {
          'content-type': 'application/json',
          'datong-purpose': purpose,
          'datong-agreement': agreementOf('education'),
        },
        body: Buffer.from(`{"filter":[${filter}]}`),
        receipt: 'optional',
      }),
    );
  for (const filter of [
    '{"field":"pm25","op":"eq","value":"1"}',
    '{"field":"pm25","op":"eq","value":{"toString":1}}',
    '{"field":"pm25","op":"range","value":{"__proto__":{"gt":1}}}',
    '{"field":"pm25","op":"range","value":{"constructor":1}}',
    '{"field":"time","op":"eq","value":"\\u0000"}',
    '{"field":"time","op":"in","value":["\\ud800"]}',
    '{"field":"pm25","op":"eq","value":1e999}',
  ])
    assert.match(
      await raw(filter),
      /^(filter_value_invalid|invalid_request|body_not_json|.*json.*)$/,
      filter,
    );
});

test('the widest question a caller may ask is answered, or refused before it reaches the rows', async () => {
  const value = Array.from({ length: 1000 }, (_, i) => i);
  const filter = Array.from({ length: 16 }, () => ({ field: 'pm25' as const, op: 'in' as const, value }));
  const code = await reported(ask({ filter, limit: 1000 }));
  assert.ok(['200', 'invalid_request'].includes(code), code);
  assert.notEqual((await lastLeaf(database)).code, 'internal_error');
});

test('a caller who requests another set of fields each time gets the same values, by masks of one field each', async () => {
  const whole = (await ask({ limit: 1, sort: ['time'] })).json.records[0] ?? {};
  const names = Object.keys(whole);
  for (let i = 1; i <= 80; i += 1) {
    const fields = names.filter((_, bit) => ((i * 37) >> bit) & 1 || bit === i % names.length);
    const record = (await ask({ limit: 1, sort: ['time'], fields })).json.records[0];
    assert.deepEqual(record, Object.fromEntries(fields.map((name) => [name, whole[name]])));
  }
});
