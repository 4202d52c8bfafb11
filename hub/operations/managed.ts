/** Operations of the staff and open listeners that leave an entry: what they get, and what they answer. */
import type { X509Certificate } from 'node:crypto';
import type { LeafFacts } from '../exchange/call.ts';
import type { Act } from '../identity/act.ts';
import type { StaffCaller } from '../identity/caller.ts';
import type { Transaction } from '../store/transaction.ts';
import { Problem } from '../../terms/problem.ts';
import type { Services } from './services.ts';

export interface ManagedCall {
  /** uuid version 7 of this call and of its entry */
  readonly exchange: string;
  /** Unix milliseconds, database clock */
  readonly now: number;
  readonly operation: string;
  /** undefined on the open listener */
  readonly staff: StaffCaller | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** validated against openapi.yaml */
  readonly body: unknown;
  /** the certificate shown in the handshake, accepted or not */
  readonly certificate: X509Certificate | undefined;
}

/** What to answer once the entry is durable. The rows change in the entry's transaction, so neither stands without the other. */
export interface ManagedOutcome {
  readonly status: number;
  /** JSON */
  readonly body: unknown;
  readonly facts: LeafFacts;
  readonly work?: (transaction: Transaction) => Promise<void>;
  readonly bumpsEpoch?: boolean;
  /** what was decided looked at other registrations: it is decided again when they changed meanwhile */
  readonly fenced?: boolean;
}

export type ManagedOperation = (
  call: ManagedCall,
  services: Services,
) => Promise<ManagedOutcome> | ManagedOutcome;

/** An answer that leaves no entry: public material and health. */
export interface PublicAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

export type PublicOperation = (
  call: Pick<ManagedCall, 'params' | 'query' | 'certificate'>,
  services: Services,
) => Promise<PublicAnswer> | PublicAnswer;

export function jsonBody(status: number, value: unknown): PublicAnswer {
  return { status, contentType: 'application/json', body: Buffer.from(JSON.stringify(value)) };
}

/** An act of identity as the outcome of its operation. */
export function outcomeOf<R>(status: number, act: Act<R>): ManagedOutcome {
  return {
    status,
    body: act.reply,
    facts: { kind: 'management', change: act.change },
    ...(act.work === undefined ? {} : { work: act.work }),
    bumpsEpoch: act.bumpsEpoch,
    fenced: true,
  };
}

/** @throws Problem token_missing where an operation of the staff listener was bound to another one */
export function staffOf(call: ManagedCall): StaffCaller {
  if (call.staff === undefined) throw new Problem('token_missing');
  return call.staff;
}

/** A steward of a department registers for that department only; the operator and the data office's stewards for all. */
export function mayActFor(staff: StaffCaller, department: string): void {
  if (staff.scopes.includes('operator') || staff.department === undefined) return;
  if (staff.department !== department) throw new Problem('not_your_department', { department });
}
