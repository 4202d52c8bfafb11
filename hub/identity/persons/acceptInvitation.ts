import { Problem } from '../../../terms/problem.ts';
import { invitationByFirst, useInvitation } from '../store/invitations.ts';
import { movePerson } from '../store/persons.ts';
import type { Act, ActContext, Ground } from '../act.ts';
import { halfHash } from './invitePerson.ts';
import { sameHash } from '../secrets/secretHash.ts';
import { newToken, type IssuedToken } from './staffToken.ts';

export interface Acceptance {
  /** the half that whoever invited handed over */
  readonly first: string;
  /** the half that whoever confirmed handed over */
  readonly second: string;
  /** of the token, 1 to 366; default 90 */
  readonly days?: number;
}

export interface Accepted extends IssuedToken {
  readonly person: string;
}

/**
 * She comes in: both halves become her first token, once.
 * @throws Problem invitation_invalid, invitation_waits (nobody has confirmed), invitation_used, invitation_expired, token_request_invalid
 */
export async function acceptInvitation(
  request: Acceptance,
  { exchange, now }: ActContext,
  { reader }: Pick<Ground, 'reader'>,
): Promise<Act<Accepted>> {
  const row = await invitationByFirst(reader, halfHash(request.first));
  if (row === undefined) throw new Problem('invitation_invalid');
  if (row.usedAt !== null) throw new Problem('invitation_used');
  if (now >= row.expiresAt) throw new Problem('invitation_expired');
  if (row.second === null) throw new Problem('invitation_waits');
  if (!sameHash(row.second, halfHash(request.second))) throw new Problem('invitation_invalid');
  const { person } = row;
  const made = newToken({ person, roles: null, days: request.days ?? 90 }, now);
  return {
    reply: { person, ...made.issued },
    change: { person, token: made.issued.id, expires: made.issued.expires },
    work: async (transaction) => {
      const taken = await useInvitation(transaction, person, now);
      const moved = await movePerson(transaction, { id: person, from: 'invited', to: 'active' });
      if (!taken || !moved) throw new Problem('invitation_used');
      await made.store(transaction, exchange);
    },
    bumpsEpoch: true,
  };
}
