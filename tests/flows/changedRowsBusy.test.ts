/** Events of changed rows of a dataset that is larger than one run searches and that changes all the time: a search still reaches its end. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { noticeChangedRows } from '../../hub/features/events/jobs/noticeChangedRows.ts';
import { LiveProviders } from '../../hub/flows/live/liveProviders.ts';
import { ServiceCalls } from '../../hub/flows/live/service/serviceCall.ts';
import { releaseServices } from '../../hub/flows/release/services.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false }, { connections: 12 });
const folder = mkdtempSync(join(tmpdir(), 'datong-busy-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const office = await hub.enrol('data-office');
const { registry, identity, keys } = hub.hub.services;
const calls = new ServiceCalls(
  () => Promise.reject(new Error('no service is asked')),
  () => Promise.resolve([]),
  { maxAnswerLength: 1, sockets: 1, lookedUpFor: 0 },
);
after(() => calls.close());
const release = releaseServices({
  database,
  registry,
  identity,
  keys,
  live: new LiveProviders(keys.hubSigning, () => database.now()),
  liveServices: { places: [], calls },
  report: () => undefined,
});

const dataset = 'ecology.wells';
const documents = `kind: Schema
document:
  $schema: https://json-schema.org/draft/2020-12/schema
  $id: urn:datong:well:1.0
  type: object
  x-title: { zh: 水井, en: Wells }
  x-class: general
  x-primary-key: [/well]
  additionalProperties: false
  required: [well, depth, note]
  properties:
    well: { type: string, maxLength: 20, x-title: { zh: 编号, en: Number }, x-sensitivity: L1, x-personal: none }
    depth: { type: integer, minimum: 0, maximum: 9999, x-title: { zh: 深度, en: Depth }, x-sensitivity: L1, x-personal: none }
    note: { type: string, maxLength: 20, x-title: { zh: 备注, en: Note }, x-sensitivity: L1, x-personal: none }
---
kind: Dataset
id: ${dataset}
title: { zh: 水井, en: Wells }
schema: urn:datong:well:1.0
mode: upsert
intake: { byCall: { onBad: refuse } }
sharing: { type: conditional, conditions: 测试 }
`;
const agreements = ['agr-wells-a', 'agr-wells-b'];
const agreement = (id: string): string => `kind: Agreement
id: ${id}
version: 1
title: { zh: 水井共享协议, en: Wells }
provider: ecology
consumer: education
purposes: [public-service]
basis: { type: statutory, reference: 中华人民共和国水法, clause: 第十六条 }
valid: { from: '2026-01-01T00:00:00+08:00', until: '2029-01-01T00:00:00+08:00' }
grants:
  - dataset: ${dataset}
    schema: well@1
    deliveries: [changes]
    limits: { rowsPerCall: 10000, callsPerDay: 1000 }
    fields: { well: { mask: clear }, depth: { mask: clear } }
`;
/** More than a portion of a search, which has at most 10,000 rows. */
const wells = 12_000;
const well = (at: number, depth = 1, note = ''): object => ({ well: `w-${at}`, depth, note });
const pusher = city.ecology.client.rows(dataset);
after(() => pusher.close());

before(async () => {
  const [rows, terms] = [join(folder, 'rows.yaml'), join(folder, 'terms.yaml')];
  writeFileSync(rows, documents);
  writeFileSync(terms, agreements.map(agreement).join('---\n'));
  await city.apply(rows);
  await city.apply(terms, [city.education, city.ecology]);
  await city.apply('hub-events/topic.yaml');
  await city.apply('hub-events/agreement.yaml', [city.education, office]);
  for (let at = 0; at < wells; at += 1) await pusher.push(well(at));
  await pusher.flush();
  const { changes, events } = city.education.client;
  for (const id of agreements) {
    let watermark: string | undefined;
    for (let more = true; more;) {
      const question = watermark === undefined ? {} : { acknowledge: watermark };
      const { json } = await changes.next(dataset, question, { purpose: 'public-service', agreement: id });
      ({ watermark, more } = json);
    }
  }
  await events.subscribe(
    { topic: 'data-office.hub-changed-rows' },
    { purpose: 'public-service', agreement: 'agr-hub-events' },
  );
});

test('a change at the end of a dataset that changes during each run is found, of each feed, by runs that search a part of one', async () => {
  const noticed: unknown[] = [];
  const job = noticeChangedRows({ release, identity }, { maxSteps: 1, maxSearches: 1 });
  await pusher.deliver(well(wells - 1, 2));
  let runs = 0;
  for (; new Set(noticed).size < agreements.length && runs < 20; runs += 1) {
    // the consumer does not receive the note, but the search depends on the row
    await pusher.deliver(well(0, 1, `n-${runs}`));
    await job.run({
      now: () => database.now(),
      state: null,
      signal: new AbortController().signal,
      act: ({ dataset: changed, agreement: under }) => {
        noticed.push(`${String(changed)} ${String(under)}`);
        return Promise.reject(new Error('nothing is stored'));
      },
    });
  }
  assert.deepEqual(new Set(noticed), new Set(agreements.map((id) => `${dataset} ${id}`)));
  assert.ok(runs > agreements.length, 'one run reads a part of the rows');
});
