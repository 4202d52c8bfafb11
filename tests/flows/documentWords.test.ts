/** What a signed agreement says reaches the reply, the entry and the quota: matter, obligations, calls a day. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { applyDocuments } from '../../clients/cli/apply/applyDocuments.ts';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { staffClient } from '../../clients/cli/apply/staffCall.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import type { CallContext, Query } from '../../clients/sdk/types.ts';
import { civilDateInChina, civilDateText, dayInChina } from '../../terms/civilDate.ts';
import { samples } from '../hub.ts';
import { lastLeaf } from './leaves.ts';
import { leafTexts } from '../leafTexts.ts';
import { cityHub } from '../cityHub.ts';
import { withinOneDay } from '../withinOneDay.ts';

await withinOneDay();

const { database, hub, city } = await cityHub();
const file = householdFile(1500, 7);
const { client } = city.education;
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
const child = file.good.find((person) => person.guardian !== '' && person.region === '990101');
assert.ok(child);
const dataset = 'pub-security.household';
const about: Query = { filter: [{ field: 'person_id', op: 'eq', value: child.id }] };
const context: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const codeOf = (error: unknown): string => (error instanceof DatongProblem ? error.code : String(error));

test('obligations are described in the reply, with the day they end on, and are in the entry', async () => {
  const { json } = await client.query(dataset, about, context);
  const leaf = await lastLeaf(database);
  const day = civilDateInChina(Date.parse(leaf.at) + 180 * 86_400_000);
  assert.deepEqual((json as { obligations?: unknown }).obligations, [
    { id: 'delete-after', by: civilDateText(day) },
    { id: 'no-onward-sharing' },
  ]);
  assert.deepEqual(leaf.obligations, ['delete-after P180D', 'no-onward-sharing']);
  assert.equal(leaf.matterCode, 'enrol-primary');
});

test('a case number without the form of a matter is refused, and its text is stored nowhere', async () => {
  const caseNumber = '王伟的户口';
  const refused = await client.query(dataset, about, { ...context, matter: caseNumber }).catch(codeOf);
  assert.equal(refused, 'matter_not_agreed');
  const leaf = await lastLeaf(database);
  assert.equal(leaf.code, 'matter_not_agreed');
  assert.ok(!JSON.stringify(leaf).includes(caseNumber));
  assert.ok(!(await leafTexts(database)).some((text) => text.includes(caseNumber)));
});

test('a deprecated schema version is reported with every answer of a dataset bound to it, until its last day is over in China', async () => {
  const notice = async (): Promise<readonly (string | undefined)[]> => {
    const { headers } = await client.query(dataset, about, context);
    return ['deprecation', 'sunset'].map((name) => headers.get(name));
  };
  assert.deepEqual(await notice(), [undefined, undefined]);
  const { schema } = (await hub.staff(city.operator, 'GET', `/v1/datasets/${dataset}`)).json['dataset'] as {
    schema: string;
  };
  const sunset = dayInChina(database.now() + 120 * 86_400_000);
  const deprecated = await hub.staff(city.operator, 'POST', `/v1/schemas/${schema}/decision`, {
    act: 'deprecate',
    reason: '改用新标准',
    sunset,
  });
  assert.equal(deprecated.json['state'], 'deprecated', JSON.stringify(deprecated.json));
  const [since, end] = await notice();
  assert.match(since ?? '', /^@\d{10}$/);
  assert.ok(Math.abs(Number(since?.slice(1)) * 1000 - database.now()) < 3_600_000, since);
  assert.equal(end, new Date(Date.parse(`${sunset}T00:00:00+08:00`) + 86_400_000).toUTCString());
  const reported = client.deprecations.all().filter((one) => one.dataset === dataset);
  assert.deepEqual(
    reported.map((one) => one.sunset),
    [new Date(end).toISOString()],
  );
});

test('calls a day are counted apart for each department and purpose; the explanation knows when they are spent', async () => {
  const [document] = readDocuments(join(samples, 'household/agreement.yaml'));
  assert.ok(document);
  const [grant] = document.members['grants'] as { limits: object }[];
  const members = {
    ...document.members,
    version: 2,
    purposes: ['school-enrolment', 'public-service'],
    entrusted: [{ department: 'city-software', limits: { callsPerDay: 1 } }],
    assessment: 'a'.repeat(64),
    grants: [{ ...grant, limits: { rowsPerCall: 10, callsPerDay: 5 } }],
  };
  const contractor = {
    ...document,
    kind: 'Department' as const,
    members: {
      code: 'city-software',
      name: { zh: '云栖软件', en: 'Yunqi Software' },
      type: 'contractor',
      principal: 'education',
    },
  };
  const staff = staffClient({ origin: hub.hub.origins.staff, ca: hub.ca, token: city.operator });
  const signers = [city.education, city.publicSecurity].map(({ department, signing: key }) => ({
    department,
    key,
  }));
  const applied = await applyDocuments([contractor, { ...document, members }], {
    client: staff,
    signers,
    approveWith: city.security,
  });
  staff.close();
  assert.deepEqual(
    applied.map(({ outcome }) => outcome),
    ['registered', 'granted'],
    JSON.stringify(applied),
  );
  const software = await hub.enrol('city-software');
  const ask = (by: typeof client, purpose: string): Promise<string> =>
    by.query(dataset, about, { ...context, purpose }).then(() => 'answered', codeOf);
  const explained = async (): Promise<unknown> => {
    const { json } = await client.explain(dataset, about, context);
    const { effect, code, agreement } = json as {
      effect: string;
      code?: string;
      agreement: { limits: { callsToday: number } };
    };
    return [effect, code, agreement.limits.callsToday];
  };
  assert.equal(await ask(client, 'school-enrolment'), 'answered');
  assert.deepEqual(await explained(), ['allow', undefined, 4]); // three were asked under the first version
  assert.equal(await ask(client, 'school-enrolment'), 'answered');
  assert.equal(await ask(client, 'school-enrolment'), 'quota_exhausted');
  assert.deepEqual(await explained(), ['deny', 'quota_exhausted', 5]);
  assert.equal(await ask(client, 'public-service'), 'answered');
  assert.equal(await ask(software.client, 'school-enrolment'), 'answered');
  assert.equal(await ask(software.client, 'school-enrolment'), 'quota_exhausted');
});
