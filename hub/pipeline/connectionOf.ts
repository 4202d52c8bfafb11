/** A connection that a call opened: its end is told by an entry of its own, by the caller who opened it. */
import { uuid7 } from '../../machine/uuid7.ts';
import { entry } from '../log/entry.ts';
import type { Caller } from '../identity/authentication/caller.ts';
import type { Answer } from './call.ts';
import { actorOf } from './entryOf.ts';
import type { GateServices, Passage } from './passage.ts';
import type { OutgoingReply } from './reply.ts';

/** @throws TypeError where nobody is known to have opened it */
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
