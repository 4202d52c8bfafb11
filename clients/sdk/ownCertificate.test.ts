/** A client's own certificate: what a hub, or an impostor, answers to a renewal is checked before it is used. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { issueDepartmentCertificate } from '../../certs/authority/issueLeaf.ts';
import { privateKeyPem } from '../../certs/authority/keyPair.ts';
import { lifetimes } from '../../certs/authority/lifetimes.ts';
import { signingKey } from '../../certs/signatures/index.ts';
import { newKeyPair, newSerial, newAuthority } from '../../machine/newKeyPair.ts';
import { Problem } from '../../terms/problem.ts';
import { keepCertificateRenewed } from './certificateKeeper.ts';
import { DatongProblem } from './datongProblem.ts';
import type { Connection } from './connection.ts';
import { OwnCertificate } from './ownCertificate.ts';
import type { CallServices } from './signedCall.ts';

const now = Date.now();
const [ownAuthority, strange] = [await newAuthority('yunxi', now), await newAuthority('elsewhere', now)];
const old = newKeyPair();
const fresh = newKeyPair();
const issued = (authority: typeof ownAuthority, { publicKey }: typeof old) =>
  issueDepartmentCertificate(authority, { serial: newSerial(), department: 'education', publicKey, now });
const inForce = await issued(ownAuthority, old);

/** Renews in the grace of `inForce`, while this is what comes back. @returns what is in use afterwards */
async function renewed(certificate: string): Promise<readonly string[]> {
  const used: string[] = [];
  const own = new OwnCertificate(
    {
      department: 'education',
      ca: ownAuthority.rootCertificate,
      tls: { cert: inForce.chain, key: privateKeyPem(old.privateKey) },
    },
    { useCertificate: ({ cert }: { cert: string }) => void used.push(cert) } as unknown as Connection,
    { key: signingKey(newKeyPair().privateKey) } as CallServices,
    (path) =>
      Promise.resolve(
        path.startsWith('/.well-known/')
          ? { origin: 'https://hub.example', now: new Date(now).toISOString() }
          : { certificate, serial: '1', notAfter: '', renewFrom: '' },
      ),
  );
  const late = inForce.notAfter + lifetimes.grace / 2;
  await own.renewWhenDue({ keep: ({ cert }) => void used.push(cert), now: () => late, pair: fresh });
  return used;
}

test('a certificate of another key or another authority, or none, is refused, and nothing of it is stored or used', async () => {
  const { chain } = await issued(ownAuthority, fresh);
  assert.deepEqual(await renewed(chain), [chain, chain], 'kept, then used');
  for (const [what, certificate] of [
    ['the old key', inForce.chain],
    ['another authority', (await issued(strange, fresh)).chain],
    ['no chain', (await issued(ownAuthority, fresh)).certificate],
    ['nothing', ''],
  ] as const)
    await assert.rejects(renewed(certificate), { code: 'reply_certificate_invalid' }, what);
});

test('a check that reached no hub is repeated a minute later, one that was refused by the hour, and none once it is stopped', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const document = { title: 'not now', code: 'log_unavailable' };
  const refusal = (status: number): DatongProblem =>
    new DatongProblem({ status, rawHeaders: [], body: Buffer.from(JSON.stringify(document)) }, undefined);
  const coded = (code: string): Error => Object.assign(new Error('no hub'), { code });
  const answers = [
    ...[coded('ECONNREFUSED'), refusal(503), coded('EHOSTUNREACH')],
    ...[refusal(403), coded('ECONNRESET'), new Problem('certificate_grace_over'), new Error('disk')],
  ];
  try {
    let looks = 0;
    const renewWhenDue = (): Promise<undefined> => {
      const error = answers[looks];
      looks += 1;
      return error === undefined ? Promise.resolve(undefined) : Promise.reject(error);
    };
    const failed: unknown[] = [];
    const keeper = keepCertificateRenewed(
      { certificate: { renewWhenDue } },
      { keep: () => undefined, failed: (error) => failed.push(error) },
    );
    const passed = async (milliseconds: number): Promise<number> => {
      mock.timers.tick(milliseconds);
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      return looks;
    };
    await keeper.look();
    assert.deepEqual([await passed(59_999), await passed(1)], [1, 2]);
    assert.deepEqual([await passed(60_000), await passed(60_000)], [3, 4]);
    for (let hour = 4; hour < 9; hour += 1)
      assert.deepEqual([await passed(3_599_999), await passed(1)], [hour, hour + 1]);
    assert.deepEqual(failed, answers);
    keeper.stop();
    assert.equal(await passed(7_200_000), 9);
  } finally {
    mock.timers.reset();
  }
});
