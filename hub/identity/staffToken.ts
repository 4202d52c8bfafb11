/** Bearer tokens of staff: `dtg_<id>_<secret>`. The id names the token in entries and lists; only the secret's hash is stored. */
import { randomBytes } from 'node:crypto';
import { departmentCode } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import { insertStaffToken, revokeStaffToken, type StaffTokenRow } from '../store/staffTokens.ts';
import type { Act, ActContext } from './act.ts';
import type { StaffCaller, StaffScope } from './caller.ts';
import { randomText } from './randomText.ts';
import { sameHash, secretHash } from './secretHash.ts';
import type { Registry } from './registry.ts';

const form = /^Bearer dtg_([0-9a-z]{10})_([A-Za-z0-9_-]{43})$/;
const day = 86_400_000;
export const staffScopes: readonly StaffScope[] = ['operator', 'steward', 'security', 'auditor'];
const isScope = (text: string): text is StaffScope => (staffScopes as readonly string[]).includes(text);

/**
 * Who a token belongs to. An unknown id and a wrong secret are told apart by nobody.
 * @param authorization the header's value
 * @param now Unix milliseconds
 * @throws Problem token_missing, token_invalid, token_expired, token_revoked
 */
export function authenticateStaff(
  authorization: string | undefined,
  now: number,
  registry: Registry,
): StaffCaller {
  if (authorization === undefined || authorization === '') throw new Problem('token_missing');
  const [, id = '', secret = ''] = form.exec(authorization) ?? [];
  const row = registry.tokens.get(id);
  const matches = sameHash(secretHash(secret), row?.hash ?? '00'.repeat(32));
  if (row === undefined || !matches) throw new Problem('token_invalid');
  if (row.revokedAt !== null) throw new Problem('token_revoked');
  if (now >= row.expiresAt) throw new Problem('token_expired');
  return {
    tokenId: row.id,
    name: row.name,
    scopes: row.scopes.filter(isScope),
    department: row.department === null ? undefined : departmentCode(row.department),
  };
}

/** The id a header names, for the entry of a refusal; undefined where it names none. */
export function claimedToken(authorization: string | undefined): string | undefined {
  return form.exec(authorization ?? '')?.[1];
}

/** @throws Problem scope_missing unless the caller has one of the scopes */
export function requireScope(staff: StaffCaller, scopes: readonly StaffScope[]): void {
  if (!scopes.some((scope) => staff.scopes.includes(scope))) {
    throw new Problem('scope_missing', { scope: scopes.join(' / ') });
  }
}

export interface TokenRequest {
  /** of the person or machine */
  readonly name: string;
  readonly scopes: readonly string[];
  /** a steward's department */
  readonly department?: string;
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

/** @throws Problem token_request_invalid, department_unknown */
export function issueToken(
  request: TokenRequest,
  { exchange, now }: ActContext,
  registry: Registry,
): Act<IssuedToken> {
  const days = request.days ?? 90;
  const invalid = (reason: string): Problem => new Problem('token_request_invalid', { reason });
  if (!Number.isSafeInteger(days) || days < 1 || days > 366) throw invalid('days');
  if (request.name.trim().length < 2 || request.name.length > 60) throw invalid('name');
  if (request.scopes.length === 0 || !request.scopes.every(isScope)) throw invalid('scopes');
  if (request.department !== undefined && !registry.departments.has(request.department)) {
    throw new Problem('department_unknown', { department: request.department });
  }
  const id = randomText(10).toLowerCase();
  const secret = randomBytes(32).toString('base64url');
  const scopes = [...new Set(request.scopes)].sort();
  const row: Omit<StaffTokenRow, 'revokedAt'> = {
    id,
    hash: secretHash(secret),
    name: request.name,
    scopes,
    department: request.department ?? null,
    expiresAt: now + days * day,
  };
  const expires = new Date(row.expiresAt).toISOString();
  return {
    reply: { id, token: `dtg_${id}_${secret}`, expires },
    change: {
      token: id,
      name: request.name,
      scopes: scopes.join(' '),
      expires,
      ...(request.department === undefined ? {} : { department: request.department }),
    },
    work: (transaction) => insertStaffToken(transaction, row, exchange),
    bumpsEpoch: true,
  };
}

/** Revoking a revoked token changes nothing. @throws Problem token_unknown */
export function revokeToken(
  request: { readonly id: string; readonly reason?: string },
  { exchange, now }: ActContext,
  registry: Registry,
): Act<{ readonly id: string }> {
  const row = registry.tokens.get(request.id);
  if (row === undefined) throw new Problem('token_unknown');
  return {
    reply: { id: row.id },
    change: { token: row.id, name: row.name, reason: request.reason ?? 'unspecified' },
    work: async (transaction) => {
      await revokeStaffToken(transaction, { id: row.id, at: now, exchange });
    },
    bumpsEpoch: true,
  };
}
