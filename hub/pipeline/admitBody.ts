import type { Caller } from '../identity/authentication/caller.ts';
import type { Announced } from './call.ts';
import type { Passage } from './passage.ts';

const nothing = new Uint8Array(0);

/**
 * Reads the body of a caller who is known, once the operation has said that it may come: what nobody may send takes no memory.
 * @throws Problem of the operation, body_too_large, hub_busy; ClientGone
 */
export async function admitBody<C extends Caller>(
  passage: Passage<C>,
  announced: Announced<C>,
): Promise<Uint8Array> {
  if (!passage.request.head.hasBody) return nothing;
  await passage.operation.admit?.(announced);
  return (passage.bytes ??= await passage.request.readBody());
}
