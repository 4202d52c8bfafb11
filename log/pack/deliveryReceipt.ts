/**
 * A consumer's receipt for a message to its webhook: a compact JWS over the log entry of the message and the SHA-256 of the signature with
 * which the hub sent it, signed by a key of its department. Anyone verifies it with that key alone. It has no digest of the body: the log
 * keeps the receipt, and few values can be guessed from their digest.
 */
import { createHash } from 'node:crypto';
import { deliveryReceiptType, signJws, verifyWrittenJws } from '../../certs/jws.ts';
import { Problem } from '../../terms/problem.ts';
import { EvidenceJsonFault, parseEvidenceJson } from '../evidenceJson.ts';
import type { SigningKey, VerificationKey } from '../../certs/signatures/index.ts';

/** Header of the endpoint's answer that has the receipt. */
export const deliveryReceiptHeader = 'datong-delivery-receipt';

/** Characters of a receipt: it is stored with its log entry. */
const maxLength = 1_000;

/** What a receipt states. */
interface Statement {
  /** log entry of the message: its `datong-idempotency-key` up to the dot */
  readonly entry: string;
  /** of the message's `signature` header, hex */
  readonly sha256: string;
}

const statementOf = (entry: string, signature: string): Statement => ({
  entry,
  sha256: createHash('sha256').update(signature).digest('hex'),
});

/**
 * @param signature the message's `signature` header, which the endpoint has verified
 * @param key a signing key of the department
 * @returns value of the header
 */
export const signDeliveryReceipt = (entry: string, signature: string, key: SigningKey): string =>
  signJws(statementOf(entry, signature), key, { typ: deliveryReceiptType });

/**
 * The key that signed a receipt for this message.
 * @param keyOf the key for a `kid`; undefined where there is none
 * @param signature undefined: not known here
 * @returns undefined where it is no receipt for it
 */
export function keyOfReceipt(
  receipt: string,
  keyOf: (keyid: string) => VerificationKey | undefined,
  { entry, signature }: { readonly entry: string; readonly signature: string | undefined },
): VerificationKey | undefined {
  if (receipt.length > maxLength) return undefined;
  let key: VerificationKey | undefined;
  try {
    const { payload } = verifyWrittenJws(receipt, ({ kid, typ }) => {
      key = typ === deliveryReceiptType ? keyOf(kid) : undefined;
      return key;
    });
    const stated = parseEvidenceJson(Buffer.from(payload).toString('utf8')) as Partial<Statement> | null;
    const { sha256 } = stated ?? {};
    const expected = signature === undefined ? sha256 : statementOf(entry, signature).sha256;
    const isFor = stated?.entry === entry && /^[0-9a-f]{64}$/.test(String(sha256)) && sha256 === expected;
    // a further member would stay in the log
    return isFor && Object.keys(stated).length === 2 ? key : undefined;
  } catch (error) {
    if (error instanceof Problem || error instanceof EvidenceJsonFault) return undefined;
    throw error;
  }
}
