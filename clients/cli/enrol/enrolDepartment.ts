/**
 * Enrolment on the department's side: keys are made here and never leave. A code, a request and a proof are sent, and a certificate is
 * returned.
 */
import { existsSync } from 'node:fs';
import { createCertificateRequest } from '../../../certs/authority/createRequest.ts';
import { privateKeyPem, type KeyPair } from '../../../certs/authority/keyPair.ts';
import { newKeyPair } from '../../../machine/newKeyPair.ts';
import { provePossession } from '../../../certs/authority/possession.ts';
import { signingKey } from '../../../certs/signatures/index.ts';
import {
  clientFiles,
  profileFile,
  refuseEnrolled,
  removeMade,
  writeProfile,
  writeSecret,
  writeWhole,
} from './clientFolder.ts';
import { issuedCertificate, type IssuedCertificate } from '../../sdk/issuedCertificate.ts';
import { demandListener } from '../profiles/profiles.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { OpenListener } from './openListener.ts';
import { pinnedRoot } from './pinnedRoot.ts';
import { defined } from '../../../terms/defined.ts';

export interface EnrolmentOptions {
  readonly code: string;
  /** origin of the open listener */
  readonly hub: string;
  /** `sha256:…` of the root's key, as given with the code */
  readonly pin: string;
  /** refuse unless the code is this department's */
  readonly department?: string;
  /** folder for datong.json */
  readonly folder: string;
  /** an RSA or P-256 key to be certified for TLS, instead of a fresh one */
  readonly tls?: KeyPair | undefined;
}

export interface EnrolledDepartment {
  readonly department: string;
  readonly serial: string;
  readonly keyid: string;
  /** RFC 3339 */
  readonly notAfter: string;
  readonly renewFrom: string;
  /** false: a further key of the department, effective once another person has confirmed it */
  readonly confirmed: boolean;
  /** milliseconds by which this machine's clock is ahead of the hub's */
  readonly clockAhead: number;
}

/**
 * Makes the keys, enrols, writes datong.json with all files that it names. Where the hub refuses, no file of this enrolment remains; those of
 * another one that began in the same folder at the same time do.
 * @throws VerbFailure (pin, files), DatongProblem (the hub's refusal), the network's own error
 */
export async function enrolDepartment(options: EnrolmentOptions): Promise<EnrolledDepartment> {
  const { folder, hub } = options;
  refuseEnrolled(folder);
  const ca = await pinnedRoot(hub, options.pin);
  const listener = new OpenListener(hub, ca);
  const isNewFolder = !existsSync(folder);
  const made: string[] = [];
  // a key that exists is of another enrolment: it is refused, and stays
  const secret = (name: string, text: string): void => {
    writeSecret(folder, name, text);
    made.push(name);
  };
  const whole = (name: string, text: string): void => {
    made.push(name);
    writeWhole(folder, name, text);
  };
  try {
    await demandListener(hub, ca, 'open');
    const { origin, now } = await listener.signingProfile();
    const clockAhead = Date.now() - now;
    const tls = options.tls ?? newKeyPair();
    const signing = newKeyPair();
    secret(clientFiles.tlsKey, privateKeyPem(tls.privateKey));
    secret(clientFiles.signingKey, privateKeyPem(signing.privateKey));
    const csr = await createCertificateRequest(tls, options.department);
    const { department } = options;
    const proof = provePossession(
      'enrolment',
      { aud: origin, csr, iat: Math.floor(now / 1000), ...defined({ department }) },
      signingKey(signing.privateKey),
    );
    const reply = await listener.post('/v1/enrolments', { code: options.code, csr, proof });
    const issued = checkedCertificate(reply, tls, ca);
    whole(clientFiles.certificate, issued.chain);
    whole(clientFiles.root, ca);
    whole(clientFiles.anchors, `${JSON.stringify(await listener.anchors(), undefined, 2)}\n`);
    made.push(profileFile);
    writeProfile(folder, {
      v: 1,
      department: issued.department,
      hub: {
        exchange: origin,
        open: hub,
        ca: clientFiles.root,
        pin: options.pin,
        keys: await listener.jwks(),
        anchors: clientFiles.anchors,
      },
      tls: { cert: clientFiles.certificate, key: clientFiles.tlsKey },
      signingKey: clientFiles.signingKey,
    });
    return {
      department: issued.department,
      serial: issued.serial,
      keyid: signingKey(signing.privateKey).keyid,
      notAfter: issued.notAfter,
      renewFrom: issued.renewFrom,
      confirmed: reply['confirmed'] !== false,
      clockAhead,
    };
  } catch (error) {
    removeMade(folder, made, isNewFolder);
    throw error;
  } finally {
    listener.close();
  }
}

/** @throws VerbFailure (exit 5) where the certificate of a reply is not for our own key, or not issued below our root */
function checkedCertificate(
  reply: Readonly<Record<string, unknown>>,
  tls: KeyPair,
  ca: string,
): IssuedCertificate {
  const issued = issuedCertificate(reply, tls.publicKey, ca);
  if (issued !== undefined) return issued;
  throw new VerbFailure(exitCode.verification, {
    zh: '枢纽返回的证书不是为本机密钥签发的',
    en: 'the certificate the hub returned is not for the key of this machine',
  });
}
