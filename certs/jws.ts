/**
 * Compact JWS (RFC 7515) for signed documents: enrolment proofs, agreements, stream ends. Signed synchronously with node:crypto (a third
 * of the time of an asynchronous signature), verified with jose. The many frames of live data are verified with node:crypto too, in the
 * single form that this module writes. Each part must be the base64url that an encoder writes, so that a signature has one text.
 */
import { compactVerify, type CompactJWSHeaderParameters, errors } from 'jose';
import { Problem } from '../terms/problem.ts';
import { fromBase64url } from './base64url.ts';
import { signBytes, verifyBytes, type SigningKey, type VerificationKey } from './signatures/key.ts';

/** `typ` of a consent, so that a signature for another purpose is never accepted as one. */
export const consentType = 'datong-consent+jws';
/** a paper consent: the hub signs the statements of two persons */
export const paperConsentType = 'datong-paper-consent+jws';
/** `typ` of a consumer's statement about data it received. */
export const statementType = 'datong-statement+jws';
/** `typ` of a department's assertion of the identity of a person before it, and of the hub's reply about that person. */
export const assertionType = 'datong-subject-assertion+jws';
export const subjectViewType = 'datong-subject-view+jws';
/** `typ` of the hub's archive of an event under a response plan. */
export const eventArchiveType = 'datong-event-archive+jws';
/** `typ` of a consumer's receipt for a message to its webhook. */
export const deliveryReceiptType = 'datong-delivery-receipt+jws';
/** `typ` of the hub's messages to a department's webhook. */
export const reminderType = 'datong-reminder+jws';

const joseNames = { 'ecdsa-p256-sha256': 'ES256', ed25519: 'EdDSA' } as const;

/**
 * @param payload an object is written as JSON; the caller makes canonical text (terms/canonicalJson.ts)
 * @param header further protected members, such as typ; alg and kid are set here
 * @returns compact serialisation
 */
export function signJws(
  payload: object | string,
  key: SigningKey,
  header: Readonly<Record<string, string>> = {},
): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const protectedHeader = { ...header, alg: joseNames[key.alg], kid: key.keyid };
  const input = `${base64url(JSON.stringify(protectedHeader))}.${base64url(text)}`;
  return `${input}.${signBytes(Buffer.from(input, 'ascii'), key).toString('base64url')}`;
}

const base64url = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

export interface VerifiedJws {
  readonly payload: Uint8Array;
  readonly header: CompactJWSHeaderParameters;
  readonly key: VerificationKey;
}

/**
 * @param resolveKey the key for a protected header (usually by `kid`), undefined where there is none
 * @throws Problem jws_invalid for anything but a good signature of that key with its own algorithm
 */
export async function verifyJws(
  token: string,
  resolveKey: (
    header: CompactJWSHeaderParameters,
  ) => VerificationKey | undefined | Promise<VerificationKey | undefined>,
): Promise<VerifiedJws> {
  let used: VerificationKey | undefined;
  try {
    // jose also accepts white space, padding and nonzero unused bits
    if (!token.split('.').every((part) => fromBase64url(part) !== undefined))
      throw new errors.JWSInvalid('not base64url');
    const { payload, protectedHeader } = await compactVerify(
      token,
      async (header) => {
        used = await resolveKey(header);
        if (used === undefined || header.alg !== joseNames[used.alg])
          throw new errors.JWSInvalid('no such key');
        return used.publicKey;
      },
      { algorithms: Object.values(joseNames) },
    );
    if (used === undefined) throw new errors.JWSInvalid('no key was asked for');
    return { payload, header: protectedHeader, key: used };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError)
      throw new Problem('jws_invalid', {}, { check: 'jws', cause: error });
    throw error;
  }
}

/** Members that `signJws` writes in addition to the caller's. */
interface WrittenHeader {
  readonly alg?: unknown;
  readonly kid?: unknown;
  readonly typ?: unknown;
}

const writtenMembers: readonly string[] = ['alg', 'kid', 'typ'];

/**
 * Verifies a token that `signJws` wrote in the calling thread, in about 75 µs; jose uses the engine's WebCrypto, which takes four times
 * as long. Stricter than RFC 7515: the header is `alg`, `kid` and `typ`.
 * @param resolveKey the key for a `kid` and `typ`, undefined where there is none
 * @throws Problem jws_invalid
 */
export function verifyWrittenJws(
  token: string,
  resolveKey: (header: { readonly kid: string; readonly typ: string }) => VerificationKey | undefined,
): { readonly payload: Uint8Array } {
  const parts = token.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  const { alg, kid, typ } = headerIn(header);
  const key = typeof kid === 'string' && typeof typ === 'string' ? resolveKey({ kid, typ }) : undefined;
  const reported = fromBase64url(payload);
  const signed = fromBase64url(signature);
  const holds =
    parts.length === 3 &&
    key !== undefined &&
    alg === joseNames[key.alg] &&
    reported !== undefined &&
    signed !== undefined &&
    verifyBytes(Buffer.from(token.slice(0, -signature.length - 1), 'latin1'), signed, key);
  if (!holds) throw new Problem('jws_invalid', {}, { check: 'jws' });
  return { payload: reported };
}

function headerIn(text: string): WrittenHeader {
  try {
    const header: unknown = JSON.parse(fromBase64url(text)?.toString('utf8') ?? '');
    const isWritten =
      typeof header === 'object' &&
      header !== null &&
      Object.keys(header).every((name) => writtenMembers.includes(name));
    return isWritten ? header : {};
  } catch {
    return {};
  }
}
