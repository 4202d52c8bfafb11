/**
 * The log has entries of a year whose subject key this process lacks. What an act finds about a person lacks them, so its reply and its
 * entry name the year.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { tokenYear } from '../../hub/log/subjects.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { lastLeaf } from './leaves.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
after(() => hub.stop());
const administrator = await administratorSession(database, '-c session_replication_role=replica');
const { client: police } = city.publicSecurity;
const { client: education } = city.education;
const household = 'pub-security.household';
const file = householdFile(1500, 23);
const child = file.good.find(({ guardian, region }) => guardian !== '' && region === '990101');
assert.ok(child);
const year = tokenYear(database.now()) - 1;
const inEntry = async (): Promise<unknown> => (await lastLeaf(database)).change?.['unsearchableYears'];

before(async () => {
  await police.sendFile(household, file.bytes, { mapping: 'household' });
  await city.apply('school-meals/notice.yaml');
  await city.apply('school-meals/agreement.yaml', [city.education, city.publicSecurity]);
  await administrator.query(`UPDATE audit_entry SET at = at - interval '1 year' WHERE idx = 0`);
});

test('evidence about a person names the years that it lacks, in its folder too', async () => {
  const auditor = await hub.token('auditor', ['auditor']);
  const second = await hub.token('second auditor', ['auditor']);
  const request = { reason: 'a complaint', case: 'XF-2026-0001' };
  const staff = async (token: string, method: string, path: string, body?: object) => {
    const { status, json } = await hub.staff(token, method, path, body);
    assert.ok(status < 300, JSON.stringify(json));
    return json;
  };
  const requested = await staff(auditor, 'POST', '/v1/log/evidence', {
    ...request,
    question: { subject: { dataset: household, value: child.id } },
  });
  const question = { subject: household, unsearchableYears: String(year) };
  assert.deepEqual(requested['question'], question);
  assert.equal(await inEntry(), String(year));
  const path = `/v1/log/evidence/${String(requested['id'])}`;
  await staff(second, 'POST', `${path}/answer`, { answer: 'release' });
  assert.deepEqual((await staff(auditor, 'GET', path))['question'], question);
  const other = await staff(auditor, 'POST', '/v1/log/evidence', {
    ...request,
    question: { dataset: household },
  });
  assert.deepEqual(other['question'], { dataset: household });
  assert.equal(await inEntry(), undefined);
});

test('a withdrawal names the years whose answers it obliges no recipient to delete', async () => {
  const { rows } = await database.app.query<{ digest: string }>('SELECT digest FROM consent_notice');
  await police.giveConsent({
    id: 'consent-1',
    person: child.id,
    guardian: child.guardian,
    recipient: 'education',
    dataset: household,
    purposes: ['school-meals'],
    fields: ['name', 'income'],
    notBefore: '2026-01-01T00:00:00+08:00',
    expires: '2099-01-01T00:00:00+08:00',
    notice: { digest: rows[0]?.digest ?? '', language: 'zh' },
    method: 'app',
  });
  const years = async (): Promise<unknown> =>
    ((await police.withdrawConsent('consent-1')).json as { unsearchableYears?: unknown }).unsearchableYears;
  assert.deepEqual(await years(), [year]);
  assert.equal(await inEntry(), String(year));
  assert.equal(await years(), undefined, 'nothing is owed anew');
});

test('the answer to a ticket names the years whose consumers are not notified', async () => {
  const { exchange } = await education.query(
    household,
    { filter: [{ field: 'person_id', op: 'eq', value: child.id }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'official-17',
      matter: 'YX-2026-000123',
    },
  );
  const { json } = await education.tickets.open({
    exchange,
    field: 'name',
    key: child.id,
    claim: 'misspelt',
  });
  const { json: sent } = await police.sendFile(household, householdFile(1501, 23).bytes, {
    mapping: 'household',
  });
  const { json: answered } = await police.tickets.answer(json.id, { act: 'mend', batch: sent.batch });
  assert.deepEqual((answered as { unsearchableYears?: unknown }).unsearchableYears, [year]);
  assert.equal(await inEntry(), String(year));
});
