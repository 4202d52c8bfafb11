/**
 * Reads of staff without personal data: the hub counts them by person, day and operation. Only operations that openapi.yaml declares
 * `x-counted` are counted. Refused calls and calls of departments have an entry each.
 */
import { dayInChina } from '../../terms/civilDate.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import type { Decided, GateServices, Passage } from './passage.ts';
import type { ReplyParts } from './reply.ts';

/** @returns the reply of a call that was counted, durably. It has no receipt, because there is no entry. undefined: the call needs an entry */
export async function countedReply<C extends Caller>(
  { views }: GateServices,
  { now, operation, exchange }: Passage<C>,
  { outcome, caller, epoch }: Decided<C>,
): Promise<ReplyParts | undefined> {
  if (views === undefined || !operation.counted) return undefined;
  if (outcome.entry !== 'allow' || caller?.kind !== 'staff') return undefined;
  const { person, department = null } = caller;
  const view = { day: dayInChina(now), person, department, operation: operation.id, epoch };
  if (!(await views.count(view))) return undefined;
  const { status, contentType, body, headers = {} } = outcome;
  return { exchange, status, contentType, body, headers };
}
