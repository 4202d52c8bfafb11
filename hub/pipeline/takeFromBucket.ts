import { Problem } from '../../terms/problem.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import type { GateServices, Passage } from './passage.ts';
import { Unlogged } from './unlogged.ts';

/** First step: one caller cannot crowd out the others. @throws Unlogged too_many_requests */
export function takeFromBucket<C extends Caller>(services: GateServices, passage: Passage<C>): void {
  const { door, request, now, operation } = passage;
  const wait = services.calls.take(door.bucketOf(request.head), now);
  if (wait === 0) return;
  services.overload.count(operation.id);
  const headers = { 'retry-after': String(Math.ceil(wait)) };
  throw new Unlogged(new Problem('too_many_requests', {}, { headers }));
}
