/**
 * A signature by mandate: a person's passkey answers a challenge that is the digest of the signed statement (WebAuthn Level 2, §7.2). The
 * stored evidence is enough to verify it on any computer, with the mandate and the department's public key.
 */
import { createHash, createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { Bilingual } from '../../terms/bilingual.ts';
import { canonicalJson } from '../../terms/canonicalJson.ts';
import { fromBase64url } from '../base64url.ts';
import { thumbprint } from '../thumbprint.ts';
import { holdsAt, mandateDigest, type Mandate, type PartyRole } from './mandate.ts';

/** The signed content: this document, for that side, with the effect that it had when it was shown. */
export interface SigningStatement {
  readonly v: 1;
  readonly act: 'sign';
  /** `agr-school-enrolment@1` */
  readonly document: string;
  /** hex SHA-256 of the canonical text */
  readonly digest: string;
  /** hex SHA-256 of what it changes on the day of signing */
  readonly effect: string;
  readonly role: PartyRole;
  readonly department: string;
  /** hex SHA-256 of the mandate's content */
  readonly mandate: string;
  readonly person: string;
  /** RFC 3339 in UTC: when the hub requested it */
  readonly at: string;
  /** the hub's own challenge, answered once and within minutes */
  readonly offer: string;
}

/** The device's answer, and its public key. Texts are base64url. */
export interface PasskeyEvidence {
  readonly statement: SigningStatement;
  readonly publicKey: JsonWebKey;
  readonly authenticatorData: string;
  readonly clientDataJSON: string;
  readonly signature: string;
}

/** The challenge of the device: base64url SHA-256 of the statement as canonical JSON. */
export const challengeOf = (statement: SigningStatement): string =>
  createHash('sha256')
    .update(canonicalJson({ ...statement }))
    .digest('base64url');

/** Flags of the authenticator: user present, and user verified by the device (§6.1). */
const present = 0x01;
const verified = 0x04;

/**
 * Checks whether the passkey that the mandate names signed this statement while the mandate was valid.
 * @param payload content of the mandate, of a JWS that was verified
 * @returns the fault; undefined where the signature is valid
 */
export function faultOfPasskey(
  evidence: PasskeyEvidence,
  mandate: Mandate,
  payload: Uint8Array,
): Bilingual | undefined {
  const { statement } = evidence;
  const named =
    statement.mandate === mandateDigest(payload) &&
    statement.person === mandate.person &&
    statement.role === mandate.role &&
    statement.department === mandate.department;
  if (!named) return { zh: '签的不是这份授权书下的内容', en: 'it was not made under this mandate' };
  if (!holdsAt(mandate, Date.parse(statement.at)))
    return { zh: '签署时授权书不在有效期内', en: 'the mandate did not hold when it was made' };
  const key = keyOf(evidence.publicKey);
  if (key === undefined || thumbprint(key) !== mandate.passkey)
    return { zh: '不是授权书写明的通行密钥', en: 'it is by another passkey than the mandate names' };
  const answer = answerOf(evidence);
  if (answer === undefined)
    return { zh: '签名材料不是规范的 base64url', en: 'the stored answer of the device is not base64url' };
  const { clientData, data, signature } = answer;
  const fault = faultOfClient(clientData, challengeOf(statement), mandate.console);
  if (fault !== undefined) return fault;
  if (!isVerifiedFor(data, mandate.console))
    return {
      zh: '设备没有核验持有人，或属于别的站点',
      en: 'the device did not check its holder, or is another site’s',
    };
  const signed = Buffer.concat([data, sha256(clientData)]);
  return verify('sha256', signed, key, signature)
    ? undefined
    : { zh: '签名与内容不符', en: 'its signature does not fit what was signed' };
}

/** The bytes of the device's answer; undefined if a text is not the base64url of an encoder. */
function answerOf(
  evidence: PasskeyEvidence,
): { readonly clientData: Buffer; readonly data: Buffer; readonly signature: Buffer } | undefined {
  const clientData = fromBase64url(evidence.clientDataJSON);
  const data = fromBase64url(evidence.authenticatorData);
  const signature = fromBase64url(evidence.signature);
  if (clientData === undefined || data === undefined || signature === undefined) return undefined;
  return { clientData, data, signature };
}

/** Whether a device of this site says that its holder was present and verified. */
function isVerifiedFor(data: Buffer, console: string): boolean {
  const flags = data[32] ?? 0;
  const site = sha256(new URL(console).hostname);
  return (
    data.length >= 37 &&
    data.subarray(0, 32).equals(site) &&
    (flags & present) !== 0 &&
    (flags & verified) !== 0
  );
}

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

/** ES256 and RS256 only, the algorithms of registered passkeys; undefined for anything else. */
function keyOf(jwk: JsonWebKey): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    const fits =
      key.asymmetricKeyType === 'ec'
        ? namedCurve === 'prime256v1'
        : key.asymmetricKeyType === 'rsa' && modulusLength >= 2048;
    return fits ? key : undefined;
  } catch {
    return undefined;
  }
}

function faultOfClient(bytes: Uint8Array, challenge: string, origin: string): Bilingual | undefined {
  const { type, challenge: answered, origin: from, crossOrigin } = clientIn(bytes);
  if (type !== 'webauthn.get' || crossOrigin === true || from !== origin)
    return { zh: '不是在本枢纽的控制台签的', en: 'it was not made at this hub’s console' };
  return answered === challenge
    ? undefined
    : { zh: '签的是别的文件或别的效果', en: 'it covers another document or another effect' };
}

function clientIn(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

const statementMembers = [
  ...(['document', 'digest', 'effect', 'role', 'department', 'mandate', 'person', 'at', 'offer'] as const),
] as const;

/** Parses stored evidence strictly, so that evidence edited in the database is rejected. */
export function evidenceIn(value: unknown): PasskeyEvidence | undefined {
  if (!hasTexts(value, ['authenticatorData', 'clientDataJSON', 'signature'])) return undefined;
  const { statement, publicKey } = value;
  if (!hasTexts(statement, statementMembers) || typeof publicKey !== 'object' || publicKey === null)
    return undefined;
  const closed = Object.keys(statement).length === statementMembers.length + 2;
  const fits = closed && statement['v'] === 1 && statement['act'] === 'sign';
  return fits ? (value as unknown as PasskeyEvidence) : undefined;
}

function hasTexts(value: unknown, names: readonly string[]): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'string')
  );
}
