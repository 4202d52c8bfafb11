/**
 * Reads of staff without personal data: the hub counts them by person, day and operation. Only operations that openapi.yaml declares
 * `x-counted` are counted. Refused calls and calls of departments have an entry each.
 */
import { dayInChina } from '../../terms/civilDate.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import type { Decided, GateServices, Passage } from './passage.ts';
import type { ReplyParts } from './reply.ts';

/** Whether the call was counted, durably. A call that cannot be counted gets an entry. */
export async function isCounted<C extends Caller>(
  { views }: GateServices,
  { now, operation }: Passage<C>,
  { outcome, caller, epoch }: Decided<C>,
): Promise<boolean> {
  if (views === undefined || !operation.counted) return false;
  if (outcome.entry !== 'allow' || caller?.kind !== 'staff') return false;
  const { person, department = null } = caller;
  return views.count({ day: dayInChina(now), person, department, operation: operation.id, epoch });
}

/** The reply of a counted call. It has no receipt, because the call has no entry. */
export function viewReply<C extends Caller>({ exchange }: Passage<C>, { outcome }: Decided<C>): ReplyParts {
  if (outcome.entry !== 'allow') throw new TypeError('only an answer is counted');
  const { status, contentType, body, headers = {} } = outcome;
  return { exchange, status, contentType, body, headers };
}
