import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/householdFile.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';

const database = await testDatabase();
const hub = await testHub({ database });
after(() => hub.stop());
const city = await sampleCity(hub);
const file = householdFile(2000, 7);

test('a legacy file in, a masked answer out', async () => {
  const sent = await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, {
    mapping: 'household',
  });
  assert.equal(sent.json.state, 'published');
  assert.deepEqual(sent.json['counts'], { records: 2000, rows: 1988, bad: 12, skipped: 0 });
  const child = file.good.find((person) => person.guardian !== '' && person.region === '990101');
  assert.ok(child);
  const answer = await city.education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: child.id }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'official-17',
      matter: 'YX-2026-000123',
    },
  );
  assert.equal(answer.json.records.length, 1);
});
