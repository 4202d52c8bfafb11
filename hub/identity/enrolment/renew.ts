/** Renewal: its owner exchanges an old certificate for a new one. The old one remains valid until it ends, so no service has to stop. */
import { newSerial } from '../../../machine/newKeyPair.ts';
import type { X509Certificate } from 'node:crypto';
import { issueDepartmentCertificate } from '../../../certs/authority/issueLeaf.ts';
import { lifetimes, renewableFrom } from '../../../certs/authority/lifetimes.ts';
import { checkPossession } from '../../../certs/authority/possession.ts';
import { readCertificateRequest } from '../../../certs/authority/readRequest.ts';
import { serialOf } from '../../../certs/authority/identifiers.ts';
import { thumbprint } from '../../../certs/thumbprint.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Act, ActContext, ActDependencies } from '../act.ts';
import type { DepartmentCaller } from '../authentication/caller.ts';
import { certificateReply, storeCertificate, type CertificateReply } from './enrol.ts';
import type { KnownCertificate } from '../directory/directory.ts';

/**
 * Renews by a signed request on the exchange listener, from half of the certificate's life on.
 * @throws Problem certificate_not_renewable, certificate_unknown, certificate_request_…
 */
export async function renew(
  caller: DepartmentCaller,
  request: { readonly csr: string },
  context: ActContext,
  dependencies: ActDependencies,
): Promise<Act<CertificateReply>> {
  const old = dependencies.directory.certificates.get(caller.certificate);
  if (old === undefined) throw new Problem('certificate_unknown');
  const from = renewableFrom(old);
  if (context.now < from)
    throw new Problem('certificate_not_renewable', { from: new Date(from).toISOString() });
  return await replace(old, request.csr, context, dependencies);
}

/**
 * Renews on the open listener, for a certificate that ended at most 30 days ago, or whose issuer the root has revoked. The caller shows
 * the old certificate in the handshake, which proves its key, and signs with a registered key of the same department.
 * @throws Problem certificate_missing, certificate_unknown, certificate_revoked, certificate_grace_over, certificate_not_renewable,
 * enrolment_proof_invalid, key_unknown, key_revoked, key_department_mismatch, certificate_request_…
 */
export async function graceRenew(
  presented: X509Certificate | undefined,
  request: { readonly csr: string; readonly proof: string },
  context: ActContext,
  dependencies: ActDependencies,
): Promise<Act<CertificateReply>> {
  const { directory, origin } = dependencies;
  const { now } = context;
  if (presented === undefined) throw new Problem('certificate_missing');
  const serial = serialOf(presented.serialNumber);
  const old = directory.certificates.get(serial);
  // the open listener accepts any certificate, so only the exact bytes that were issued count
  if (old === undefined || !samePem(old.pem, presented)) {
    throw new Problem(
      Date.parse(presented.validTo) < now - lifetimes.grace
        ? 'certificate_grace_over'
        : 'certificate_unknown',
    );
  }
  // a certificate whose issuer the root has revoked is rejected everywhere else, and can be renewed here
  const byIssuer = old.revoked?.byIssuer === true;
  if (old.revoked !== undefined && !byIssuer) throw new Problem('certificate_revoked', { serial });
  if (now - old.notAfter > lifetimes.grace) throw new Problem('certificate_grace_over');
  const from = renewableFrom(old);
  if (now < from && !byIssuer)
    throw new Problem('certificate_not_renewable', { from: new Date(from).toISOString() });
  const { key } = await checkPossession('renewal', request.proof, { aud: origin, csr: request.csr, now });
  const known = directory.keys.get(key.keyid);
  if (known === undefined) throw new Problem('key_unknown', { keyid: key.keyid });
  if (known.revokedAt !== null) throw new Problem('key_revoked', { keyid: key.keyid });
  if (known.department !== old.department) throw new Problem('key_department_mismatch');
  return await replace(old, request.csr, context, dependencies);
}

const samePem = (pem: string, presented: X509Certificate): boolean =>
  pem.replaceAll(/\s/g, '') === presented.toString().replaceAll(/\s/g, '');

async function replace(
  old: KnownCertificate,
  csr: string,
  { exchange, now }: ActContext,
  { authority, directory }: ActDependencies,
): Promise<Act<CertificateReply>> {
  const { department, enrolment } = old;
  const { publicKey } = await readCertificateRequest(csr, department);
  if (publicKey.asymmetricKeyType === 'ec' && directory.keys.has(thumbprint(publicKey))) {
    throw new Problem('signing_key_is_tls_key');
  }
  const issued = await issueDepartmentCertificate(authority, {
    serial: newSerial(),
    department,
    publicKey,
    now,
  });
  return {
    reply: certificateReply(department, issued),
    change: { department, serial: issued.serial, renewedFrom: old.serial },
    work: (transaction) =>
      storeCertificate(transaction, { department, publicKey, issued, enrolment, exchange }),
    bumpsEpoch: true,
  };
}
