/** The entry of an exchange: what happened, who was authenticated, what was merely claimed, and commitments to what left. */
import { contentDigest } from '../../certs/signatures/contentDigest.ts';
import { newSalt, replyCommitment } from '../../log/commitment.ts';
import type { EntryKind, Leaf, LeafActor } from '../../log/leaf.ts';
import { receiptText } from '../../log/receipt/receipt.ts';
import { problemDocument } from '../../terms/problem.ts';
import type { Appended, EntryDraft, LostClaim } from '../audit/draft.ts';
import { subjectsOf } from '../audit/subjects.ts';
import type { Caller } from '../identity/caller.ts';
import type { Refusal } from '../identity/refusal.ts';
import type { DeniedOutcome, LeafFacts, LoggedOutcome } from './call.ts';

export interface ExchangeDraft extends EntryDraft<ExchangeDraft> {
  readonly reply: {
    readonly status: number;
    readonly contentType: string;
    readonly body: Uint8Array;
    readonly digest: string;
    readonly headers: Readonly<Record<string, string>>;
  };
  readonly receiptOf: (appended: Appended<ExchangeDraft>) => string;
  readonly whenDurable: ((receipt: string) => Promise<void> | void) | undefined;
}

export interface EntryParts {
  readonly id: string;
  readonly now: number;
  readonly operation: string;
  /** kind of the entry where the outcome names none */
  readonly kind: EntryKind;
  readonly caller: Caller | undefined;
  readonly refusal: Refusal | undefined;
  readonly epoch: number;
  readonly outcome: LoggedOutcome | DeniedOutcome;
  readonly whenLost: (claim: LostClaim) => Promise<ExchangeDraft>;
}

export function entryDraft(parts: EntryParts): ExchangeDraft {
  const { outcome, caller } = parts;
  const logged = 'problem' in outcome ? undefined : outcome;
  const reply = replyOf(parts);
  const replySalt = newSalt();
  const subjects = subjectsOf(logged?.subjects ?? []);
  const leaf: Leaf = {
    v: 1,
    id: parts.id,
    at: new Date(parts.now).toISOString(),
    operation: parts.operation,
    decision: 'problem' in outcome ? 'deny' : 'allow',
    ...('problem' in outcome ? { code: outcome.problem.code } : {}),
    ...actorOf(parts),
    ...signedFacts(caller),
    kind: parts.kind,
    ...outcome.facts,
    ...(subjects === undefined ? {} : { subjects: subjects.leaf }),
    ...requestOf(parts),
    reply: replyCommitment(digestBytes(reply.digest), replySalt),
    status: reply.status,
    epoch: parts.epoch,
  };
  return {
    leaf,
    claims: {
      ...(caller === undefined
        ? {}
        : { nonce: { keyid: caller.keyid, nonce: caller.nonce, expires: caller.expires } }),
      ...logged?.claims,
      // a refusal gives nothing away, whatever changed meanwhile
      ...(logged === undefined ? {} : { epoch: parts.epoch }),
    },
    ...(subjects === undefined ? {} : { subjects: subjects.stored }),
    ...(logged?.work === undefined ? {} : { work: logged.work }),
    ...(logged?.bumpsEpoch === undefined ? {} : { bumpsEpoch: logged.bumpsEpoch }),
    whenLost: parts.whenLost,
    reply,
    whenDurable: logged?.whenDurable,
    receiptOf: ({ index, leaf: bytes, proof, checkpoint }) =>
      receiptText({
        exchange: parts.id,
        leaf: bytes,
        openings: { reply: replySalt },
        proof: { index, path: proof, checkpoint },
      }),
  };
}

/** The 32 bytes in `sha-256=:…:` */
const digestBytes = (header: string): Uint8Array =>
  Buffer.from(header.slice(header.indexOf(':') + 1, -1), 'base64');

function replyOf({ id, outcome }: EntryParts): ExchangeDraft['reply'] {
  if ('problem' in outcome) {
    const { problem } = outcome;
    const body = Buffer.from(JSON.stringify(problemDocument(problem, id)), 'utf8');
    return {
      status: problem.status,
      contentType: 'application/problem+json',
      body,
      digest: contentDigest(body),
      headers: problem.extras.headers ?? {},
    };
  }
  const { status, contentType, body } = outcome;
  return { status, contentType, body, digest: contentDigest(body), headers: {} };
}

/** Names the very request, of a refused one too: so its receipt can be checked. */
function requestOf({ caller, refusal }: EntryParts): Pick<Leaf, 'request'> {
  const request = caller?.signatureHash ?? refusal?.signatureHash;
  return request === undefined ? {} : { request };
}

/** The actor is what was authenticated; what was merely claimed is named so. */
function actorOf({
  caller,
  refusal,
}: EntryParts): Pick<Leaf, 'actor' | 'claimedDepartment' | 'claimedKeyid'> {
  if (caller !== undefined) {
    const { department, keyid, certificate } = caller;
    return { actor: { department, keyid, certificate } };
  }
  const actor: LeafActor = refusal?.proven ?? {};
  const claimed = refusal?.claimed;
  return {
    actor,
    ...(claimed?.department === undefined ? {} : { claimedDepartment: claimed.department }),
    ...(claimed?.keyid === undefined ? {} : { claimedKeyid: claimed.keyid }),
  };
}

/** What the department signed about its call. */
function signedFacts(caller: Caller | undefined): LeafFacts {
  if (caller === undefined) return {};
  const { purpose, agreement, matter, 'on-behalf-of': onBehalfOf } = caller.signed;
  return {
    ...(purpose === undefined ? {} : { purpose }),
    ...(agreement === undefined ? {} : { agreement }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(matter === undefined ? {} : { matter }),
  };
}
