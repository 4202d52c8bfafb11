/** The checks of a signed request, from cheap to expensive, each with its own error code. */
import { hash } from 'node:crypto';
import type { KeyId } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import type { RequestHead, RequestMessage } from '../message.ts';
import { signatureBase } from './headers.ts';
import type { MessageView } from './component.ts';
import { checkContentDigest } from './contentDigest.ts';
import { verifyBytes, verifyInPool, type VerificationKey } from './key.ts';
import { datongHeaders, maxLifetimeSeconds, skewSeconds } from './profile.ts';
import type { RequestSignature } from './readSignature.ts';

/** The proven facts of a verified request. */
export interface VerifiedRequest {
  readonly keyid: KeyId;
  readonly alg: VerificationKey['alg'];
  readonly nonce: string;
  /** Unix seconds */
  readonly created: number;
  /** Unix seconds */
  readonly expires: number;
  readonly signatureHash: string;
  /** signed `datong-*` headers by name without the prefix */
  readonly signed: Readonly<Record<string, string>>;
}

/**
 * Second stage.
 * @param now Unix milliseconds
 * @throws Problem lifetime_too_long, request_not_yet_valid, request_expired
 */
export function checkTime({ created, expires }: RequestSignature, now: number): void {
  const lifetime = expires - created;
  if (lifetime < 1 || lifetime > maxLifetimeSeconds)
    throw timeProblem(
      'lifetime_too_long',
      `expires − created from 1 to ${maxLifetimeSeconds}`,
      String(lifetime),
    );
  const seconds = now / 1000;
  const moments = { created: momentText(created), expires: momentText(expires), now: momentText(seconds) };
  if (created > seconds + skewSeconds)
    throw timeProblem(
      'request_not_yet_valid',
      `created ≤ ${momentText(Math.floor(seconds + skewSeconds))}`,
      moments.created,
      moments,
    );
  if (expires < seconds - skewSeconds)
    throw timeProblem(
      'request_expired',
      `expires ≥ ${momentText(Math.ceil(seconds - skewSeconds))}`,
      moments.expires,
      moments,
    );
}

/** Maximum moment of a Date, in seconds. */
const lastMoment = 8.64e12;

/** Unix seconds in readable form: `2026-11-27T04:33:30Z`. */
const momentText = (seconds: number): string =>
  Math.abs(seconds) > lastMoment
    ? String(seconds)
    : new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z');

function timeProblem(
  code: 'lifetime_too_long' | 'request_not_yet_valid' | 'request_expired',
  expected: string,
  received: string,
  facts: Readonly<Record<string, string>> = {},
): Problem {
  return new Problem(code, facts, { check: 'time', at: 'signature-input', expected, received });
}

/**
 * Third stage: the key of the keyid, which must have the algorithm that the request names.
 * @throws Problem key_unknown, algorithm_mismatch
 */
export function checkKey(signature: RequestSignature, key: VerificationKey | undefined): VerificationKey {
  const { keyid, alg } = signature;
  if (key === undefined)
    throw new Problem('key_unknown', { keyid }, { check: 'key', at: 'signature-input;keyid' });
  if (key.alg !== alg)
    throw new Problem(
      'algorithm_mismatch',
      { expected: key.alg },
      { check: 'key', at: 'signature-input;alg', expected: key.alg, received: alg.slice(0, 40) },
    );
  return key;
}

/** The signed bytes, as the receiver computes them. @throws Problem component_unexpected when the message lacks a component */
export function requestBase(signature: RequestSignature, message: RequestHead): string {
  const view: MessageView = {
    method: message.method,
    targetUri: message.targetUri,
    headers: signature.headers,
  };
  const base = signatureBase(signature.components, signature.parametersText, view);
  if (typeof base === 'string') return base;
  throw new Problem(
    'component_unexpected',
    { component: base.missing.id },
    { check: 'components', at: base.missing.id },
  );
}

/**
 * Fourth stage: the signature over the base, from the headers alone.
 * @throws Problem signature_invalid, with the SHA-256 of the base that was computed here
 */
export function checkSignature(
  signature: RequestSignature,
  message: RequestHead,
  key: VerificationKey,
): void {
  const base = baseBytes(signature, message);
  if (!verifyBytes(base, signature.signature, key)) throw invalid(base);
}

/**
 * The same stage for many concurrent requests: the elliptic-curve computation runs in the thread pool.
 * @throws Problem signature_invalid, as a promise rejection
 */
export async function checkSignatureInPool(
  signature: RequestSignature,
  message: RequestHead,
  key: VerificationKey,
): Promise<void> {
  const base = baseBytes(signature, message);
  if (!(await verifyInPool(base, signature.signature, key))) throw invalid(base);
}

const baseBytes = (signature: RequestSignature, message: RequestHead): Buffer =>
  Buffer.from(requestBase(signature, message), 'latin1');

const invalid = (base: Buffer): Problem =>
  new Problem(
    'signature_invalid',
    {},
    {
      check: 'signature',
      at: 'signature',
      expected: `a signature over the base whose SHA-256 is ${hash('sha256', base, 'hex')} (${base.length} bytes)`,
    },
  );

/** Last stage before the decision: the body's digest. @throws Problem digest_mismatch */
export function checkDigest(
  signature: Pick<RequestSignature, 'digest'>,
  message: Pick<RequestMessage, 'body'>,
): void {
  checkContentDigest(signature.digest, message.body);
}

/** base64url SHA-256 of the signature bytes: identifies one signed message in the log and in receipts. */
export function signatureHash(signature: Uint8Array): string {
  return hash('sha256', signature, 'base64url');
}

/**
 * base64url SHA-256 of the one signature that a request carries, valid or not: identifies this request in the log, also a rejected one.
 * Undefined where it carries none, or several.
 */
export function carriedSignatureHash(rawHeaders: readonly string[]): string | undefined {
  const fields = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]?.toLowerCase() === 'signature');
  const [, bytes] = /^req=:([A-Za-z0-9+/]+={0,2}):$/.exec(fields[0] ?? '') ?? [];
  if (fields.length !== 1 || bytes === undefined) return undefined;
  return signatureHash(Buffer.from(bytes, 'base64'));
}

/** The signed `datong-*` headers by name without the prefix. */
export function signedHeaders(headers: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const signed: Record<string, string> = {};
  for (const name of datongHeaders) {
    const value = headers.get(name);
    if (value !== undefined) signed[name.slice('datong-'.length)] = value;
  }
  return signed;
}

/** The proven facts of a request once every stage has passed. */
export function verifiedRequest(signature: RequestSignature, key: VerificationKey): VerifiedRequest {
  return {
    keyid: signature.keyid,
    alg: key.alg,
    nonce: signature.nonce,
    created: signature.created,
    expires: signature.expires,
    signatureHash: signatureHash(signature.signature),
    signed: signedHeaders(signature.headers),
  };
}
