import type { Caller } from '../identity/authentication/caller.ts';
import type { GateServices, Passage } from './passage.ts';
import type { OutgoingReply } from './reply.ts';

/** Begins the trace of a call. Only a proven caller can make the hub record one. */
export function beginTrace<C extends Caller>(
  { tracing }: GateServices,
  passage: Passage<C>,
  caller: C,
): void {
  if (tracing === undefined) return;
  const { exchange, arrived, operation, request } = passage;
  const { rawHeaders } = request.head;
  passage.trace = tracing.begin({ exchange, operation: operation.id, rawHeaders, caller, arrived });
}

/** The reply of a call. After it the call's claims are released and its trace ends. */
export async function ending<C extends Caller>(
  passage: Passage<C>,
  reply: Promise<OutgoingReply>,
): Promise<OutgoingReply> {
  let status: number | undefined;
  try {
    const sent = await reply;
    ({ status } = sent);
    return sent;
  } finally {
    passage.releaseActs?.();
    passage.trace?.end(status);
  }
}
