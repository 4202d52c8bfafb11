/** PostgreSQL is there and does not answer: every process of it is stopped (SIGSTOP). Callers get an answer within the deadline. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { sampleCity, testHub } from '../hub.ts';
import { freeze } from './freeze.ts';

const hub = await testHub();
const { server } = hub.hub;
assert.ok(server);
const postmaster = server.pid;
after(async () => {
  freeze(postmaster, 'SIGCONT');
  await hub.stop();
});
const city = await sampleCity(hub);
const file = householdFile(1500, 21);
await city.publicSecurity.client.sendFile('pub-security.household', file.bytes, { mapping: 'household' });
const child = file.good.find((person) => person.guardian !== '' && person.region === '990101');
assert.ok(child);
const ask = (): Promise<unknown> =>
  city.education.client.query(
    'pub-security.household',
    { filter: [{ field: 'person_id', op: 'eq', value: child.id }] },
    {
      purpose: 'school-enrolment',
      agreement: 'agr-school-enrolment',
      onBehalfOf: 'official-17',
      matter: 'YX-2026-000123',
    },
  );
const ready = async (): Promise<number> => (await fetch(`${hub.hub.origins.admin}/readyz`)).status;

test('a frozen database: every call is answered 503, readiness follows, and all goes on when it thaws', async () => {
  await ask();
  assert.equal(await ready(), 200);
  freeze(postmaster, 'SIGSTOP');
  const [health, ...answers] = await Promise.all([
    ready(),
    ...Array.from({ length: 16 }, () => ask().catch((error: unknown) => error)),
  ]);
  assert.equal(health, 503);
  for (const answer of answers) {
    assert.ok(answer instanceof DatongProblem, String(answer));
    assert.equal(answer.status, 503);
    assert.equal(answer.kept?.receipt, undefined);
  }
  freeze(postmaster, 'SIGCONT');
  await until(async () => (await ready()) === 200);
  await until(() =>
    ask().then(
      () => true,
      () => false,
    ),
  );
});

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 150; i += 1) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail('did not happen within fifteen seconds');
}
