/** Bearer tokens of persons: `dtg_<id>_<secret>`. The id names the token in entries and lists; only the secret's hash is stored. */
import { randomBytes } from 'node:crypto';
import type { Role } from '../../domain/permissions.ts';
import { Problem } from '../../../terms/problem.ts';
import { insertToken, revokeToken as revokeRow, type TokenRow } from '../store/credentials.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import type { Act, ActContext, ActDependencies } from '../act.ts';
import type { StaffCaller } from '../authentication/caller.ts';
import { Refusal } from '../authentication/refusal.ts';
import { staffCallerOf } from '../authentication/staffCallerOf.ts';
import { sameHash, secretHash, randomText } from '../secrets/secrets.ts';
import { digitsOf } from '../store/keyedHashes.ts';
import type { Directory } from '../directory/directory.ts';

const form = /^Bearer dtg_([0-9a-z]{10})_([A-Za-z0-9_-]{43})$/;
const day = 86_400_000;

/**
 * Returns the person of a token. An unknown id and a wrong secret get the same reply.
 * @param authorization the header's value
 * @param now Unix milliseconds
 * @throws Refusal token_missing, token_invalid, token_expired, token_revoked (also of a person whose time here has ended)
 */
export function authenticateStaff(
  authorization: string | undefined,
  now: number,
  directory: Directory,
): StaffCaller {
  try {
    return tokenHolder(authorization, now, directory);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Refusal(error, { proven: {}, claimed: { token: claimedToken(authorization) } });
  }
}

function tokenHolder(authorization: string | undefined, now: number, directory: Directory): StaffCaller {
  if (authorization === undefined || authorization === '') throw new Problem('token_missing');
  const [, id = '', secret = ''] = form.exec(authorization) ?? [];
  const row = directory.tokens.get(id);
  const matches = isSecretOf(row, secret, directory);
  const person = row === undefined ? undefined : directory.persons.get(row.person);
  if (row?.kind !== 'token' || person === undefined || !matches) throw new Problem('token_invalid');
  if (row.revokedAt !== null || person.state !== 'active') throw new Problem('token_revoked');
  if (now >= row.expiresAt) throw new Problem('token_expired');
  return staffCallerOf(person, row, directory, now);
}

/** Compares hashes also where no token has the id, so that the response time does not disclose it. */
function isSecretOf(
  row: { readonly hash: string } | undefined,
  secret: string,
  directory: Directory,
): boolean {
  const hash = secretHash(secret);
  const expected = directory.stored?.(hash) ?? hash;
  return sameHash(digitsOf(expected), digitsOf(row?.hash ?? '00'.repeat(32)));
}

/** The id that a header names, for the entry of a rejection; undefined where it names none. */
function claimedToken(authorization: string | undefined): string | undefined {
  return form.exec(authorization ?? '')?.[1];
}

export interface TokenRequest {
  /** fewer than the person's own; absent: all of them, also those granted later */
  readonly roles?: readonly Role[];
  /** 1 to 366, default 90 */
  readonly days?: number;
}

export interface IssuedToken {
  readonly id: string;
  /** shown once */
  readonly token: string;
  /** RFC 3339 */
  readonly expires: string;
}

/**
 * Issues another token for the caller's own person; a token for another person is not possible. It has no role that the requesting token
 * does not have.
 * @throws Problem token_request_invalid
 */
export function issueToken(
  request: TokenRequest,
  staff: StaffCaller,
  { exchange, now }: ActContext,
  { directory }: Pick<ActDependencies, 'directory'>,
): Act<IssuedToken> {
  const narrowed = directory.tokens.get(staff.tokenId)?.roles ?? null;
  const roles = request.roles ?? narrowed;
  if (roles?.some((role) => !staff.scopes.includes(role)) === true) {
    throw new Problem('token_request_invalid', { reason: 'roles that you do not have' });
  }
  const made = newToken({ person: staff.person, roles, days: request.days ?? 90 }, now);
  return {
    reply: made.issued,
    change: { token: made.issued.id, person: staff.person, expires: made.issued.expires },
    work: (transaction) => made.store(transaction, exchange),
    bumpsEpoch: true,
  };
}

/** A token with the work that stores it. @throws Problem token_request_invalid */
export function newToken(
  { person, roles, days }: Pick<TokenRow, 'person' | 'roles'> & { readonly days: number },
  now: number,
): {
  readonly issued: IssuedToken;
  readonly store: (transaction: Transaction, exchange: string) => Promise<void>;
} {
  if (!Number.isSafeInteger(days) || days < 1 || days > 366) {
    throw new Problem('token_request_invalid', { reason: 'days: 1 to 366' });
  }
  const id = randomText(10).toLowerCase();
  const secret = randomBytes(32).toString('base64url');
  const expiresAt = now + days * day;
  const row = { id, hash: secretHash(secret), person, roles, expiresAt };
  return {
    issued: { id, token: `dtg_${id}_${secret}`, expires: new Date(expiresAt).toISOString() },
    store: (transaction, exchange) => insertToken(transaction, row, exchange),
  };
}

/** Revoking a revoked token changes nothing. @throws Problem token_unknown */
export function revokeToken(
  request: { readonly id: string; readonly reason?: string },
  { exchange, now }: ActContext,
  { directory }: Pick<ActDependencies, 'directory'>,
): Act<{ readonly id: string }> {
  const row = directory.tokens.get(request.id);
  if (row === undefined) throw new Problem('token_unknown');
  return {
    reply: { id: row.id },
    change: { token: row.id, person: row.person, reason: request.reason ?? 'unspecified' },
    work: async (transaction) => {
      await revokeRow(transaction, { id: row.id, at: now, exchange });
    },
    bumpsEpoch: true,
  };
}
