import { createPublicKey, type KeyObject } from 'node:crypto';
import { Problem } from '../../terms/problem.ts';
import { acceptedTlsKey } from './keyPair.ts';
import { departmentUri } from './identifiers.ts';
import { x509 } from './x509.ts';

const largestRequest = 8192;

/** The used part of a certificate request. */
export interface RequestedKey {
  readonly publicKey: KeyObject;
}

/**
 * Reads a certificate request (PKCS #10, PEM). Its key must be P-256 or RSA of 2048 to 4096 bits, its signature must be made with that
 * key and SHA-2, and it may name no other department.
 * @throws Problem certificate_request_malformed, certificate_request_key, certificate_request_proof, certificate_request_name
 */
export async function readCertificateRequest(pem: string, department: string): Promise<RequestedKey> {
  const { request, publicKey } = await provenRequest(pem);
  refuseForeignNames(request, department);
  return { publicKey };
}

/**
 * Reads the request of a new intermediate authority: its key must be P-256 and must have signed it. The names in it are ignored.
 * @throws Problem certificate_request_malformed, certificate_request_key, certificate_request_proof
 */
export async function readAuthorityRequest(pem: string): Promise<RequestedKey> {
  const { publicKey } = await provenRequest(pem);
  if (publicKey.asymmetricKeyType !== 'ec')
    throw new Problem('certificate_request_key', { keyKind: acceptedTlsKey(publicKey).kind });
  return { publicKey };
}

async function provenRequest(pem: string): Promise<RequestedKey & { readonly request: Request }> {
  const request = parseRequest(pem);
  const publicKey = acceptedKey(request);
  await proveKey(request);
  return { request, publicKey };
}

type Request = InstanceType<typeof x509.Pkcs10CertificateRequest>;

function parseRequest(pem: string): Request {
  const one =
    /^\s*-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----[A-Za-z0-9+/=\s]+-----END (?:NEW )?CERTIFICATE REQUEST-----\s*$/;
  if (pem.length > largestRequest || !one.test(pem)) throw new Problem('certificate_request_malformed');
  try {
    const body = pem.replaceAll(/-----[^-]+-----/g, '').replaceAll(/\s/g, '');
    const request = new x509.Pkcs10CertificateRequest(body);
    hashOf(request); // members are parsed on access, so they are read here, inside the guard
    return request;
  } catch (cause) {
    throw new Problem('certificate_request_malformed', {}, { cause });
  }
}

function acceptedKey(request: Request): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' });
  } catch (cause) {
    throw new Problem('certificate_request_key', { keyKind: '?' }, { cause });
  }
  const { accepted, kind } = acceptedTlsKey(key);
  if (!accepted) throw new Problem('certificate_request_key', { keyKind: kind });
  return key;
}

/** Proof of possession: the request is signed with the key it carries. SHA-1 and MD5 prove nothing. */
async function proveKey(request: Request): Promise<void> {
  const strong = /^SHA-(?:256|384|512)$/.test(hashOf(request));
  const proven = strong && (await request.verify().catch(() => false));
  if (!proven) throw new Problem('certificate_request_proof');
}

/** Name of the signature's hash, '' for a signature without one (Ed25519). */
function hashOf(request: Request): string {
  const algorithm: unknown = request.signatureAlgorithm;
  const hash = memberOf(algorithm, 'hash');
  const name = typeof hash === 'string' ? hash : memberOf(hash, 'name');
  return typeof name === 'string' ? name : '';
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** The hub sets the names itself; a request that names another department is a mistake or an attack, and is rejected. */
function refuseForeignNames(request: Request, department: string): void {
  const named = request.extensions
    .filter((extension) => extension instanceof x509.SubjectAlternativeNameExtension)
    .flatMap((extension) => extension.names.items)
    .filter((name) => name.type === 'url' && name.value.startsWith(departmentUri('')));
  if (named.some((name) => name.value !== departmentUri(department))) {
    throw new Problem('certificate_request_name', { department });
  }
}
