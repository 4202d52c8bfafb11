/**
 * The receipt of one exchange: the entry's bytes, the salts of the caller's own commitments, and the proof that the log contains the
 * entry. It is sent in the header `datong-receipt` as base64url JSON. It is not signed itself: the checkpoint in the proof is
 * signed, the proof leads to the leaf, the leaf to request and reply.
 */
import type { FaultWord } from '../../terms/factWords.ts';
import { asIs, type Bilingual } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { fromBase64url } from '../../certs/base64url.ts';
import { fromBase64, toBase64, toBase64url } from '../base64.ts';
import { EvidenceJsonFault, parseEvidenceJson } from '../evidenceJson.ts';
import { maxLeafLength } from '../leafBytes.ts';
import { saltLength } from '../commitment.ts';
import { parseTlogProof, tlogProofText, type TlogProof } from '../tlogProof.ts';

/** Salts by which the holder can check the leaf's commitments against the received messages. */
export interface Openings {
  /** of `reply`, the commitment to the reply's content digest */
  readonly reply?: Uint8Array;
}

export interface Receipt {
  readonly v: 1;
  /** uuid version 7 */
  readonly exchange: string;
  /** the leaf's bytes */
  readonly leaf: Uint8Array;
  readonly openings: Openings;
  readonly proof: TlogProof;
}

/** Maximum length of a receipt, as header text. */
export const maxReceiptLength = 262_144;

/** The header text. */
export function receiptText({ exchange, leaf, openings: { reply }, proof }: Omit<Receipt, 'v'>): string {
  const openings = reply === undefined ? '' : `"reply":"${toBase64url(reply)}"`;
  // encoded apart from the proof: its dash is outside Latin-1, and one joined string would take two bytes a character for the leaf too
  const head = `{"v":1,"exchange":${JSON.stringify(exchange)},"leaf":"${toBase64(leaf)}","openings":{${openings}},"proof":`;
  const rest = `${JSON.stringify(tlogProofText(proof))}}`;
  return Buffer.concat([Buffer.from(head), Buffer.from(rest)]).toString('base64url');
}

/**
 * Reads a receipt: the header text, or its JSON.
 * @throws Problem receipt_malformed
 */
export function parseReceipt(text: string): Receipt {
  if (text.length > maxReceiptLength) throw malformed('too long');
  const trimmed = text.trim();
  const value = parseMembers(trimmed.startsWith('{') ? trimmed : decode(trimmed));
  const { v, exchange, leaf, openings, proof, ...others } = value;
  if (v !== 1) throw malformed(asIs('v'));
  if (Object.keys(others).length > 0) throw malformed('unknown member');
  if (typeof exchange !== 'string' || exchange.length > 64) throw malformed(asIs('exchange'));
  const bytes = typeof leaf === 'string' ? fromBase64(leaf) : undefined;
  if (bytes === undefined || bytes.length > maxLeafLength) throw malformed(asIs('leaf'));
  if (typeof proof !== 'string') throw malformed(asIs('proof'));
  return { v, exchange, leaf: bytes, openings: parseOpenings(openings), proof: parseProof(proof) };
}

const malformed = (what: FaultWord | Bilingual, cause?: unknown): Problem =>
  new Problem('receipt_malformed', { what }, { cause });

function decode(text: string): string {
  const bytes = fromBase64url(text);
  if (bytes === undefined) throw malformed(asIs('base64url'));
  return bytes.toString('utf8');
}

function parseMembers(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseEvidenceJson(json);
  } catch (cause) {
    if (!(cause instanceof EvidenceJsonFault)) throw cause;
    throw malformed({ zh: 'JSON 有误', en: `JSON: ${cause.message}` }, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('JSON');
  return { ...value };
}

function parseOpenings(value: unknown): Openings {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(asIs('openings'));
  const { reply, ...others } = value as Record<string, unknown>;
  if (Object.keys(others).length > 0) throw malformed(asIs('openings'));
  if (reply === undefined) return {};
  const salt = typeof reply === 'string' ? fromBase64url(reply) : undefined;
  if (salt?.length !== saltLength) throw malformed(asIs('openings'));
  return { reply: salt };
}

function parseProof(text: string): TlogProof {
  try {
    return parseTlogProof(text);
  } catch (cause) {
    throw malformed(asIs('proof'), cause);
  }
}
