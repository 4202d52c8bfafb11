import { verdictOf } from '../../domain/permissions.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';

/** Open sessions: her own, and those of others that she may end. */
export async function listSessions(call: Call<StaffCaller>, { identity }: Services): Promise<Outcome> {
  const { caller, now } = call;
  const persons = new Map(identity.persons().map((person) => [person.id, person]));
  const sessions = (await identity.sessions.open(now)).flatMap((row) => {
    const person = persons.get(row.person);
    const place = person?.department ?? undefined;
    const own = row.person === caller.person;
    if (person === undefined || (!own && verdictOf('endSession', caller.grants, [place]) !== 'act'))
      return [];
    return [
      {
        id: row.id,
        person: row.person,
        name: person.name,
        way: row.way,
        begun: new Date(row.begunAt).toISOString(),
        seen: new Date(row.seenAt).toISOString(),
        expires: new Date(row.expiresAt).toISOString(),
        current: row.id === caller.tokenId,
      },
    ];
  });
  return allowed(200, { sessions }, { facts: { change: { sessions: sessions.length } } });
}
