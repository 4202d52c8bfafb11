/** An authority to come, and one that has ended, by the hub's own clock. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { authorityId } from '../../../certs/authority/authorityId.ts';
import { issueIntermediate } from '../../../certs/authority/issueIntermediate.ts';
import { privateKeyPem } from '../../../certs/authority/keyPair.ts';
import { lifetimes } from '../../../certs/authority/lifetimes.ts';
import { newKeyPair } from '../../../machine/newKeyPair.ts';
import { newSerial } from '../../../machine/newSerial.ts';
import { Problem } from '../../../terms/problem.ts';
import { agentOf, ask, enrolMachine, testHub, type Machine } from '../../../tests/attacks/tlsFixture.ts';
import { intermediateFile } from '../../keys/createKeys.ts';
import { writeKey } from '../../keys/keyFolder.ts';
import { authorityDays, authorityState } from '../../operations/health/authorityState.ts';
import { keepIntermediate } from '../../store/identity/authorities.ts';
import { dirname } from 'node:path';
import { refuseEnded } from './authorities.ts';

const day = 86_400_000;
const hub = await testHub();
const { authority, rootKeyFile = '' } = hub.keys;
const first = authority.signer;
const works = async (machine: Machine): Promise<boolean> => {
  const agent = agentOf(hub, machine);
  try {
    return (await ask(hub, agent, machine.signing)).status === 200;
  } catch {
    return false;
  } finally {
    agent.destroy();
  }
};
const issuerOf = (machine: Machine): string => new X509Certificate(machine.certificate).issuer;

test('one to come is trusted on sight and signs from its first moment on; the one before it counts until its leaves have ended', async () => {
  hub.clock.offset = -20 * day;
  const before = await enrolMachine(hub, 'education');
  const pair = newKeyPair();
  const made = await issueIntermediate(
    { rootCertificate: authority.rootCertificate, rootKey: readFileSync(rootKeyFile, 'utf8') },
    { publicKey: pair.publicKey, serial: newSerial(), from: Date.now() - 60_000 },
  );
  const id = authorityId(pair.publicKey);
  const { serial } = { serial: new X509Certificate(made.certificate).serialNumber.toLowerCase() };
  await keepIntermediate(hub.database.app, { serial, certificate: made.certificate }, null);
  await hub.identity.reload();
  assert.equal(authority.signer.serial, first.serial);
  const now = (): number => Date.now() + hub.clock.offset;
  assert.match(
    authority.lacking(now()).coming ?? '',
    new RegExp(`${id}\\.pem$`),
    'its key is to be copied here',
  );
  hub.clock.offset = 0;
  await assert.rejects(
    hub.identity.reload(),
    (error) => error instanceof Problem && error.code === 'keys_missing',
    'without it nothing is signed from then on',
  );
  hub.clock.offset = -20 * day;
  writeKey(dirname(rootKeyFile), intermediateFile(id, 'pem'), privateKeyPem(pair.privateKey));
  await hub.identity.reload();
  assert.equal(authority.signer.serial, first.serial, 'it signs nothing yet');
  const meanwhile = await enrolMachine(hub, 'ecology');
  assert.equal(issuerOf(meanwhile), issuerOf(before));
  hub.clock.offset = 0;
  await hub.identity.reload();
  const fresh = await enrolMachine(hub, 'transport');
  assert.notEqual(issuerOf(fresh), issuerOf(before));
  assert.deepEqual(await Promise.all([before, meanwhile, fresh].map(works)), [true, true, true]);

  const counting = (days: number): readonly string[] =>
    authority.issuers(made.notBefore + days * day).map((one) => one.serial);
  assert.deepEqual(counting(59), [first.serial, serial]);
  assert.deepEqual(counting(61), [serial], 'a leaf’s thirty days and the grace behind them are over');
});

test('half a year before its end it is told, and what has ended does not start', () => {
  const { nextUpdate } = authority.rootList;
  assert.equal(authorityState(authority, Date.now()), 'ok');
  assert.match(authorityState(authority, nextUpdate - 100 * day), /^degraded: .* ends in \d+ days$/);
  assert.equal(authorityState(authority, nextUpdate + 1), 'authority_ended');
  assert.equal(authorityDays(authority, nextUpdate + day), 0);
  refuseEnded(authority, nextUpdate - 100 * day);
  assert.throws(
    () => refuseEnded(authority, nextUpdate + 1),
    (error) => error instanceof Problem && error.code === 'authority_ended',
  );
  assert.throws(
    () => refuseEnded(authority, Date.now() + lifetimes.intermediate + day),
    (error) => error instanceof Problem && error.code === 'authority_ended',
  );
  authority.advance(Date.now());
});
