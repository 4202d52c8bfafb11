import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';

const database = await testDatabase();
const hub = await testHub({ database });
after(() => hub.stop());

test('until two persons have come in, one person alone gets no data out', async () => {
  const city = await sampleCity(hub);
  const file = householdFile(1500, 12);
  await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
  const [person] = file.good.filter(({ region }) => region === '990101');
  const ask = (purpose = 'school-enrolment', agreement = 'agr-school-enrolment'): Promise<unknown> =>
    city.education.client
      .query(
        'pub-security.household',
        { filter: [{ field: 'person_id', op: 'eq', value: person?.id ?? '' }] },
        {
          purpose,
          agreement,
          onBehalfOf: 'o',
          matter: 'RX-2026-000001',
        },
      )
      .then(
        ({ json }) => json.records.length,
        (error: unknown) => (error instanceof DatongProblem ? error.code : error),
      );
  // neither a registered purpose nor an agreement on it gets a real row
  await assert.rejects(
    city.apply(join(import.meta.dirname, 'documents/sandbox.yaml'), [city.education, city.publicSecurity]),
    /sandbox_reserved/,
  );
  assert.equal(await ask(), 1);
  // as it was before the security officer accepted their invitation
  await database.owner.query(
    "UPDATE person SET state = 'invited' WHERE id IN (SELECT person FROM role_grant WHERE role = 'security')",
  );
  await hub.hub.services.identity.reload();
  await hub.token('an auditor', ['auditor']);
  assert.equal(await ask(), 'hub_not_founded');
  assert.equal(await ask('sandbox'), 'purpose_not_agreed');
  const tried = await city.education.client.sandbox.query(
    'ecology.air-quality-hourly',
    { limit: 1 },
    { onBehalfOf: 'o' },
  );
  assert.equal(tried.json.records.length, 1, 'the sandbox is answered: it has no persons');
  await hub.token('security', ['security']);
  assert.equal(await ask(), 1);
});
