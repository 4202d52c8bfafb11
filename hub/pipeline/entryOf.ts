/** The entry of a call: what happened, the authenticated caller, unproven claims, and a commitment to the bytes that leave. */
import { contentDigest } from '../../certs/signatures/index.ts';
import { commitmentTo } from '../../log/commitment.ts';
import { newSalt } from '../../machine/newKeyPair.ts';
import type { Claims, Actor } from '../log/draft.ts';
import { entry, type Entry, type LeafFacts } from '../log/entry.ts';
import type { PrivatePart } from '../log/store/privateParts.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import type { Refusal } from '../identity/authentication/refusal.ts';
import type { AllowedOutcome, DeniedOutcome, WholeAnswer } from './call.ts';
import { maxAttempts, type Decided, type Passage } from './passage.ts';
import { problemAnswer, type ReplyBody } from './reply.ts';

/** What goes out once the entry is durable. */
export interface Carried {
  readonly answer: ReplyBody & { readonly digest: string };
  /** the caller that is answered; undefined where none was authenticated */
  readonly caller: Caller | undefined;
  readonly whenDurable: AllowedOutcome['whenDurable'];
}

/** Decided, with an outcome that has an entry. */
export type ToLog<C extends Caller> = Decided<C> & { readonly outcome: AllowedOutcome | DeniedOutcome };

export function entryOf<C extends Caller>(
  passage: Passage<C>,
  { outcome, caller, refusal, epoch, attempt }: ToLog<C>,
  decideAgain: Entry<Carried>['whenLost'],
): Entry<Carried> {
  const { exchange, operation } = passage;
  const answer = outcome.entry === 'allow' ? outcome : problemAnswer(outcome.problem, exchange);
  const effects: Partial<AllowedOutcome> = outcome.entry === 'allow' ? outcome : noEffects;
  const digest = contentDigest(answer.body);
  const traced = tracePart(passage, outcome);
  return entry({
    exchange,
    now: outcome.at ?? passage.now,
    operation: operation.id,
    kind: operation.kind === 'none' ? 'inspect' : operation.kind,
    actor: loggedActor(caller, refusal),
    code: outcome.entry === 'deny' ? outcome.problem.code : undefined,
    facts: Object.assign(signedFacts(caller, outcome, operation.kind), outcome.facts, traced?.facts),
    request: signatureHashOf(caller, refusal),
    // the last entry of a stream commits to its bytes
    answer: effects.stream === undefined ? { status: answer.status, digest: digestBytes(digest) } : undefined,
    epoch,
    subjects: outcome.subjects,
    claims: claimsOf(caller, effects, isFenced(caller, outcome, attempt) ? epoch : undefined),
    work: effects.work,
    together: effects.together,
    privatePart: traced?.privatePart ?? effects.privatePart,
    confirm: effects.confirm,
    atOnce: effects.atOnce,
    bumpsEpoch: effects.bumpsEpoch,
    carried: {
      answer: carriedAnswer(answer, digest, effects),
      caller,
      whenDurable: effects.whenDurable,
    },
    decideAgain,
  });
}

/** Of a refusal. */
const noEffects: Partial<AllowedOutcome> = {};

const carriedAnswer = (
  { status, contentType, body, headers = {} }: WholeAnswer,
  digest: string,
  { stream, notices, connect }: Partial<AllowedOutcome>,
): Carried['answer'] => ({
  status,
  contentType,
  body,
  digest,
  headers,
  ...(stream === undefined ? {} : { stream }),
  ...(notices === undefined ? {} : { notices }),
  ...(connect === undefined ? {} : { connect }),
});

/**
 * The trace id of a traced call, as the private part of its entry: an operator finds its trace, and no receipt shows it.
 * @returns undefined where the operation has a private part, which then contains it (hub/flows/release/entryClaim.ts)
 */
function tracePart<C extends Caller>(
  { exchange, trace }: Passage<C>,
  { facts }: AllowedOutcome | DeniedOutcome,
): { readonly facts: LeafFacts; readonly privatePart: PrivatePart } | undefined {
  if (trace === undefined || facts.private !== undefined) return undefined;
  const value = { trace: trace.id };
  const salt = newSalt();
  return { facts: { private: commitmentTo(value, salt) }, privatePart: { exchange, salt, value } };
}

const noActor: Actor = { proven: {} };

/** The authenticated caller; else the one that the refused call claims to be. */
const loggedActor = (caller: Caller | undefined, refusal: Refusal | undefined): Actor =>
  caller === undefined ? (refusal?.actor ?? noActor) : actorOf(caller);

const signatureHashOf = (caller: Caller | undefined, refusal: Refusal | undefined): string | undefined =>
  caller !== undefined && 'signatureHash' in caller ? caller.signatureHash : refusal?.signatureHash;

/** The 32 bytes in `sha-256=:…:` */
const digestBytes = (header: string): Uint8Array =>
  Buffer.from(header.slice(header.indexOf(':') + 1, -1), 'base64');

export function actorOf(caller: Caller): Actor {
  switch (caller.kind) {
    case 'department': {
      const { department, keyid, certificate } = caller;
      return { proven: { department, keyid, certificate } };
    }
    case 'staff': {
      const { tokenId, person, insteadOf, department, session } = caller;
      const place = department === undefined ? {} : { department };
      const way = session === undefined ? {} : { way: session.way };
      const instead = insteadOf.length === 0 ? {} : { insteadOf: insteadOf.join(' ') };
      return { proven: { staff: tokenId, person, ...place, ...way, ...instead } };
    }
    case 'subject':
      // only the entry's subject token identifies the citizen
      return { proven: { department: caller.department, staff: `own:${caller.session}` } };
    case 'stranger':
      return caller.actor;
  }
}

/**
 * What the department signed about its call. A header refused for its content is not stored, because it may contain anything. A case
 * number that no agreement has checked is not stored either: only an allowed release has passed that check.
 */
function signedFacts(
  caller: Caller | undefined,
  outcome: AllowedOutcome | DeniedOutcome,
  kind: Passage<Caller>['operation']['kind'],
): LeafFacts {
  if (caller?.kind !== 'department') return {};
  const at =
    outcome.entry === 'deny' ? outcome.problem.extras.at?.replace(/^(\/header\/)?datong-/, '') : undefined;
  const signed = at === undefined ? caller.signed : { ...caller.signed, [at]: undefined };
  const { purpose, agreement, matter, 'on-behalf-of': onBehalfOf } = signed;
  const facts: { -readonly [Fact in keyof LeafFacts]: LeafFacts[Fact] } = {};
  if (purpose !== undefined) facts.purpose = purpose;
  if (onBehalfOf !== undefined) facts.onBehalfOf = onBehalfOf;
  // an entry of synthetic rows never names an agreement
  if (agreement !== undefined && kind !== 'sandbox') facts.agreement = agreement;
  if (matter !== undefined && outcome.entry === 'allow' && kind === 'release') facts.matter = matter;
  return facts;
}

/**
 * An answer claims the epoch it was decided under. So does a refusal of an authenticated caller: it must not report as missing what
 * another process has just registered. A refusal discloses nothing, so it is final after some attempts, or once its work is done.
 */
const isFenced = (
  caller: Caller | undefined,
  outcome: AllowedOutcome | DeniedOutcome,
  attempt: number,
): boolean =>
  outcome.entry === 'allow' || (caller !== undefined && outcome.isFinal !== true && attempt < maxAttempts);

function claimsOf(
  caller: Caller | undefined,
  effects: Partial<AllowedOutcome>,
  epoch: number | undefined,
): Claims {
  const claims: { -readonly [Claim in keyof Claims]: Claims[Claim] } = Object.assign({}, effects.claims);
  if (caller?.kind === 'department')
    claims.nonce = { keyid: caller.keyid, nonce: caller.nonce, expires: caller.expires };
  if (epoch !== undefined) claims.epoch = epoch;
  return claims;
}
