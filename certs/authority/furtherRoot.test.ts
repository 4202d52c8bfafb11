/** Who may give a client a further certificate of its root: only the holder of the root's key. */
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { Connection } from '../../clients/sdk/connection.ts';
import { newKeyPair, newSerial, newAuthority } from '../../machine/newKeyPair.ts';
import { prolongRoot } from './createAuthority.ts';
import { furtherRoot } from './furtherRoot.ts';
import { authorityUsages } from './issueIntermediate.ts';
import { privateKeyPem, webPublicKey, webSigningKey, type KeyPair } from './keyPair.ts';
import { lifetimes } from './lifetimes.ts';
import { pemOf, signatureScheme, x509 } from './x509.ts';

const day = 86_400_000;
const now = Date.now();
const begun = now - lifetimes.root + 200 * day;
const ownAuthority = await newAuthority('yunxi', begun);
const ownRoot = ownAuthority.rootCertificate;
const rootKey = createPrivateKey(ownAuthority.rootKey);
const root: KeyPair = { privateKey: rootKey, publicKey: createPublicKey(rootKey) };
const thief = newKeyPair();
const prolonged = await prolongRoot(ownAuthority, now, newSerial());
const ends = Date.parse(new X509Certificate(ownRoot).validTo);

interface Made {
  readonly of: KeyPair['publicKey'];
  readonly by: KeyPair['privateKey'];
  readonly subject: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly extensions: InstanceType<typeof x509.Extension>[];
}
const { subject } = new x509.X509Certificate(ownRoot);
const authority = new x509.BasicConstraintsExtension(true, 1, true);

/** A certificate made by a party that has some of what it takes. */
async function made(change: Partial<Made>): Promise<string> {
  const all: Made = {
    of: root.publicKey,
    by: root.privateKey,
    subject,
    notBefore: now - day,
    notAfter: ends + 1000 * day,
    extensions: [authority, authorityUsages()],
    ...change,
  };
  return pemOf(
    await x509.X509CertificateGenerator.create({
      serialNumber: newSerial(),
      subject: all.subject,
      issuer: all.subject,
      notBefore: new Date(all.notBefore),
      notAfter: new Date(all.notAfter),
      signingAlgorithm: signatureScheme,
      publicKey: await webPublicKey(all.of),
      signingKey: await webSigningKey(privateKeyPem(all.by)),
      extensions: [...all.extensions],
    }),
  );
}

test('the same key under the same name, signed by itself and lasting longer, is taken', async () => {
  assert.equal(furtherRoot(ownRoot, prolonged, now), `${prolonged.trim()}\n`);
  assert.equal(furtherRoot(ownRoot, `\n${prolonged}\n\n`, now), `${prolonged.trim()}\n`);
  assert.notEqual(
    furtherRoot(ownRoot, await made({}), now),
    undefined,
    'what the table below spoils is sound',
  );
  assert.equal(furtherRoot(`${ownRoot}\n${prolonged}`, prolonged, now), undefined, 'of two roots none goes');
  assert.equal(furtherRoot(prolonged, ownRoot, now), undefined, 'and no way leads back');
  assert.equal(furtherRoot(prolonged, prolonged, now), undefined, 'nor on the spot');
});

const otherUse = new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true);
const limit = new x509.Extension('2.5.29.30', true, new Uint8Array([0x30, 0x00]));
const refused: Readonly<Record<string, unknown>> = {
  'of who holds the hub alone: the root’s key and name, signed by his own': await made({
    by: thief.privateKey,
  }),
  'of another key that signed itself under the same name': await made({
    of: thief.publicKey,
    by: thief.privateKey,
  }),
  'of another hub of the same name': (await newAuthority('yunxi', now)).rootCertificate,
  'the intermediate, which the root did sign': ownAuthority.intermediateCertificate,
  'of another name': await made({ subject: 'CN=yunxi2 Root CA, O=Datong' }),
  'with an earlier end': await made({ notAfter: ends - day }),
  'with the same end': await made({ notAfter: ends }),
  'that has not begun': await made({ notBefore: now + day }),
  'that has ended, although later than ours': await made({ notAfter: ends + day }),
  'of no authority': await made({ extensions: [new x509.BasicConstraintsExtension(false, undefined, true)] }),
  'without a word of being one': await made({ extensions: [authorityUsages()] }),
  'of an authority above nobody': await made({
    extensions: [new x509.BasicConstraintsExtension(true, 0, true), authorityUsages()],
  }),
  'whose key signs no certificates': await made({ extensions: [authority, otherUse] }),
  'without uses': await made({ extensions: [authority] }),
  'with a limit that shuts departments out': await made({
    extensions: [authority, authorityUsages(), limit],
  }),
  'two of them': prolonged + prolonged,
  'one behind a text': `root:\n${prolonged}`,
  'with its private key': prolonged + ownAuthority.rootKey,
  'a huge one': await made({
    extensions: [authority, authorityUsages(), new x509.Extension('1.2.3.4', false, new Uint8Array(20_000))],
  }),
  'a huge text': `${prolonged}${'\n'.repeat(100_000_000)}`,
  'cut short': prolonged.slice(0, -60),
  'of base64 that is none': prolonged.replace(/MII/, 'AAA'),
  'no text': Buffer.from(prolonged),
  'a list': [prolonged],
  nothing: undefined,
};
for (const [what, offered] of Object.entries(refused)) {
  test(`refused: a certificate ${what}`, () => {
    const at = what.startsWith('that has ended') ? now + 400 * day : now;
    assert.equal(furtherRoot(ownRoot, offered, at), undefined);
  });
}

test('a connection uses it even where it cannot store it, and offers it again; what it refuses changes nothing', async () => {
  const stored: string[] = [];
  let full = true;
  const connection = new Connection({
    ca: ownRoot,
    keepRoot: (pem) => {
      if (full) throw new Error('no space');
      stored.push(pem);
    },
  });
  for (const [what, offered] of Object.entries(refused))
    if (!what.startsWith('that has ended')) await connection.hearRoot(offered);
  assert.deepEqual([connection.ca, stored], [ownRoot, []]);
  await connection.hearRoot(prolonged);
  assert.deepEqual([connection.ca, stored], [`${prolonged.trim()}\n`, []], 'nothing is kept yet');
  full = false;
  await connection.hearRoot(prolonged);
  await connection.hearRoot(prolonged);
  assert.deepEqual([connection.ca, stored], [`${prolonged.trim()}\n`, [`${prolonged.trim()}\n`]]);
  connection.close();
});
