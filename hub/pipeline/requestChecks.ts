import type { RequestHead } from '../../certs/message.ts';
import { Problem } from '../../terms/problem.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { entry } from '../log/entry.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import type { AllowedOutcome, Answer, Outcome, Announced } from './call.ts';
import { actorOf } from './entryOf.ts';
import type { GateServices, Passage, BoundOperation } from './passage.ts';
import type { OutgoingReply } from './reply.ts';
import type { AuditLog } from '../log/draft.ts';
import { Unlogged } from './unlogged.ts';
import { checkContentDigest } from '../../certs/signatures/index.ts';

/**
 * A header that may occur only once: two readers could each use a different one. @param name lower case. @throws Problem header_duplicate
 */
export function headerOf({ rawHeaders }: Pick<RequestHead, 'rawHeaders'>, name: string): string | undefined {
  let found: string | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== name) continue;
    if (found !== undefined) throw new Problem('header_duplicate', { name }, { at: name });
    found = rawHeaders[i + 1];
  }
  return found;
}

/* A connection that a call opened. A separate entry records its end, with the caller who opened it. */

/** @throws TypeError where the caller who opened it is not known */
export function connectionOf<C extends Caller>(
  { audit, database }: GateServices,
  { operation }: Passage<C>,
  caller: Caller | undefined,
  connect: NonNullable<Answer['connect']>,
): NonNullable<OutgoingReply['connect']> {
  if (caller?.kind !== 'department') throw new TypeError(`${operation.id} opens connections of departments`);
  return (channel) =>
    connect({
      channel,
      end: async ({ facts, work }) => {
        const now = database.now();
        await audit.append(
          entry({
            exchange: uuid7(now),
            now,
            operation: operation.id,
            kind: operation.kind === 'none' ? 'inspect' : operation.kind,
            actor: actorOf(caller),
            facts,
            request: caller.signatureHash,
            carried: undefined,
            work,
          }),
        );
      },
    });
}

/** Whether an answer does more than to show: such an answer always has an entry. */
const hasEffects = ({
  claims,
  subjects,
  work,
  privatePart,
  atOnce,
  bumpsEpoch,
  stream,
  notices,
  connect,
  whenDurable,
}: AllowedOutcome): boolean =>
  [claims, subjects, work, privatePart, atOnce, bumpsEpoch, stream, notices, connect, whenDurable].some(
    (effect) => effect !== undefined,
  );

/** An outcome that openapi.yaml lets the operation have. @throws TypeError where it streams, or opens a connection, undeclared */
export function asDeclared<C extends Caller>(operation: BoundOperation<C>, outcome: Outcome): Outcome {
  if (outcome.entry !== 'allow') return outcome;
  if ((outcome.stream ?? outcome.notices) !== undefined && !operation.stream)
    throw new TypeError(`${operation.id} is not declared x-stream`);
  if (outcome.connect !== undefined && !operation.connection)
    throw new TypeError(`${operation.id} is not declared x-connection`);
  if (operation.counted && hasEffects(outcome))
    throw new TypeError(`${operation.id} is declared x-counted, but its answer has effects or subjects`);
  return outcome;
}

/**
 * The epoch that a decision may claim: that of registries as new as the log. It is read in the same turn of the event loop in which the
 * registries were found current. One turn later, a suspension in between would make a decision by the old rules look current, and the
 * append would accept it.
 * @param current undefined when every registry is as new as the log, else a promise of their reload
 */
export async function currentEpoch(
  current: () => Promise<void> | undefined,
  audit: Pick<AuditLog, 'epoch'>,
): Promise<number> {
  for (;;) {
    const reading = current();
    if (reading === undefined) return audit.epoch();
    await reading;
  }
}

/** Combines two registries into one. */
export function bothCurrent(
  identity: Promise<void> | undefined,
  registry: Promise<void> | undefined,
): Promise<void> | undefined {
  if (identity === undefined) return registry;
  return registry === undefined ? identity : Promise.all([identity, registry]).then(() => undefined);
}

/**
 * Authenticates the caller from the head of the request alone. Unauthenticated callers are rate-limited by address, because their entries
 * would fill the log.
 * @param attempt of the same call: it is counted once
 * @throws Refusal; Unlogged too_many_attempts; TypeError where the adapter is not the one that the contract names: every caller is refused
 */
export async function authenticate<C extends Caller>(
  services: GateServices,
  passage: Passage<C>,
  attempt: number,
): Promise<C> {
  const { door: callerAuth, request } = passage;
  if (request.scheme !== callerAuth.scheme)
    throw new TypeError(
      `openapi.yaml asks for ${request.scheme ?? 'nothing'}, the door for ${callerAuth.scheme ?? 'nothing'}`,
    );
  let caller: C | undefined;
  try {
    caller = await callerAuth.authenticate(request.head, passage);
    return caller;
  } finally {
    if (attempt === 1 && (caller === undefined || caller.kind === 'stranger')) slowDown(services, passage);
  }
}

function slowDown<C extends Caller>(services: GateServices, passage: Passage<C>): void {
  const { door: callerAuth, request, now, operation } = passage;
  const address = callerAuth.strangerOf(request.head);
  if (address === undefined || operation.kind === 'none') return;
  const wait = services.strangers.take(address, now);
  if (wait === 0) return;
  services.overload.count(operation.id);
  const seconds = Math.ceil(wait);
  const headers = { 'retry-after': String(seconds) };
  throw new Unlogged(new Problem('too_many_attempts', { seconds }, { headers }));
}

const nothing = new Uint8Array(0);

/**
 * Reads the body of an authenticated caller once the operation admits it. An inadmissible body uses no memory.
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

/** Checks that the body is the one that was signed. @throws Problem digest_mismatch */
export function checkDigest(caller: Caller, bytes: Uint8Array): void {
  if (caller.kind === 'department') checkContentDigest(caller.digest, bytes);
}

/**
 * The call as far as its head describes it, checked against openapi.yaml.
 * @throws Problem invalid_request, header_text_malformed, header_identity_number
 */
export function announce<C extends Caller>(passage: Passage<C>, caller: C): Announced<C> {
  const { exchange, now, operation, request, trace } = passage;
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
    trace,
  };
}
