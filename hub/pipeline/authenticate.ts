import { Problem } from '../../terms/problem.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import type { GateServices, Passage } from './passage.ts';
import { Unlogged } from './unlogged.ts';

/**
 * Who is calling, from the head of the request alone. Whoever is not proven is slowed down by its address: entries of strangers would
 * fill the log.
 * @param attempt of the same call: it is counted once
 * @throws Refusal; Unlogged too_many_attempts; TypeError where the call stands before another door than its listener's contract names:
 *   nobody gets in
 */
export async function authenticate<C extends Caller>(
  services: GateServices,
  passage: Passage<C>,
  attempt: number,
): Promise<C> {
  const { door, request } = passage;
  if (request.scheme !== door.scheme)
    throw new TypeError(
      `openapi.yaml asks for ${request.scheme ?? 'nothing'}, the door for ${door.scheme ?? 'nothing'}`,
    );
  let caller: C | undefined;
  try {
    caller = await door.authenticate(request.head, passage);
    return caller;
  } finally {
    if (attempt === 1 && (caller === undefined || caller.kind === 'stranger')) slowDown(services, passage);
  }
}

function slowDown<C extends Caller>(services: GateServices, passage: Passage<C>): void {
  const { door, request, now, operation } = passage;
  const address = door.strangerOf(request.head);
  if (address === undefined || operation.kind === 'none') return;
  const wait = services.strangers.take(address, now);
  if (wait === 0) return;
  services.overload.count(operation.id);
  const seconds = Math.ceil(wait);
  const headers = { 'retry-after': String(seconds) };
  throw new Unlogged(new Problem('too_many_attempts', { seconds }, { headers }));
}
