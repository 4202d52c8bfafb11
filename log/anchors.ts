/**
 * anchors.json: the trust anchors of a verifier, fetched once and compared through another channel. It retains retired keys, so that their
 * signatures still verify. The file's JSON Schema is anchors.schema.json.
 */
import type { FaultWord } from '../terms/factWords.ts';
import { asIs, type Bilingual } from '../terms/bilingual.ts';
import { X509Certificate, type JsonWebKey } from 'node:crypto';
import { verificationKey, type VerificationKey } from '../certs/signatures/index.ts';
import { Problem } from '../terms/problem.ts';
import { EvidenceJsonFault, parseEvidenceJson } from './evidenceJson.ts';
import { followRotations } from './note/keyRotation.ts';
import { parseVkey, type NoteVerifier } from './note/noteKey.ts';
import { isObject } from '../terms/isObject.ts';

/** A public key of the hub, by which replies are signed. */
export interface AnchorKey extends VerificationKey {
  /** the JWK as in the file */
  readonly jwk: Readonly<JsonWebKey>;
  /** RFC 3339 time from which it signs no more */
  readonly retired?: string;
}

export interface Anchors {
  /** `datong/<hub name>`: origin of the log and name of its keys */
  readonly origin: string;
  readonly hubKeys: readonly AnchorKey[];
  /** the keys in the file and those to which its rotations lead, each with its end */
  readonly logKeys: readonly NoteVerifier[];
  /** PEM of the root certificate */
  readonly root: string;
}

/** The file's content. */
export interface AnchorsFile {
  readonly v: 1;
  readonly origin: string;
  readonly jwks: { readonly keys: readonly (JsonWebKey & { kid?: string; retired?: string })[] };
  readonly logKeys: readonly string[];
  /** statements by which one log key replaced another, signed by both */
  readonly logKeyRotations?: readonly string[];
  readonly rootCertificate: string;
}

/** Maximum length of an anchors file, in bytes: a thousand retired keys. */
export const maxAnchorsLength = 1024 * 1024;

/**
 * Reads anchors.json (its text, or the parsed value).
 * @throws Problem anchors_malformed
 */
export function parseAnchors(file: unknown): Anchors {
  const value = typeof file === 'string' ? parseJson(file) : file;
  if (!isObject(value) || value['v'] !== 1) throw malformed(asIs('v'));
  const { origin, jwks, logKeys, logKeyRotations = [], rootCertificate } = value;
  if (typeof origin !== 'string' || origin === '') throw malformed(asIs('origin'));
  if (!isObject(jwks) || !Array.isArray(jwks['keys'])) throw malformed(asIs('jwks'));
  if (!Array.isArray(logKeys) || logKeys.length === 0) throw malformed(asIs('logKeys'));
  if (!Array.isArray(logKeyRotations) || !logKeyRotations.every((one) => typeof one === 'string'))
    throw malformed(asIs('logKeyRotations'));
  return {
    origin,
    hubKeys: jwks['keys'].map(anchorKey),
    logKeys: rotated(
      logKeys.map((vkey) => logKey(vkey, origin)),
      logKeyRotations,
    ),
    root: certificate(rootCertificate),
  };
}

const malformed = (what: FaultWord | Bilingual, cause?: unknown): Problem =>
  new Problem('anchors_malformed', { what }, { cause });

function parseJson(text: string): unknown {
  try {
    return parseEvidenceJson(text);
  } catch (cause) {
    if (!(cause instanceof EvidenceJsonFault)) throw cause;
    throw malformed({ zh: 'JSON 有误', en: `JSON: ${cause.message}` }, cause);
  }
}

function anchorKey(jwk: unknown): AnchorKey {
  if (!isObject(jwk) || typeof jwk['kid'] !== 'string' || 'd' in jwk) throw malformed(asIs('jwks'));
  const retired = jwk['retired'];
  if (retired !== undefined && !(typeof retired === 'string' && Number.isFinite(Date.parse(retired))))
    throw malformed(asIs('retired'));
  let key: VerificationKey;
  try {
    key = verificationKey(jwk);
  } catch (cause) {
    throw malformed(asIs('jwks'), cause);
  }
  // signatures identify their key by its thumbprint: another kid would denote a different key
  if (jwk['kid'] !== key.keyid) throw malformed(asIs('kid'));
  return { ...key, jwk, ...(retired === undefined ? {} : { retired }) };
}

function logKey(vkey: unknown, origin: string): NoteVerifier {
  if (typeof vkey !== 'string') throw malformed(asIs('logKeys'));
  let verifier: NoteVerifier;
  try {
    verifier = parseVkey(vkey);
  } catch (cause) {
    throw malformed(asIs('logKeys'), cause);
  }
  if (verifier.name !== origin) throw malformed(asIs('logKeys'));
  return verifier;
}

function rotated(keys: readonly NoteVerifier[], rotations: readonly string[]): readonly NoteVerifier[] {
  try {
    return followRotations(keys, rotations);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    throw malformed(cause.text, cause);
  }
}

function certificate(pem: unknown): string {
  if (typeof pem !== 'string') throw malformed(asIs('rootCertificate'));
  try {
    return new X509Certificate(pem).toString();
  } catch (cause) {
    throw malformed(asIs('rootCertificate'), cause);
  }
}
