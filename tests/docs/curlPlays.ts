/**
 * What each example of the exchange listener needs of a hub before it can be typed as it is shown: who types it, and what is in the
 * place of ids and signatures that are of another hub.
 */
import { playedCase, playedCases, pushCase } from './playedCase.ts';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { handovers } from '../../clients/cli/demo/handovers.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { signedConsent, type GivenConsent } from '../../clients/sdk/consents.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import type { CallContext } from '../../clients/sdk/types.ts';
import { assertionFor } from '../../clients/sdk/subjects.ts';
import { signJws, statementType } from '../../certs/jws.ts';
import { canonicalJson } from '../../terms/canonicalJson.ts';
import type { Database } from '../../hub/platform/database/database.ts';
import { sampleCity, type City, type Machine, type TestHub } from '../hub.ts';
import { applyGrant } from '../policyWith.ts';
import { guardedDatasets } from '../flows/guardedDatasets.ts';
import { people as records } from '../flows/householdRecords.ts';
import { open, uploaded } from '../flows/intakeCalls.ts';
import { householdRow, liveDataset, serve } from '../flows/liveProvider.ts';
import type { Play } from './play.ts';
import { attachmentPlays } from './attachmentPlays.ts';
import { samplePlan, type readSamplePlan } from '../samplePlan.ts';

const household = 'pub-security.household';
/** Nothing answers there: the operator of a test names it under `services`. */
export const playedEndpoint = 'https://events.education.example/datong';
const context = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};

/** A city as the demo has it, and everything that the examples ask about. */
export async function playedCity(
  hub: TestHub,
): Promise<City & { readonly file: ReturnType<typeof householdFile> }> {
  const city = await sampleCity(hub);
  const police = city.publicSecurity.client;
  const file = householdFile(2_000, 20260901); // the demo's
  await police.sendFile(household, file.bytes, { mapping: 'household' });
  await city.apply('city/joining.yaml');
  for (const { department, sample, dataset, mapping, bytes } of handovers) {
    await city.apply(`${sample}/dataset.yaml`);
    const machine = await hub.enrol(department);
    await machine.client.sendFile(dataset, bytes(file.good), { mapping });
    await city.apply(`${sample}/agreement.yaml`, [city.education, machine]);
  }
  await applyGrant(hub, city, 'household/agreement.yaml', 2, (grant) => ({
    ...grant,
    requires: ['on-behalf-of'],
    deliveries: ['batch', 'stream', 'export', 'changes'],
    limits: { rowsPerCall: 1000, subjectsPerCall: 500, callsPerDay: 20000 },
  }));
  const both = [city.education, city.publicSecurity];
  await city.apply('school-places/agreement.yaml', both);
  await city.apply('household-live/dataset.yaml');
  await city.apply('household-live/agreement.yaml', both);
  await city.apply('air-warning/topic.yaml');
  await city.apply('air-warning/agreement.yaml', [city.education, city.ecology]);
  for (const file of ['city/joining', 'heavy-rain/department', 'heavy-rain/topic'])
    await city.apply(`${file}.yaml`);
  await city.apply('river-levels/dataset.yaml');
  await city.apply('odour-reports/dataset.yaml');
  await city.apply('odour-reports/agreement.yaml', [city.education, city.ecology]);
  await city.apply('school-meals/notice.yaml');
  await city.apply('school-meals/agreement.yaml', both);
  return { ...city, file };
}

type Played = Awaited<ReturnType<typeof playedCity>>;

/** @returns what is played for each operation that cannot be typed as it is shown */
export async function curlPlays(
  hub: TestHub,
  city: Played,
  database: Database,
): Promise<Readonly<Record<string, Play>>> {
  const { education, publicSecurity } = city;
  const { client: police, signing: key } = publicSecurity;
  const by = 'publicSecurity';
  const [child, sister] = families(city);
  const { exchange } = await ask(city, child);
  const own = guardedDatasets(hub, { operator: city.operator, steward: await steward(hub), client: police });
  const lines = records(191, 5);
  for (const [at, name] of ['traced', 'tried', 'listed', 'graded'].entries()) {
    const id = await own.dataset(name, {}, name === 'listed' ? 'upsert' : 'snapshot');
    const sent = await own.sent(id, lines.slice(at)); // other bytes: a file of another dataset is held
    assert.equal(sent.state, 'published', JSON.stringify(sent));
  }
  const cases = await own.dataset('cases', { byCall: {}, cases: playedCases }, 'upsert');
  await pushCase(police, cases);
  const { rows } = await database.app.query<{ id: string }>(
    "SELECT id FROM batch WHERE dataset = 'pub-security.household' AND state = 'published'",
  );
  const batch = `/v1/batches/${rows[0]?.id ?? assert.fail()}`;
  const part = city.file.bytes;
  const { json: copy } = await education.client.changes.next(household, {}, context);
  const exported = await fileOf(hub, education);
  await failedLiveRow(hub, city, child);
  await appointed(hub, city);
  const consent = await consentOf(database, child);
  await police.giveConsent(await consentOf(database, sister));
  const vouched = () =>
    assertionFor(
      { person: sister.id, presentedBy: 'guardian', assurance: 'high' },
      { key, origin: hub.hub.origins.exchange, department: 'pub-security' },
    );
  const assertionBody = (): object => {
    const { jws, opening } = vouched();
    return { assertion: jws, subject: opening };
  };
  const { jws, opening } = vouched();
  const ticket = await education.client.tickets.open({
    exchange,
    field: 'birth_date',
    key: child.id,
    claim: 'the day is another one',
  });
  const duty = await dutyOf(hub, city, database);
  const { json: subscription } = await education.client.events.subscribe(
    { topic: 'ecology.air-warnings' },
    { purpose: 'public-service', agreement: 'agr-air-warnings' },
  );
  const subscribed = `/v1/subscriptions/${subscription.id}`;
  const [warned, over] = await openWarnings(hub, city);
  const { json: pushed } = await education.client.events.subscribe(
    { topic: 'ecology.air-warnings', sink: { kind: 'webhook', url: playedEndpoint } },
    { purpose: 'public-service', agreement: 'agr-air-warnings' },
  );
  const sunk = `/v1/subscriptions/${pushed.id}`;
  return {
    querySandbox: {
      say: {
        'agr-school-bus': context.agreement,
        "official-0317'": `official-0317' -H 'datong-matter: ${context.matter}'`,
      },
    },
    describeSandbox: { say: { 'agr-school-bus': context.agreement } },
    listChanges: { say: { 'pub-security.people': household }, body: { acknowledge: copy.watermark } },
    showExport: { path: exported },
    downloadExport: { path: `${exported}/file` },
    explainDecision: { otherwise: ['agreement', 'at', 'code', 'text'] },
    aggregateDataset: {
      say: { 'agr-school-bus': 'agr-school-places', 'by-district': 'by-district-and-sex' },
    },
    openBatch: { by, say: { 'natural-resources.real-estate': household } },
    getLiveQuarantine: { by },
    deleteRows: { by },
    pushRows: { by: 'ecology' },
    changeRow: {
      by,
      path: `/v1/datasets/${cases}/rows/changes`,
      body: { key: { person_id: playedCase.person_id }, version: 1, set: { relation: '其他', sex: '2' } },
    },
    tryMapping: { by, otherwise: ['over'] },
    listCodeLists: { otherwise: ['shipped'] },
    showUses: { otherwise: ['nextCursor'] },
    traceRow: { by, body: { key: { person_id: lines[3]?.[0] } } },
    ...(await attachmentPlays(city)),
    putBatchPart: { by, part, path: `/v1/batches/${await opened(police)}/parts/0` },
    commitBatch: {
      by,
      otherwise: ['corrects', 'finishedAt', 'receipt'],
      path: `/v1/batches/${await uploaded(police, household, part)}/commit`,
      body: {
        sha256: createHash('sha256').update(part).digest('hex'),
        bytes: part.length,
        mapping: 'household',
      },
    },
    listBatches: { by, say: { 'pub-security.portions': household } },
    getBatch: { by, path: batch, otherwise: ['findings', 'heldUntil', 'problem', 'exchange', 'receipt'] },
    getQuarantine: { by, path: `${batch}/quarantine` },
    getReceipt: { path: `/v1/exchanges/${exchange}/receipt` },
    diagnoseExchange: { path: `/v1/exchanges/${exchange}/diagnosis` },
    giveConsent: { by, body: signedConsent(consent, 'pub-security', key) },
    withdrawConsent: { by, path: '/v1/consents/meals-1/withdrawal' },
    listConsents: { by, body: { subject: { kind: 'person', value: sister.id } } },
    viewSubject: { by, body: assertionBody() },
    openOwnSession: { by, body: assertionBody() },
    stateDuties: {
      body: {
        statement: signJws(
          canonicalJson({ v: 1, department: 'education', duties: [duty], states: 'deleted' }),
          education.signing,
          { typ: statementType },
        ),
      },
    },
    publishEvents: {
      by: 'ecology',
      path: '/v1/topics/ecology.air-warnings/events',
      body: [
        {
          specversion: '1.0',
          id: 'third',
          source: 'curl',
          type: 'ecology.air-warning-issued',
          data: { warning_id: 'third', district: '990101', level: 'yellow' },
        },
      ],
    },
    subscribe: {
      say: {
        'agr-heavy-rain-natural-resources': 'agr-air-warnings',
        'meteorology.heavy-rain-warnings': 'ecology.air-warnings',
      },
    },
    listOpenEvents: { by: 'ecology' },
    showOpenEvent: { by: 'ecology', path: `/v1/open-events/${warned}`, otherwise: ['purpose'] },
    archiveEvent: { by: 'ecology', path: `/v1/open-events/${warned}/archive` },
    acknowledgeEvent: { path: `/v1/open-events/${warned}/acknowledgements`, body: { grade: 'received' } },
    closeEvent: { by: 'ecology', path: `/v1/open-events/${over}/closure`, otherwise: ['purpose'] },
    showTopic: { by: 'ecology', otherwise: ['traffic'] },
    describeTopic: { path: '/v1/topics/ecology.air-warnings/asyncapi' },
    pullEvents: { path: `${subscribed}/events?wait=0` },
    endSubscription: { path: `${subscribed}/end` },
    changeSink: { path: `${sunk}/sink` },
    rotateWebhookSecret: { path: `${sunk}/secret` },
    listDeadLetters: { path: `${sunk}/dead-letters`, otherwise: ['nextCursor'] },
    replayDeadLetters: { path: `${sunk}/dead-letters/replay`, body: {} },
    showMatter: { say: { 'meal-aid': 'enrol-primary' } },
    showCatalogueEntry: { path: '/v1/catalogue/ecology.air-quality-hourly', otherwise: ['waiting'] },
    showQuality: { by, otherwise: ['grade', 'score'] },
    describeReceived: { say: { 'agr-school-second': context.agreement } },
    openTicket: {
      by,
      body: {
        dataset: household,
        claim: 'of my own record',
        wish: 'deletion',
        assertion: { jws, subject: opening },
      },
    },
    showTicket: {
      path: `/v1/tickets/${ticket.json.id}`,
      otherwise: ['answered', 'batch', 'exchanges', 'claim', 'exchange', 'key', 'opener'],
    },
    answerTicket: { path: `/v1/tickets/${ticket.json.id}/answer` },
  };
}

/** Two events under the plan of the samples. @returns their ids */
async function openWarnings(hub: TestHub, city: City): Promise<readonly [string, string]> {
  await city.apply('air-warning/response.yaml');
  await samplePlan(hub);
  // the plan of the example itself, so that typing it changes nothing
  const { registerResponsePlan } = JSON.parse(readFileSync('api/examples.json', 'utf8')) as {
    readonly registerResponsePlan: { readonly body: ReturnType<typeof readSamplePlan> };
  };
  await samplePlan(hub, {}, registerResponsePlan.body);
  const { json } = await city.ecology.client.events.publish(
    'ecology.air-warnings',
    ['first', 'second'].map((id) => ({
      ...({ specversion: '1.0', source: 'plan-test', type: 'ecology.air-warning-issued' } as const),
      id,
      data: { warning_id: id, district: '990101', level: 'red' },
    })),
  );
  const [one, other] = json.events;
  assert.ok(one && other);
  return [one.event, other.event];
}

type Person = Played['file']['good'][number];

function families({ file }: Played): readonly [Person, Person] {
  const [one, other] = file.good.filter(
    ({ guardian, id, region }) => guardian !== '' && region === '990101' && id.slice(6, 10) >= '2016',
  );
  assert.ok(one && other);
  return [one, other];
}

const ask = ({ education }: City, { id }: Person, under: CallContext = context, dataset = household) =>
  education.client.query(dataset, { filter: [{ field: 'person_id', op: 'eq', value: id }] }, under);

const steward = (hub: TestHub): Promise<string> => hub.token('han', ['steward'], 'pub-security');

const opened = (client: DatongClient): Promise<string> => open(client, household);

/** A file that is ready; its path. */
async function fileOf({ hub }: TestHub, { client }: Machine): Promise<string> {
  const { json } = await client.exports.ask(household, { format: 'ndjson' }, context);
  assert.equal(await hub.runner.run('makeExports'), 'ok');
  return `/v1/datasets/${household}/exports/${json.id}`;
}

/** A provider's machine has answered with a row that does not fit. */
async function failedLiveRow({ hub }: TestHub, city: City, child: Person): Promise<void> {
  const row = householdRow(child);
  const connection = await serve(hub, city.publicSecurity, () => ({
    rows: [{ ...row, name: '' }, row],
    after: ['0', '1'],
    more: false,
  }));
  await ask(city, child, { ...context, agreement: 'agr-school-enrolment-live' }, liveDataset);
  connection.close();
  await connection.closed;
}

/** The police vouch for persons. */
async function appointed(hub: TestHub, city: City): Promise<void> {
  const body = { department: 'pub-security', appointed: true };
  const { json } = await hub.staff(city.operator, 'POST', '/v1/person-services', body);
  const proposal = `/v1/proposals/${String(json['proposal'])}`;
  const { digest } = (await hub.staff(city.security, 'GET', proposal)).json;
  const { status } = await hub.staff(city.security, 'POST', `${proposal}/acceptance`, { digest });
  assert.equal(status, 201);
}

let consents = 0;
async function consentOf({ app }: Database, { id: person, guardian }: Person): Promise<GivenConsent> {
  const { rows } = await app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  consents += 1;
  return {
    id: `meals-${2 - consents}`,
    person,
    guardian,
    recipient: 'education',
    dataset: household,
    purposes: ['school-meals'],
    fields: ['name', 'income'],
    notBefore: '2026-01-01T00:00:00+08:00',
    expires: '2099-01-01T00:00:00+08:00',
    notice: { digest: rows[0]?.digest ?? '', language: 'zh' },
    method: 'app',
  };
}

/** A duty of the consumer's whose days are over. */
async function dutyOf({ hub }: TestHub, { education }: City, { owner }: Database): Promise<string> {
  for (const job of ['readEntries', 'followUpDuties'] as const) assert.equal(await hub.runner.run(job), 'ok');
  await owner.query(
    'UPDATE duty SET received_from = received_from - 2, received_until = received_until - 2, due = due - 2',
  );
  const { duties } = (await education.client.duties({ limit: 200 })).json;
  return duties.find(({ obligation }) => obligation === 'delete-after')?.id ?? assert.fail('a duty');
}
