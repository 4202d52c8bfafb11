import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createCertificateRequest } from '../../../certs/authority/createRequest.ts';
import type { KeyPair } from '../../../certs/authority/keyPair.ts';
import { newKeyPair } from '../../../machine/newKeyPair.ts';
import { provePossession } from '../../../certs/authority/possession.ts';
import { signingKey, type SigningKey } from '../../../certs/signatures/index.ts';
import { departmentCode, keyId } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import type { DepartmentCaller } from '../authentication/caller.ts';
import {
  agentOf,
  ask,
  isAnswered,
  enrolMachine,
  operator,
  testHub,
  type Machine,
} from '../../../tests/attacks/tlsFixture.ts';
import { graceRenew as graceRenewalAct, renew as renewalAct } from './renew.ts';
import { renewalWay } from '../../../clients/sdk/renewalWay.ts';
import { revoke } from './revoke.ts';

const hub = await testHub();
const day = 86_400_000;
const refusedWith = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

/** Enrols at an earlier time: `days` ago. */
async function enrolledDaysAgo(department: string, days: number): Promise<Machine> {
  hub.clock.offset = -days * day;
  try {
    return await enrolMachine(hub, department);
  } finally {
    hub.clock.offset = 0;
  }
}

const callerOf = (machine: Machine): DepartmentCaller => ({
  kind: 'department',
  department: departmentCode(machine.department),
  keyid: keyId(machine.signing.keyid),
  certificate: machine.serial,
  nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
  expires: 0,
  signatureHash: '',
  digest: '',
  signed: {},
});

async function renew(machine: Machine, tls: KeyPair): Promise<Machine> {
  const csr = await createCertificateRequest(tls);
  const reply = await hub.identity.perform('renewCertificate', operator, (context) =>
    hub.identity.prepare(renewalAct, callerOf(machine), { csr }, context),
  );
  return { ...machine, tls, serial: reply.serial, certificate: reply.certificate };
}

async function graceRenew(
  presented: Machine | undefined,
  signing: SigningKey,
  change: { csr?: string } = {},
): Promise<Machine> {
  const tls = newKeyPair();
  const csr = await createCertificateRequest(tls);
  const proof = provePossession(
    'renewal',
    { aud: hub.origin, csr, iat: Math.floor((Date.now() + hub.clock.offset) / 1000) },
    signing,
  );
  const shown = presented === undefined ? undefined : new X509Certificate(presented.certificate);
  const reply = await hub.identity.perform('graceRenew', { proven: {} }, (context) =>
    hub.identity.prepare(graceRenewalAct, shown, { csr: change.csr ?? csr, proof }, context),
  );
  return { department: reply.department, tls, signing, serial: reply.serial, certificate: reply.certificate };
}

const works = (machine: Machine): Promise<boolean> => isAnswered(hub, machine);

test('from half of its life a certificate is renewed, and both work until the old one ends', async () => {
  const young = await enrolledDaysAgo('education', 14);
  await assert.rejects(renew(young, newKeyPair()), refusedWith('certificate_not_renewable'));
  const old = await enrolledDaysAgo('education', 16);
  const fresh = await renew(old, newKeyPair());
  assert.notEqual(fresh.serial, old.serial);
  assert.ok(await works(old));
  assert.ok(await works(fresh));
});

test('an expired certificate is refused by TLS, and by the hub on a socket that outlived it', async () => {
  const expired = await enrolledDaysAgo('education', 31);
  assert.equal(await works(expired), false);
  const machine = await enrolMachine(hub, 'education');
  const agent = agentOf(hub, machine);
  assert.equal((await ask(hub, agent, machine.signing)).status, 200);
  hub.clock.offset = 31 * day;
  const late = await ask(hub, agent, machine.signing);
  hub.clock.offset = 0;
  agent.destroy();
  assert.deepEqual([late.status, late.code], [401, 'certificate_expired']);
});

test('an expired certificate is exchanged within the grace, with its key and the signing key', async () => {
  const expired = await enrolledDaysAgo('ecology', 45);
  const fresh = await graceRenew(expired, expired.signing);
  assert.equal(fresh.department, 'ecology');
  assert.ok(await works(fresh));
});

test('the open listener reads an expired certificate in the handshake', async () => {
  const expired = await enrolledDaysAgo('ecology', 45);
  const answer = await ask(hub, agentOf(hub, expired), expired.signing, hub.open);
  assert.equal(answer.body['code'], 'certificate_expired');
});

test('after the grace only a new code helps', async () => {
  const gone = await enrolledDaysAgo('ecology', 61);
  await assert.rejects(graceRenew(gone, gone.signing), refusedWith('certificate_grace_over'));
});

test('no grace for a revoked certificate, nor for an older one of its line', async () => {
  const old = await enrolledDaysAgo('transport', 40);
  hub.clock.offset = -20 * day;
  const newer = await renew(old, newKeyPair());
  hub.clock.offset = 0;
  await hub.identity.perform('revokeCertificate', operator, (context) =>
    hub.identity.prepare(revoke, { serial: newer.serial, reason: 'privilege-withdrawn' }, context),
  );
  for (const machine of [newer, old]) {
    await assert.rejects(graceRenew(machine, machine.signing), refusedWith('certificate_revoked'));
  }
});

test('no department renews for another', async () => {
  const expired = await enrolledDaysAgo('education', 45);
  const other = await enrolMachine(hub, 'ecology');
  await assert.rejects(graceRenew(expired, other.signing), refusedWith('key_department_mismatch'));
  await assert.rejects(graceRenew(undefined, expired.signing), refusedWith('certificate_missing'));
  const young = await enrolMachine(hub, 'education');
  await assert.rejects(graceRenew(young, young.signing), refusedWith('certificate_not_renewable'));
  const unregistered = await enrolledDaysAgo('education', 45);
  await assert.rejects(
    graceRenew(unregistered, signingKey(newKeyPair().privateKey)),
    refusedWith('key_unknown'),
  );
  await assert.rejects(
    graceRenew(expired, expired.signing, { csr: await createCertificateRequest(newKeyPair()) }),
    refusedWith('enrolment_proof_invalid'),
  );
  const tls = newKeyPair();
  const old = await enrolledDaysAgo('education', 16);
  await renew(old, tls);
  const neighbour = await enrolledDaysAgo('ecology', 16);
  await assert.rejects(renew(neighbour, tls), refusedWith('tls_key_taken'));
});

test('nine days with every machine off, whenever they begin: the first check afterwards renews, and no new code is needed', async () => {
  const start = -100 * day;
  const at = (days: number): number => start + days * day;
  const look = async (machine: Machine, days: number): Promise<Machine> => {
    hub.clock.offset = at(days);
    const now = Date.now() + hub.clock.offset;
    const way = renewalWay(machine.certificate, now);
    if (way === 'none') return machine;
    if (way === 'signed') return renew(machine, newKeyPair());
    assert.equal(way, 'grace', `day ${days}`);
    return graceRenew(machine, machine.signing);
  };
  const ways = new Set<string>();
  try {
    // off from the day before it could have been renewed, and again from its last day on, its machine off all the time before
    for (const [off, until] of [
      [14, 23],
      [15, 24],
      [29, 38],
      [30, 39],
      // forty days, from the middle of its time on
      [20, 59],
    ] as const) {
      hub.clock.offset = at(0);
      let machine = await enrolMachine(hub, 'transport');
      if (off <= 15) machine = await look(machine, off);
      ways.add(renewalWay(machine.certificate, Date.now() + at(until)));
      machine = await look(machine, until);
      assert.equal(renewalWay(machine.certificate, Date.now() + at(until)), 'none');
      assert.ok(Date.parse(new X509Certificate(machine.certificate).validTo) > Date.now() + at(until + 14));
    }
    hub.clock.offset = at(0);
    const lost = await enrolMachine(hub, 'transport');
    assert.equal(renewalWay(lost.certificate, Date.now() + at(61)), 'over');
  } finally {
    hub.clock.offset = 0;
  }
  assert.deepEqual([...ways].sort(), ['grace', 'none', 'signed']);
});
