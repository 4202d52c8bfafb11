import { allowed, type AllowedOutcome } from '../gate/call.ts';
import type { Act } from '../identity/act.ts';

/** An act of identity as the outcome of its operation. */
export const actOutcome = <R>(status: number, { reply, change, work, bumpsEpoch }: Act<R>): AllowedOutcome =>
  allowed(status, reply, { facts: { change }, work, bumpsEpoch });
