import { allowedJson, type AllowedOutcome } from '../../pipeline/call.ts';
import type { OperationId, ReplyOf, StatusOf } from '../../pipeline/contract.ts';
import type { Act } from '../../identity/act.ts';

/** Converts an identity action into the outcome of its operation. */
export const actOutcome = <Id extends OperationId = never>(
  status: StatusOf<Id>,
  { reply, change, work, bumpsEpoch }: Act<ReplyOf<Id, StatusOf<Id>>>,
): AllowedOutcome => allowedJson(status, reply, { facts: { change }, work, bumpsEpoch });
