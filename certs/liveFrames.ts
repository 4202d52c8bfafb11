/**
 * The frames between hub and provider about live rows: each is a statement (compact JWS), a line feed, and the body that the statement
 * commits to by its SHA-256. So a statement can be stored as proof without its rows.
 */
import { createHash } from 'node:crypto';
import { Problem } from '../terms/problem.ts';
import { signJws, verifyWrittenJws } from './jws.ts';
import type { SigningKey, VerificationKey } from './signatures/key.ts';

/** The hub asks; the provider answers; the hub reports what it could not use. */
export type LiveFrameKind = 'question' | 'answer' | 'report';

interface LiveStatement {
  readonly v: 1;
  /** id of the consumer's call, under which it is logged */
  readonly exchange: string;
  /** base64url SHA-256 of the body */
  readonly sha256: string;
}

/** Signed by the hub. */
export interface LiveQuestion extends LiveStatement {
  readonly dataset: string;
  /** Unix milliseconds until which the hub waits for an answer */
  readonly until: number;
  /** random for each question, so that no two are the same */
  readonly nonce: string;
  /** W3C Trace Context, where the hub traces the call */
  readonly traceparent?: string;
}

/** Signed by the provider. */
export interface LiveAnswer extends LiveStatement {
  /** base64url SHA-256 of the question's statement */
  readonly question: string;
  readonly state: 'rows' | 'failed';
  /** rows in the body */
  readonly rows: number;
}

/** Signed by the hub. */
export interface LiveReport extends LiveStatement {
  readonly question: string;
}

interface Statements {
  readonly question: LiveQuestion;
  readonly answer: LiveAnswer;
  readonly report: LiveReport;
}

export interface OpenedFrame<K extends LiveFrameKind> {
  readonly statement: Statements[K];
  /** the statement as it was signed */
  readonly token: string;
  /** JSON text; it has the digest that was signed */
  readonly body: string;
}

const typeOf = (kind: LiveFrameKind): string => `datong-live-${kind}+jws`;
const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('base64url');

export function signFrame<K extends LiveFrameKind>(
  kind: K,
  reported: Omit<Statements[K], 'v' | 'sha256'>,
  body: string,
  key: SigningKey,
): string {
  const token = signJws({ v: 1, ...reported, sha256: sha256(body) }, key, { typ: typeOf(kind) });
  return `${token}\n${body}`;
}

/**
 * @param keyOf a key that may sign this now, by its thumbprint
 * @throws Problem jws_invalid where kind or key of the statement is another one, or the body does not match
 */
export function openFrame<K extends LiveFrameKind>(
  kind: K,
  frame: string,
  keyOf: (keyid: string) => VerificationKey | undefined,
): OpenedFrame<K> {
  const { token, body } = taken(frame);
  const { payload } = verifyWrittenJws(token, ({ kid, typ }) =>
    typ === typeOf(kind) ? keyOf(kid) : undefined,
  );
  const statement = JSON.parse(Buffer.from(payload).toString('utf8')) as Statements[K];
  if (!isWellFormed(kind, statement) || statement.sha256 !== sha256(body))
    throw new Problem('jws_invalid', {}, { check: 'body' });
  return { statement, token, body };
}

/** Identifies a question in its answer and report. */
export const questionDigest = (frame: string): string => sha256(taken(frame).token);

/** The question that a frame claims to answer, unverified: used only to find the question that failed. */
export function claimedQuestion(frame: string): string | undefined {
  try {
    const [, payload = ''] = taken(frame).token.split('.');
    const { question } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as {
      readonly question?: unknown;
    };
    return typeof question === 'string' ? question : undefined;
  } catch {
    return undefined;
  }
}

function taken(frame: string): { readonly token: string; readonly body: string } {
  const end = frame.indexOf('\n');
  return end < 0 ? { token: frame, body: '' } : { token: frame.slice(0, end), body: frame.slice(end + 1) };
}

const membersOf: Readonly<Record<LiveFrameKind, Readonly<Record<string, 'string' | 'number'>>>> = {
  question: { exchange: 'string', dataset: 'string', until: 'number', nonce: 'string' },
  answer: { exchange: 'string', question: 'string', state: 'string', rows: 'number' },
  report: { exchange: 'string', question: 'string' },
};

function isWellFormed(kind: LiveFrameKind, statement: unknown): boolean {
  if (typeof statement !== 'object' || statement === null) return false;
  const members = statement as Readonly<Record<string, unknown>>;
  if (members['v'] !== 1) return false;
  if (kind === 'answer' && members['state'] !== 'rows' && members['state'] !== 'failed') return false;
  return Object.entries(membersOf[kind]).every(([name, type]) => typeof members[name] === type);
}
