/**
 * Verifies a stored exchange. The receipt proves the entry, the entry describes request and reply, and both messages must match it
 * unaltered, by their own digests and signatures.
 */
import type { ReplyMessage, RequestMessage } from '../../certs/message.ts';
import {
  carriedSignatureHash,
  checkDigest,
  checkSignature,
  contentDigest,
  readSignature,
  signedHeaders,
  verifyReply,
  type RequestSignature,
  type VerificationKey,
} from '../../certs/signatures/index.ts';
import { joinedHeaders, decodeHeaderText } from '../../certs/signatures/headers.ts';
import { Problem } from '../../terms/problem.ts';
import type { AnchorKey, Anchors } from '../anchors.ts';
import { logFinding, type LogFinding, type LogFindingCode } from '../finding.ts';
import { sameHash, sha256 } from '../hash.ts';
import type { Leaf } from '../leaf.ts';
import { parseReceipt, type Receipt } from './receipt.ts';
import { verifyReceipt, type ReceiptCheck } from './verifyReceipt.ts';

/** The operation that a request calls, according to its method and path. */
export interface CalledOperation {
  readonly operation: string;
  readonly dataset?: string;
}

/** The messages of an exchange, as far as they were stored. */
export interface StoredMessages {
  readonly request?: RequestMessage;
  /** the whole reply, or only its body */
  readonly reply?: ReplyMessage | Pick<ReplyMessage, 'body'>;
  /** public keys that may have signed the request; only the one named by the entry counts, from any source */
  readonly signingKeys?: readonly VerificationKey[];
}

export interface ExchangeEvidence extends StoredMessages {
  readonly anchors: Pick<Anchors, 'logKeys'> & Partial<Pick<Anchors, 'hubKeys'>>;
  /** the operation of a method and path; undefined for an address outside the contract */
  readonly operationOf?: (method: string, path: string) => CalledOperation | undefined;
}

/**
 * How far a part was checked. `absent`: not stored. `failed`: contradicted. `body`: only its body compared with the entry. `unsigned`:
 * compared with the entry and its own digest; the signature was not checked for lack of a key (or, for a reply, of its request).
 * `verified`: signature verified.
 */
export type Extent = 'absent' | 'failed' | 'body' | 'unsigned' | 'verified';

export interface ExchangeCheck extends ReceiptCheck {
  readonly parts: { readonly request: Extent; readonly reply: Extent; readonly receipt: Extent };
}

/** Never throws on any receipt or message: faults are findings. */
export function verifyExchange(receiptText: string, evidence: ExchangeEvidence): ExchangeCheck {
  const { anchors, request, reply } = evidence;
  const requestHash = request && hashOf(request);
  const check = verifyReceipt(receiptText, {
    anchors,
    ...(reply === undefined ? {} : { replyDigest: sha256(reply.body) }),
    ...(requestHash === undefined ? {} : { requestHash }),
  });
  const { receipt, leaf } = check;
  const at = receipt === undefined ? {} : { index: receipt.proof.index, exchange: receipt.exchange };
  const about = new Findings(at);
  const requested = request === undefined ? 'absent' : requestExtent(request, leaf, evidence, about);
  const answered = reply === undefined ? 'absent' : replyExtent(reply, receipt, leaf, evidence, about);
  const findings = [...check.findings, ...about.found];
  const failed = (part: string): boolean => findings.some(({ code }) => code.startsWith(part));
  const ofReceipt = findings.some(({ code }) => !/^(request|reply)_/.test(code));
  return {
    ...check,
    ok: findings.length === 0,
    findings,
    parts: {
      request: request !== undefined && failed('request_') ? 'failed' : requested,
      reply: reply !== undefined && failed('reply_') ? 'failed' : answered,
      receipt: ofReceipt ? 'failed' : 'verified',
    },
  };
}

class Findings {
  readonly found: LogFinding[] = [];
  private readonly at: { readonly index?: number; readonly exchange?: string };

  constructor(at: { readonly index?: number; readonly exchange?: string }) {
    this.at = at;
  }

  add(code: LogFindingCode, more: { readonly what?: string; readonly why?: unknown } = {}): void {
    this.found.push(logFinding(code, { ...this.at, ...more }));
  }

  /** Returns the action's value; a thrown problem becomes a finding. */
  attempt<T>(code: LogFindingCode, action: () => T): T | undefined {
    try {
      return action();
    } catch (why) {
      if (!(why instanceof Problem)) throw why;
      this.add(code, { why });
      return undefined;
    }
  }
}

/** '' if there is no signature to hash: no entry contains that. */
function hashOf(request: RequestMessage): string {
  return carriedSignatureHash(request.rawHeaders) ?? '';
}

/** Whether the hub accepted the request's signature: only then does the entry repeat its headers. */
const wasAuthenticated = (leaf: Leaf): boolean => leaf.actor.keyid !== undefined;

function requestExtent(
  request: RequestMessage,
  leaf: Leaf | undefined,
  { signingKeys, operationOf }: ExchangeEvidence,
  about: Findings,
): Extent {
  if (leaf === undefined) return 'failed';
  compareOperation(request, leaf, operationOf, about);
  // requests refused as malformed or badly signed are stored unchanged: the entry identifies them only by the hash of their signature
  if (!wasAuthenticated(leaf)) return 'unsigned';
  const signature = about.attempt('request_malformed', () => readSignature(request));
  if (signature === undefined) return 'failed';
  if (signature.keyid !== leaf.actor.keyid) about.add('request_key_differs');
  // requests refused for their body are stored with that body
  if (leaf.code !== 'digest_mismatch')
    about.attempt('request_body_altered', () => checkDigest(signature, request));
  compareHeaders(signature, leaf, about);
  const key = signingKeys?.find(({ keyid }) => keyid === leaf.actor.keyid);
  if (key === undefined) return 'unsigned';
  about.attempt('request_signature_invalid', () => checkSignature(signature, request, key));
  return 'verified';
}

/**
 * Compares the signed headers that the entry repeats. A refusal may omit the header that it refused, and only a release contains the case
 * number, which its agreement has checked. No entry contains a different value.
 */
function compareHeaders(signature: RequestSignature, leaf: Leaf, about: Findings): void {
  const signed = signedHeaders(signature.headers);
  const leafMembers = {
    purpose: leaf.purpose,
    agreement: leaf.agreement,
    'on-behalf-of': leaf.onBehalfOf,
    matter: leaf.matter,
  };
  for (const [name, inEntry] of Object.entries(leafMembers)) {
    const sent = signed[name];
    const judged = name !== 'matter' || leaf.kind === 'release';
    const left = inEntry === undefined && (leaf.decision === 'deny' || !judged);
    if (!left && !saysSame(sent, inEntry)) about.add('request_header_differs', { what: `datong-${name}` });
  }
}

/** The header value is percent-encoded, the entry's value is decoded. */
function saysSame(sent: string | undefined, inEntry: string | undefined): boolean {
  return (
    sent === inEntry || (sent !== undefined && inEntry !== undefined && decodeHeaderText(sent) === inEntry)
  );
}

function compareOperation(
  { method, targetUri }: RequestMessage,
  leaf: Leaf,
  operationOf: ExchangeEvidence['operationOf'],
  about: Findings,
): void {
  if (operationOf === undefined) return;
  const target = targetUri.replace(/^[a-z]+:\/\/[^/]*/, '').replace(/\?.*$/s, '');
  const called = operationOf(method, target);
  if (called?.operation !== leaf.operation)
    about.add('request_header_differs', { what: `${method} @target-uri` });
  else if (called.dataset !== undefined && leaf.dataset !== undefined && called.dataset !== leaf.dataset)
    about.add('request_header_differs', { what: '@target-uri' });
}

function replyExtent(
  reply: ReplyMessage | Pick<ReplyMessage, 'body'>,
  receipt: Receipt | undefined,
  leaf: Leaf | undefined,
  { anchors: { hubKeys }, request }: ExchangeEvidence,
  about: Findings,
): Extent {
  if (receipt === undefined || leaf === undefined) return 'failed';
  if (!('status' in reply)) return 'body';
  if (leaf.status !== undefined && reply.status !== leaf.status)
    about.add('reply_header_differs', { what: '@status' });
  compareReceipt(reply, receipt, about);
  if (hubKeys === undefined || request === undefined) {
    if (joinedHeaders(reply.rawHeaders).get('content-digest') !== contentDigest(reply.body))
      about.add('reply_body_altered');
    return 'unsigned';
  }
  about.attempt('reply_signature_invalid', () => verifySigned(reply, request, hubKeys));
  return 'verified';
}

/** A retired key signs nothing more: later signatures are not the hub's. */
function verifySigned(reply: ReplyMessage, request: RequestMessage, hubKeys: readonly AnchorKey[]): void {
  const lookupKey = (keyid: string): AnchorKey | undefined => hubKeys.find((key) => key.keyid === keyid);
  const { keyid, created } = verifyReply(reply, { request, lookupKey });
  const retired = lookupKey(keyid)?.retired;
  if (retired !== undefined && created * 1000 >= Date.parse(retired))
    throw new Problem('reply_signature_invalid', {
      reason: { zh: `其密钥自 ${retired} 起停用`, en: `its key is retired since ${retired}` },
    });
}

/** The reply contains its exchange id and, unless an older client stored it, its receipt. The proof may have been fetched again. */
function compareReceipt(reply: ReplyMessage, receipt: Receipt, about: Findings): void {
  const headers = joinedHeaders(reply.rawHeaders);
  if (headers.get('datong-exchange-id') !== receipt.exchange)
    about.add('reply_header_differs', { what: 'datong-exchange-id' });
  const carried = headers.get('datong-receipt');
  if (carried === undefined) return;
  const own = about.attempt('reply_malformed', () => parseReceipt(carried));
  if (own !== undefined && !sameHash(own.leaf, receipt.leaf))
    about.add('reply_header_differs', { what: 'datong-receipt' });
}
