/** A process that has not heard of the newest registrations refuses nothing by the former ones. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { householdFile } from '../../../clients/cli/demo/files/householdFile.ts';
import { testDatabase } from '../../../tests/database.ts';
import { eventually } from '../../../tests/eventually.ts';
import { newestLeaves } from '../../../tests/flows/leaves.ts';
import { testService } from '../../../tests/flows/serviceProvider.ts';
import { sampleCity, testHub, type TestHubOptions } from '../../../tests/hub.ts';
import { applyGrant } from '../../../tests/policyWith.ts';

const database = await testDatabase({ connections: 30 });
const host = 'events.school.example';
const service = await testService(host);
const folder = mkdtempSync(join(tmpdir(), 'datong-stale-'));
const caFile = join(folder, 'ca.pem');
writeFileSync(caFile, service.ca);
const origin = `https://${host}:${service.port}`;
const options: TestHubOptions = {
  database,
  jobsByTime: false,
  resolve: () => Promise.resolve(['127.0.0.1']),
  config: { services: [{ department: 'education', origin, addresses: ['127.0.0.0/30'], caFile }] },
};
const first = await testHub({ ...options, dispatch: false });
/** Delivers all messages, and is asked nothing: it hears of changes by its own entries alone. */
const second = await testHub({
  ...options,
  dispatch: { firstMs: 60, maxMs: 120, pollMs: 30, patienceMs: 1_000, leaseMs: 4_000 },
  keysDir: first.hub.config.keysDir,
});
after(async () => {
  await second.stop();
  await first.stop();
  service.close();
  rmSync(folder, { recursive: true, force: true });
});
service.server.setSecureContext({ ...service.tls, ca: first.ca });
const got: string[] = [];
let isProving = false;
service.serve = (request, reply) => {
  const { type, id, data } = JSON.parse(request.whole.toString('utf8')) as {
    readonly id: string;
    readonly type: string;
    readonly data: { readonly challenge?: string };
  };
  if (type === 'datong.challenge') {
    if (isProving) reply.end(JSON.stringify({ challenge: data.challenge }));
    else reply.writeHead(404).end();
    return;
  }
  got.push(id);
  reply.writeHead(204).end();
};
const city = await sampleCity(first);
await city.apply('air-warning/topic.yaml');
await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);

test('an event whose type was registered at another process is delivered, and nothing is refused', async () => {
  const { events } = city.education.client;
  const sink = { kind: 'webhook' as const, url: `${origin}/events` };
  const context = { purpose: 'public-service', agreement: 'agr-air-warnings' };
  const { json: subscription } = await events.subscribe({ topic: 'ecology.air-warnings', sink }, context);
  isProving = true;
  // proven by the process that was asked: the other one has written no entry since its start
  await events.sink(subscription.id, 'test');
  const type = 'ecology.air-warning-issued';
  const data = { warning_id: 'w-1', district: '990101', level: 'orange', duty_phone: '0990-5550100' };
  await city.ecology.client.events.publish('ecology.air-warnings', [
    { specversion: '1.0', id: 'e-1', source: 'test', type, data },
  ]);
  await eventually(
    () => got.length > 0,
    () => 'nothing came',
  );
  const denied = (await newestLeaves(database, 50)).filter(({ decision }) => decision === 'deny');
  assert.deepEqual(denied, []);
});

test('a file whose dataset was registered at another process is made', async () => {
  const { dataset, client } = { dataset: 'pub-security.household', client: city.education.client };
  await second.hub.runner.run('makeExports');
  await applyGrant(first, city, 'household/agreement.yaml', 2, (grant) => ({
    ...grant,
    requires: ['on-behalf-of', 'matter'],
    deliveries: ['export'],
    limits: { rowsPerCall: 1000 },
  }));
  await city.publicSecurity.client.sendFile(dataset, householdFile(1500, 7).bytes, { mapping: 'household' });
  const context = {
    purpose: 'school-enrolment',
    agreement: 'agr-school-enrolment',
    onBehalfOf: 'official-17',
    matter: 'YX-2026-000123',
  };
  const { json: requested } = await client.exports.ask(dataset, { format: 'csv' }, context);
  // its first run hears of the agreement by its own entry; by time, the next one follows at once
  for (let runs = 0; runs < 2; runs += 1) await second.hub.runner.run('makeExports');
  const { json: made } = await client.exports.state(dataset, requested.id);
  assert.equal(made.state, 'ready', JSON.stringify(made));
});
