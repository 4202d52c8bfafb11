import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createCertificateRequest } from '../../../certs/authority/createRequest.ts';
import { newKeyPair } from '../../../machine/newKeyPair.ts';
import { departmentNamed } from '../../../certs/authority/identifiers.ts';
import { provePossession } from '../../../certs/authority/possession.ts';
import { signingKey } from '../../../certs/signatures/index.ts';
import { Problem } from '../../../terms/problem.ts';
import { admitPerson } from '../../../tests/admitPerson.ts';
import {
  agentOf,
  ask,
  enrolMachine,
  enrolmentParts,
  enrolWith,
  entries,
  newCode,
  operator,
  registerDepartment,
  testHub,
} from '../../../tests/attacks/tlsFixture.ts';
import { inviteFounder } from '../persons/invitePerson.ts';
import { registerDepartment as departmentAct } from './registerDepartment.ts';
import { revoke } from './revoke.ts';

const hub = await testHub();
await registerDepartment(hub, 'education');
await registerDepartment(hub, 'ecology');
const refusedWith = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;
const lastEntry = async () => (await entries(hub)).at(-1);

test('a code, a request and a proof become a certificate that calls', async () => {
  const parts = await enrolmentParts(hub, { department: 'education' });
  const enrolled = await enrolWith(hub, await newCode(hub, 'education'), parts);
  assert.equal(enrolled.department, 'education');
  assert.equal(enrolled.origin, hub.origin);
  assert.equal(departmentNamed(new X509Certificate(enrolled.certificate)), 'education');
  const entry = await lastEntry();
  assert.equal(entry?.operation, 'enrol');
  assert.equal(entry.decision, 'allow');
  assert.equal(entry.change?.['serial'], enrolled.serial);
  const machine = { ...parts, ...enrolled };
  const agent = agentOf(hub, machine);
  const answer = await ask(hub, agent, parts.signing);
  agent.destroy();
  assert.equal(answer.status, 200);
  assert.equal(answer.body['department'], 'education');
  assert.equal(answer.body['keyid'], enrolled.keyid);
  assert.equal(answer.body['certificate'], enrolled.serial);
});

test('a code is typed as people type', async () => {
  const code = await newCode(hub, 'education');
  const typed = ` ${code.toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l')} `;
  assert.equal((await enrolWith(hub, typed, await enrolmentParts(hub))).department, 'education');
});

test('a code works once, also when two come at the same moment', async () => {
  const code = await newCode(hub, 'education');
  const [one, two] = [await enrolmentParts(hub), await enrolmentParts(hub)];
  const results = await Promise.allSettled([enrolWith(hub, code, one), enrolWith(hub, code, two)]);
  assert.deepEqual(results.map((result) => result.status).sort(), ['fulfilled', 'rejected']);
  await assert.rejects(enrolWith(hub, code, await enrolmentParts(hub)), refusedWith('enrolment_code_used'));
  const denial = await lastEntry();
  assert.deepEqual([denial?.decision, denial?.code], ['deny', 'enrolment_code_used']);
});

test('a guessed, an expired and an empty code get nothing', async () => {
  const parts = await enrolmentParts(hub);
  const before = hub.identity.certificates().length;
  for (const guess of ['DT-00000-00000-00000-00000', '', '%', 'x'.repeat(200)]) {
    await assert.rejects(enrolWith(hub, guess, parts), refusedWith('enrolment_code_invalid'));
  }
  const code = await newCode(hub, 'education', 1);
  hub.clock.offset = 3_600_001;
  try {
    await assert.rejects(
      enrolWith(hub, code, await enrolmentParts(hub)),
      refusedWith('enrolment_code_expired'),
    );
  } finally {
    hub.clock.offset = 0;
  }
  assert.equal(hub.identity.certificates().length, before);
});

test('a code of one department enrols no other', async () => {
  const code = await newCode(hub, 'ecology');
  await assert.rejects(
    enrolWith(hub, code, await enrolmentParts(hub, { department: 'education' })),
    refusedWith('enrolment_department_differs'),
  );
  await assert.rejects(newCode(hub, 'nobody'), refusedWith('department_unknown'));
});

test('a proof is valid only for its own request, hub, moment, use and key', async () => {
  const code = await newCode(hub, 'education');
  const parts = await enrolmentParts(hub);
  const other = await enrolmentParts(hub);
  const iat = Math.floor(Date.now() / 1000);
  const good = { aud: hub.origin, csr: parts.csr, iat };
  const wrong: Record<string, string> = {
    'of another request': other.proof,
    'for another hub': provePossession('enrolment', { ...good, aud: 'https://evil.example' }, parts.signing),
    'too old': provePossession('enrolment', { ...good, iat: iat - 360 }, parts.signing),
    'of the future': provePossession('enrolment', { ...good, iat: iat + 360 }, parts.signing),
    'for a renewal': provePossession('renewal', good, parts.signing),
    'with another signature': `${parts.proof.slice(0, parts.proof.lastIndexOf('.'))}${other.proof.slice(other.proof.lastIndexOf('.'))}`,
    empty: '',
    'not a JWS': 'a.b.c',
    unsigned: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${parts.proof.split('.')[1] ?? ''}.`,
  };
  for (const [name, proof] of Object.entries(wrong)) {
    await assert.rejects(
      enrolWith(hub, code, { csr: parts.csr, proof }),
      refusedWith('enrolment_proof_invalid'),
      name,
    );
  }
  await enrolWith(hub, code, parts); // and the code is still good
});

test('keys are for one use and one department', async () => {
  const tls = newKeyPair();
  const same = await enrolmentParts(hub, { tls, signing: signingKey(tls.privateKey) });
  await assert.rejects(
    enrolWith(hub, await newCode(hub, 'education'), same),
    refusedWith('signing_key_is_tls_key'),
  );
  const first = await enrolMachine(hub, 'education', tls);
  await assert.rejects(enrolMachine(hub, 'ecology', tls), refusedWith('tls_key_taken'));
  for (const department of ['education', 'ecology']) {
    const again = await enrolmentParts(hub, { signing: first.signing });
    await assert.rejects(
      enrolWith(hub, await newCode(hub, department), again),
      refusedWith('signing_key_taken'),
    );
  }
  await hub.identity.perform('revokeCertificate', operator, (context) =>
    hub.identity.prepare(revoke, { serial: first.serial, reason: 'key-compromise' }, context),
  );
  await assert.rejects(enrolMachine(hub, 'education', tls), refusedWith('tls_key_taken'));
  const code = await newCode(hub, 'education');
  const pair = newKeyPair();
  const parts = { tls: pair, csr: await createCertificateRequest(pair, 'ecology') };
  const proven = { aud: hub.origin, csr: parts.csr, iat: Math.floor(Date.now() / 1000) };
  const signing = signingKey(newKeyPair().privateKey);
  const named = await enrolWith(hub, code, {
    ...parts,
    proof: provePossession('enrolment', proven, signing),
  });
  const subject = new X509Certificate(named.certificate).subject;
  assert.match(subject, /CN=education/); // a subject in the request is a hint at best
});

test('a department is registered once; the same again changes nothing', async () => {
  const register = (more: {
    region?: string;
    parent?: string;
    kind?: string;
    code?: string;
    level?: string;
  }) =>
    hub.identity.perform('registerDepartment', operator, (context) =>
      hub.identity.prepare(
        departmentAct,
        { code: 'transport', name: { zh: '交通局', en: 'Transport' }, kind: 'government', ...more },
        context,
      ),
    );
  assert.equal((await register({ region: '990100' })).unchanged, false);
  const epoch = hub.identity.epoch();
  assert.equal((await register({ region: '990100' })).unchanged, true);
  assert.equal(hub.identity.epoch(), epoch);
  await assert.rejects(register({ region: '990101' }), refusedWith('department_exists'));
  await assert.rejects(register({ code: 'tax', parent: 'nobody' }), refusedWith('department_unknown'));
  await assert.rejects(register({ code: 'tax', kind: 'contractor' }), refusedWith('department_invalid'));
  await assert.rejects(register({ code: 'tax', kind: 'guild' }), refusedWith('department_invalid'));
  await assert.rejects(register({ code: 'Tax Office' }), refusedWith('malformed_identifier'));
});

test('the level of a department goes with its division code, and is never above its parent', async () => {
  const register = (code: string, more: { level: string; region?: string; parent?: string }) =>
    hub.identity.perform('registerDepartment', operator, (context) =>
      hub.identity.prepare(
        departmentAct,
        { code, name: { zh: '教育局', en: 'Education' }, kind: 'government', ...more },
        context,
      ),
    );
  const city = { level: 'city', region: '990100' };
  assert.equal((await register('edu-city', city)).unchanged, false);
  assert.equal(
    (await register('edu-county', { level: 'county', region: '990101', parent: 'edu-city' })).unchanged,
    false,
  );
  // a county under its city's code would get the city's rows by own-region
  await assert.rejects(
    register('edu-x', { level: 'county', region: '990100' }),
    refusedWith('department_invalid'),
  );
  await assert.rejects(
    register('edu-x', { level: 'city', region: '990000' }),
    refusedWith('department_invalid'),
  );
  await assert.rejects(register('edu-x', { level: 'city' }), refusedWith('department_invalid'));
  await assert.rejects(
    register('edu-x', { ...city, parent: 'edu-county' }),
    refusedWith('department_invalid'),
  );
});

test('no secret is in the database or in an entry', async () => {
  const code = await newCode(hub, 'education');
  const { token } = await admitPerson(hub.identity, 'Li', [{ role: 'operator' }]);
  const invited = await hub.identity.perform('bootstrap', operator, (context) =>
    hub.identity.prepare(inviteFounder, { name: 'Wu', roles: [{ role: 'auditor' }] }, context),
  );
  const secrets = [code, code.slice(3), token, token.slice(15), invited.code, invited.second];
  const { rows } = await hub.database.app.query<{ text: string }>(
    'SELECT row_to_json(c)::text AS text FROM enrolment_code c UNION ALL SELECT row_to_json(t)::text FROM credential t UNION ALL SELECT row_to_json(i)::text FROM invitation i',
  );
  const stored = [
    ...rows.map((row) => row.text),
    ...(await entries(hub)).map((entry) => JSON.stringify(entry)),
  ];
  assert.ok(rows.length > 2);
  for (const text of stored) for (const secret of secrets) assert.ok(!text.includes(secret));
});
