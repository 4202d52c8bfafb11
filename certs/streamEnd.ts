/**
 * The signed statements of a stream between its rows: after each part, and at its end. Each statement is a compact JWS over everything
 * before it. So a consumer may use the rows it has, and detects when something is missing.
 */
import { Problem } from '../terms/problem.ts';
import { signJws, verifyJws } from './jws.ts';
import type { SigningKey, VerificationKey } from './signatures/key.ts';

const streamStatementType = 'datong-stream+jws';

/** part: more follows. complete: that was all. aborted: `code` names the reason. */
export type StreamState = 'part' | 'complete' | 'aborted';

/** Notes about rows, by their positions (from 0) in the whole of the stream. */
export interface StreamNote {
  readonly code: string;
  readonly records: readonly number[];
}

export interface StreamStatement {
  readonly v: 1;
  /** id of the exchange that opened the stream */
  readonly stream: string;
  /** base64url SHA-256 of the request's signature */
  readonly request: string;
  readonly state: StreamState;
  /** parts, rows and bytes so far; the bytes are those before the line of this statement */
  readonly parts: number;
  readonly rows: number;
  readonly bytes: number;
  /** base64url SHA-256 of those bytes */
  readonly sha256: string;
  /** problem code, of an aborted stream */
  readonly code?: string;
  /** of a part: a call that names it as `after` returns what follows this part */
  readonly cursor?: string;
  /** of a part the notes on its rows, of a file those on all rows; absent where nothing is open */
  readonly notes?: readonly StreamNote[];
}

export const signStreamStatement = (statement: StreamStatement, key: SigningKey): string =>
  signJws(statement, key, { typ: streamStatementType });

/** @throws Problem jws_invalid */
export async function verifyStreamStatement(
  token: string,
  keyOf: (keyid: string) => VerificationKey | undefined,
): Promise<StreamStatement> {
  const { payload } = await verifyJws(token, ({ kid, typ }) =>
    typ === streamStatementType && typeof kid === 'string' ? keyOf(kid) : undefined,
  );
  const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
  if (!isStatement(value)) throw new Problem('jws_invalid', {}, { check: 'stream' });
  return value;
}

function isStatement(value: unknown): value is StreamStatement {
  if (typeof value !== 'object' || value === null) return false;
  const { v, stream, request, state, parts, rows, bytes, sha256, cursor, notes } = value as Record<
    string,
    unknown
  >;
  return (
    v === 1 &&
    [stream, request, sha256].every((text) => typeof text === 'string') &&
    [parts, rows, bytes].every((count) => Number.isSafeInteger(count)) &&
    (cursor === undefined || typeof cursor === 'string') &&
    (notes === undefined || (Array.isArray(notes) && notes.every(isNote))) &&
    (state === 'part' || state === 'complete' || state === 'aborted')
  );
}

function isNote(value: unknown): value is StreamNote {
  if (typeof value !== 'object' || value === null) return false;
  const { code, records } = value as Record<string, unknown>;
  return (
    typeof code === 'string' && Array.isArray(records) && records.every((at) => Number.isSafeInteger(at))
  );
}
