/** The environment of a client trial: a hub for an hour, with its own authority, log and keys, and a folder as `datong enrol` writes it. */
import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { issueDepartmentCertificate, issueListenerCertificate } from '../../../certs/authority/issueLeaf.ts';
import { privateKeyPem } from '../../../certs/authority/keyPair.ts';
import {
  signingKey,
  verificationKey,
  type SigningKey,
  type VerificationKey,
} from '../../../certs/signatures/index.ts';
import { publicJwk } from '../../../certs/thumbprint.ts';
import type { AnchorsFile } from '../../../log/anchors.ts';
import { signRotation } from '../../../log/note/keyRotation.ts';
import { noteSigner, type NoteSigner } from '../../../log/note/noteKey.ts';
import { newKeyPair, newNotePair, newSerial, newAuthority } from '../../../machine/newKeyPair.ts';

export interface TlsIdentity {
  readonly key: string;
  readonly cert: string;
}

export interface Scene {
  /** PEM of the root that the client must trust */
  readonly root: string;
  readonly servers: {
    readonly good: TlsIdentity;
    /** issued by an unknown authority of the same name */
    readonly stranger: TlsIdentity;
    /** good, and for another host */
    readonly elsewhere: TlsIdentity;
  };
  readonly department: VerificationKey;
  readonly hub: { readonly now: SigningKey; readonly retired: SigningKey; readonly stranger: SigningKey };
  readonly log: {
    readonly now: NoteSigner;
    /** the key before it, which signs along for a while and has ended all the same */
    readonly before: NoteSigner;
    readonly stranger: NoteSigner;
    readonly otherName: NoteSigner;
  };
  /** by which the key of now took over */
  readonly rotation: string;
}

const origin = 'datong/conformance';
/** the size from which the log's key of now signs: those of the cases are larger */
const keyChangedAt = 5;
const hosts = ['localhost', '127.0.0.1'];
const freshKey = (): SigningKey => signingKey(newKeyPair().privateKey);
const freshLog = (name: string): NoteSigner => noteSigner(name, newNotePair().privateKey);

/** @param folder where the client's keys, its certificate and its trusted keys are written @param now Unix milliseconds */
export async function makeScene(folder: string, now: number): Promise<Scene> {
  const authority = await newAuthority('conformance', now);
  const impostor = await newAuthority('conformance', now);
  const server = async (issuer: typeof authority, names: readonly string[]): Promise<TlsIdentity> => {
    const { publicKey, privateKey } = newKeyPair();
    const { chain } = await issueListenerCertificate(issuer, {
      hosts: names,
      publicKey,
      serial: newSerial(),
      now,
    });
    return { key: privateKeyPem(privateKey), cert: chain };
  };
  const signing = newKeyPair();
  const tls = newKeyPair();
  const { chain } = await issueDepartmentCertificate(authority, {
    department: 'conformance',
    publicKey: tls.publicKey,
    serial: newSerial(),
    now,
  });
  const hub = { now: freshKey(), retired: freshKey(), stranger: freshKey() };
  const log = {
    now: freshLog(origin),
    before: freshLog(origin),
    stranger: freshLog(origin),
    otherName: freshLog('datong/elsewhere'),
  };
  const rotation = signRotation(log.before, log.now, keyChangedAt);
  const jwk = ({ privateKey, keyid }: SigningKey): AnchorsFile['jwks']['keys'][number] => ({
    ...publicJwk(privateKey),
    kid: keyid,
  });
  const anchors: AnchorsFile = {
    v: 1,
    origin,
    jwks: { keys: [{ ...jwk(hub.retired), retired: new Date(now).toISOString() }, jwk(hub.now)] },
    logKeys: [log.now.vkey, log.before.vkey],
    logKeyRotations: [rotation],
    rootCertificate: authority.rootCertificate,
  };
  const files = {
    'hub-root.pem': authority.rootCertificate,
    'tls.cert.pem': chain,
    'tls.key.pem': privateKeyPem(tls.privateKey),
    'signing.key.pem': privateKeyPem(signing.privateKey),
    'anchors.json': `${JSON.stringify(anchors, undefined, 2)}\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
  return {
    root: authority.rootCertificate,
    servers: {
      good: await server(authority, hosts),
      stranger: await server(impostor, hosts),
      elsewhere: await server(authority, ['elsewhere.example']),
    },
    department: verificationKey(createPublicKey(signing.privateKey)),
    hub,
    log,
    rotation,
  };
}
