/** Two processes of one hub: what one has just registered or revoked holds at the other with the very next call. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sampleCity, testHub } from '../hub.ts';
import { testDatabase } from '../database.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';

const database = await testDatabase({ connections: 20 });
const first = await testHub({ database });
after(() => first.stop());
const second = await testHub({ database, keysDir: first.hub.config.keysDir });
after(() => second.stop());
const city = await sampleCity(first);
/** Both processes have read everything so far. */
await second.hub.services.identity.reload();

test('a token and a certificate made by one process are known to the other at once', async () => {
  const token = await first.token('fresh', ['auditor']);
  const listed = await second.staff(token, 'GET', '/v1/log/entries?limit=1');
  assert.equal(listed.status, 200, JSON.stringify(listed.json));
  const machine = await first.enrol('transport');
  const { origins } = second.hub;
  const client = new DatongClient({
    department: machine.department,
    hub: { exchange: origins.exchange, open: origins.open },
    ca: second.ca,
    tls: machine.tls,
    signingKey: machine.signing,
  });
  try {
    assert.equal((await client.diagnose()).diagnosis.ok, true);
  } finally {
    client.close();
  }
});

test('a token revoked at one process makes nothing at the other, however fast it is', async () => {
  for (let round = 0; round < 3; round += 1) {
    const stolen = await first.token(`stolen ${round}`, ['operator']);
    assert.equal((await second.staff(stolen, 'POST', '/v1/tokens', {})).status, 201);
    const { id } = (await first.staff(stolen, 'POST', '/v1/tokens', {})).json;
    const [, own = ''] = stolen.split('_');
    assert.notEqual(id, own);
    const revoked = await first.staff(city.operator, 'POST', `/v1/tokens/${own}/revocation`, {
      reason: 'key-compromise',
    });
    assert.equal(revoked.status, 200, JSON.stringify(revoked.json));
    const made = await second.staff(stolen, 'POST', '/v1/tokens', {});
    assert.deepEqual([made.status, made.json['code']], [401, 'token_revoked']);
    const read = await second.staff(stolen, 'GET', '/v1/log/entries?limit=1');
    assert.deepEqual([read.status, read.json['code']], [401, 'token_revoked']);
  }
});
