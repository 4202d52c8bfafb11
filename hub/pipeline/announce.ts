import type { Caller } from '../identity/authentication/caller.ts';
import type { Announced } from './call.ts';
import type { Passage } from './passage.ts';

/**
 * The call as far as its head tells, checked against openapi.yaml.
 * @throws Problem invalid_request, header_text_malformed, header_identity_number
 */
export function announce<C extends Caller>(passage: Passage<C>, caller: C): Announced<C> {
  const { exchange, now, operation, request } = passage;
  const known: Caller = caller;
  if (known.kind === 'department' && known.refusedHeader !== undefined) throw known.refusedHeader;
  const query = request.checkHead();
  return {
    exchange,
    operation: operation.id,
    now,
    caller,
    head: request.head,
    params: request.params,
    query,
  };
}
