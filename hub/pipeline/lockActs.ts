import type { Caller } from '../identity/authentication/caller.ts';
import type { GateServices, Passage } from './passage.ts';

/** Acts that lost to others are decided again one at a time, so that acts done at once all come through. The gate releases the mutex at last. */
export async function lockActs<C extends Caller>({ acts }: GateServices, passage: Passage<C>): Promise<void> {
  if (passage.operation.kind === 'management') passage.releaseActs ??= await acts.acquire(false);
}
