/** A client's own certificate: what a hub, or somebody in its place, answers to a renewal is looked at before it is used. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { issueDepartmentCertificate } from '../../certs/authority/issueLeaf.ts';
import { privateKeyPem } from '../../certs/authority/keyPair.ts';
import { lifetimes } from '../../certs/authority/lifetimes.ts';
import { signingKey } from '../../certs/signatures/index.ts';
import { newAuthority } from '../../machine/newAuthority.ts';
import { newKeyPair } from '../../machine/newKeyPair.ts';
import { newSerial } from '../../machine/newSerial.ts';
import type { Connection } from './connection.ts';
import { OwnCertificate } from './ownCertificate.ts';
import type { CallServices } from './signedCall.ts';

const now = Date.now();
const [ours, strange] = [await newAuthority('yunxi', now), await newAuthority('elsewhere', now)];
const old = newKeyPair();
const fresh = newKeyPair();
const issued = (authority: typeof ours, { publicKey }: typeof old) =>
  issueDepartmentCertificate(authority, { serial: newSerial(), department: 'education', publicKey, now });
const inForce = await issued(ours, old);

/** Renews in the grace of `inForce`, while this is what comes back. @returns what is in use afterwards */
async function renewed(certificate: string): Promise<readonly string[]> {
  const used: string[] = [];
  const own = new OwnCertificate(
    {
      department: 'education',
      ca: ours.rootCertificate,
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

test('a certificate of another key or another authority, or none, is refused, and nothing of it is kept or used', async () => {
  const { chain } = await issued(ours, fresh);
  assert.deepEqual(await renewed(chain), [chain, chain], 'kept, then used');
  for (const [what, certificate] of [
    ['the old key', inForce.chain],
    ['another authority', (await issued(strange, fresh)).chain],
    ['no chain', (await issued(ours, fresh)).certificate],
    ['nothing', ''],
  ] as const)
    await assert.rejects(renewed(certificate), { code: 'reply_certificate_invalid' }, what);
});
