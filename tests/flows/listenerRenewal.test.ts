/** The listeners' certificate is renewed under a running hub: real TLS, the clock of its database moved on by two weeks, nothing restarted. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request, Agent } from 'node:https';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect, TLSSocket } from 'node:tls';
import { prolongRoot } from '../../certs/authority/createAuthority.ts';
import { lifetimes } from '../../certs/authority/lifetimes.ts';
import { DatongClient } from '../../clients/sdk/datongClient.ts';
import { newSerial } from '../../machine/newKeyPair.ts';
import { signNow } from '../../machine/signNow.ts';
import { testDatabase } from '../database.ts';
import { applyCity, testHub } from '../hub.ts';

const day = 86_400_000;
/** how far the hub's clock is behind the machine's: what it issues now has lasted for days when the clock is corrected */
const behind = { days: 16 };
const real = await testDatabase();
const database = { ...real, now: () => real.now() - behind.days * day };
const started = await testHub({ database, jobsByTime: false });
after(() => started.stop());
const { hub, ca } = started;
await applyCity(started, ['city/departments.yaml']);
const machine = await started.enrol('education');

/** The subject that a listener shows in a new handshake, verified against the root alone. */
async function shown(origin: string): Promise<{ readonly serial: string; readonly from: number }> {
  const { port } = new URL(origin);
  const socket: TLSSocket = connect({ host: 'localhost', port: Number(port), ca, ...machine.tls });
  await new Promise<void>((done, failed) => socket.once('secureConnect', done).once('error', failed));
  const peer = socket.getPeerX509Certificate() ?? assert.fail('no certificate');
  socket.destroy();
  return { serial: peer.serialNumber, from: Date.parse(peer.validFrom) };
}
const { exchange, open, staff } = hub.origins;
const allShown = async (): Promise<string[]> =>
  (await Promise.all([exchange, open, staff].map(shown))).map(({ serial }) => serial);

/** A signed call over the one socket of the agent: the answer, the socket, and the subject that the listener had shown. */
async function ask(agent: Agent): Promise<{ code: unknown; socket: TLSSocket; serial: string }> {
  const path = '/v1/datasets/education.nothing/query';
  const headers = signNow({
    method: 'POST',
    targetUri: `${exchange}${path}`,
    body: Buffer.from('{}'),
    key: machine.signing,
    headers: { 'content-type': 'application/json', 'datong-purpose': 'any', 'datong-agreement': 'agr-none' },
    created: Math.floor(database.now() / 1000),
  });
  return await new Promise((resolve, reject) => {
    request(`${exchange}${path}`, { method: 'POST', headers, agent }, (incoming) => {
      const { socket } = incoming;
      assert.ok(socket instanceof TLSSocket);
      const serial = socket.getPeerX509Certificate()?.serialNumber ?? '';
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () =>
        resolve({ code: (JSON.parse(text) as { code: unknown }).code, socket, serial }),
      );
    })
      .on('error', reject)
      .end('{}');
  });
}

test('a certificate at half of its life is replaced while the hub runs: open connections stay, new ones see the new one', async () => {
  behind.days = 2; // the list of revocations is made anew, the certificate has its second week before it
  await hub.services.identity.reload();
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca, ...machine.tls });
  const before = await ask(agent);
  const [old = ''] = await allShown();
  assert.deepEqual([before.code, before.serial], ['dataset_unknown', old]);
  assert.deepEqual(await allShown(), [old, old, old], 'one for all listeners');

  behind.days = 0; // and no one does anything: the hub checks by itself, each second
  while ((await shown(exchange)).serial === old) await new Promise((done) => setTimeout(done, 50));
  const fresh = await shown(exchange);
  assert.deepEqual(await allShown(), [fresh.serial, fresh.serial, fresh.serial]);
  assert.ok(fresh.from > Date.now() - day, 'it begins now');
  const since = await ask(agent);
  assert.equal(since.socket, before.socket, 'the connection is the same');
  assert.equal(since.code, before.code, 'it began with the old one, and is answered as before');
  agent.destroy();
});

test('a client that trusts the root’s earlier certificate goes on, and takes the later one at the renewal of its own', async () => {
  const rootKey = readFileSync(join(started.stateDir, 'keys', 'authority-root.pem'), 'utf8');
  const earlier = await prolongRoot(
    { rootCertificate: ca, rootKey },
    Date.now() - lifetimes.root + 900 * day,
    newSerial(),
  );
  const known = new DatongClient({
    department: 'education',
    hub: { exchange, open },
    ca,
    tls: machine.tls,
    signingKey: machine.signing,
  });
  const anchors = (await known.anchorsDocument()) as object;
  known.close();
  const stored: string[] = [];
  const client = new DatongClient({
    department: 'education',
    hub: { exchange, open },
    ca: earlier,
    tls: machine.tls,
    signingKey: machine.signing,
    anchors,
    keepRoot: (pem: string) => void stored.push(pem),
  });
  assert.equal((await client.exchanges()).status, 200);
  assert.deepEqual(stored, [], 'with anchors of its own it asks for none');
  const renewed = await client.certificate.renewWhenDue({ keep: () => undefined });
  assert.notEqual(renewed?.serial, undefined);
  assert.deepEqual(stored, [`${ca.trim()}\n`]);
  assert.equal((await client.exchanges()).status, 200, 'and goes on with both');
  client.close();
});
