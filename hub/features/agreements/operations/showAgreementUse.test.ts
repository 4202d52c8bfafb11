/** Parties of an agreement see what was taken from its limits today, and the newest calls, without officials, cases and persons. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { components } from '../../../../api/openapi.ts';
import { householdFile } from '../../../../clients/cli/demo/files/householdFile.ts';
import { sampleCity, testHub } from '../../../../tests/hub.ts';

type Use = components['schemas']['AgreementUse'];

const hub = await testHub({ jobsByTime: false });
after(() => hub.stop());
const city = await sampleCity(hub, 3);
const household = 'pub-security.household';
const file = householdFile(1500, 12);
await city.publicSecurity.client.sendFile(household, file.bytes, { mapping: 'household' });
const teacher = await hub.token('teacher', ['steward'], 'education');
const officer = await hub.token('police officer', ['auditor'], 'pub-security');
const stranger = await hub.token('ecologist', ['steward'], 'ecology');
const child = file.good.find(({ region }) => region === '990101')?.id ?? '';

const ask = (matter: string): Promise<unknown> =>
  city.education.client.query(
    household,
    { filter: [{ field: 'person_id', op: 'eq', value: child }] },
    { purpose: 'school-enrolment', agreement: 'agr-school-enrolment', onBehalfOf: 'official-17', matter },
  );
const used = async (by: string): Promise<Use> => {
  const { status, json } = await hub.staff(by, 'GET', '/v1/policy/documents/agr-school-enrolment/use');
  assert.equal(status, 200, JSON.stringify(json));
  return json as Use;
};
const callsTaken = ({ quotas }: Use): unknown =>
  quotas.find(({ dataset }) => dataset === household)?.taken.find(({ of }) => of === 'calls');

test('before the first call nothing is taken, and there is no call', async () => {
  const use = await used(teacher);
  assert.deepEqual(callsTaken(use), { of: 'calls', taken: 0, max: 3 });
  assert.deepEqual(use.calls, []);
});

test('answered calls take from the limit, a refused one does not; both parties see them, the newest first', async () => {
  for (const matter of ['RX-2026-000001', 'RX-2026-000002', 'RX-2026-000003']) await ask(matter);
  await assert.rejects(ask('RX-2026-000004'), { code: 'quota_exhausted' });
  for (const by of [teacher, officer]) {
    const use = await used(by);
    assert.deepEqual(callsTaken(use), { of: 'calls', taken: 3, max: 3 });
    assert.deepEqual(
      use.calls.map(({ decision, code, rows }) => [decision, code, rows]),
      [
        ['deny', 'quota_exhausted', undefined],
        ['allow', undefined, 1],
        ['allow', undefined, 1],
        ['allow', undefined, 1],
      ],
    );
    const text = JSON.stringify(use);
    for (const secret of ['official-17', 'RX-2026', child])
      assert.equal(text.includes(secret), false, secret);
  }
});

test('no other department sees it, and an unknown agreement is not found', async () => {
  const path = '/v1/policy/documents/agr-school-enrolment/use';
  assert.ok([403, 404].includes((await hub.staff(stranger, 'GET', path)).status));
  const clerk = await hub.token('clerk', ['clerk'], 'education');
  assert.equal((await hub.staff(clerk, 'GET', path)).status, 403);
  const auditor = await hub.token('office auditor', ['auditor']);
  assert.equal((await hub.staff(auditor, 'GET', '/v1/policy/documents/agr-none/use')).status, 404);
});
