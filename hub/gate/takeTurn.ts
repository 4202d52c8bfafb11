import type { Caller } from '../identity/authentication/caller.ts';
import type { GateServices, Passage } from './passage.ts';

/** Acts that lost to others are decided again one at a time, so that acts done at once all come through. */
export async function takeTurn<C extends Caller>({ acts }: GateServices, passage: Passage<C>): Promise<void> {
  if (passage.operation.kind === 'management') passage.endTurn ??= await acts.take(false);
}
