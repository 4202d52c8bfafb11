/** A party that queries a person and receives nothing of them is found by a search for that person, as an attempt; a caller that is no department of the hub is not. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseLeaf } from '../../log/parseLeaf.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { maxAttemptsADay } from '../../hub/flows/release/services.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { withinOneDay } from '../withinOneDay.ts';

await withinOneDay();

const callsPerDay = 8;
const database = await testDatabase();
const hub = await testHub({ database });
after(() => hub.stop());
const city = await sampleCity(hub, callsPerDay);
const dataset = 'pub-security.household';
const file = householdFile(1500, 7);
await city.publicSecurity.client.sendFile(dataset, file.bytes, { mapping: 'household' });
const auditor = await hub.token('auditor', ['auditor']);
const context = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-17',
  matter: 'YX-2026-000123',
};
const unknownPerson = '990101201501010015';
const children = file.good.filter(({ region }) => region === '990101').map(({ id }) => id);
const [one = '', two = '', three = ''] = children;

const outcomeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'answered',
    (error: unknown) => {
      assert.ok(error instanceof DatongProblem, String(error));
      return error.code;
    },
  );
const about = (id: string) => ({ filter: [{ field: 'person_id', op: 'eq' as const, value: id }] });
const ask = (id: string, by: DatongClient = city.education.client, more: object = {}): Promise<string> =>
  outcomeOf(by.query(dataset, about(id), { ...context, ...more }));

/** What a search for a person finds, the newest first. */
async function found(value: string): Promise<readonly string[]> {
  const { status, json } = await hub.staff(auditor, 'POST', '/v1/log/searches', {
    subject: { dataset, value, reason: '本人询问', case: 'XF-2026-1' },
  });
  assert.equal(status, 200, JSON.stringify(json));
  return (json['entries'] as { leaf: string; attempt?: true }[]).map(({ leaf, attempt }) => {
    const { decision, code, consumer } = parseLeaf(Buffer.from(leaf, 'base64'));
    return `${consumer ?? ''} ${code ?? decision}${attempt === true ? ', attempt' : ''}`;
  });
}

test('an empty look-up is an attempt, an answer is none', async () => {
  assert.deepEqual([await ask(unknownPerson), await ask(one)], ['answered', 'answered']);
  assert.deepEqual(await found(unknownPerson), ['education allow, attempt']);
  assert.deepEqual(await found(one), ['education allow']);
});

test('a denied look-up is an attempt, for each way to name the person', async () => {
  assert.equal(await ask(two, city.education.client, { matter: undefined }), 'matter_missing');
  const range = [{ field: 'person_id', op: 'range' as const, value: { gte: two, lte: two } }];
  const refused = await outcomeOf(city.education.client.query(dataset, { filter: range }, context));
  assert.notEqual(refused, 'answered');
  assert.deepEqual(await found(two), [`education ${refused}, attempt`, 'education matter_missing, attempt']);
});

test('of many who are asked about at once, those who are not there are attempts', async () => {
  const absent = '990101201601010012';
  const requested = { by: 'person_id', values: [one, absent] };
  assert.equal(await outcomeOf(city.education.client.batchQuery(dataset, requested, context)), 'answered');
  assert.deepEqual(await found(absent), ['education allow, attempt']);
  assert.equal((await found(one))[0], 'education allow');
});

test('a look-up that its quota ends is an attempt', async () => {
  let last = '';
  for (let calls = 0; calls <= callsPerDay && last !== 'quota_exhausted'; calls += 1) last = await ask(one);
  assert.equal(last, 'quota_exhausted');
  assert.equal((await found(one))[0], 'education quota_exhausted, attempt');
});

test('a caller that is refused again and again fills no person’s view; each call has its entry all the same', async () => {
  const before = await entries();
  for (let calls = 0; calls < maxAttemptsADay + 3; calls += 1)
    assert.equal(await ask(three, city.ecology.client), 'no_agreement');
  assert.equal((await entries()) - before, maxAttemptsADay + 3);
  const attempts = await found(three);
  assert.equal(attempts.length, maxAttemptsADay);
  assert.deepEqual(new Set(attempts), new Set(['ecology no_agreement, attempt']));
});

test('a caller that does not prove to be the department is found by no search for a person', async () => {
  const { tls } = city.education;
  const { origins } = hub.hub;
  const forged = new DatongClient({
    department: city.education.department,
    hub: { exchange: origins.exchange, open: origins.open },
    ca: hub.ca,
    tls,
    signingKey: city.ecology.signing,
  });
  try {
    const id = children[3] ?? '';
    assert.notEqual(await ask(id, forged), 'answered');
    assert.deepEqual(await found(id), []);
  } finally {
    forged.close();
  }
});

async function entries(): Promise<number> {
  const { rows } = await database.app.query<{ size: string }>('SELECT size FROM audit_head');
  return Number(rows[0]?.size);
}
