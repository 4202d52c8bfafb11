import { Problem } from '../../../terms/problem.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { endPerson as endRows, openOfPerson, type OpenOfPerson } from '../store/endPerson.ts';
import type { Act, ActContext, Ground } from '../act.ts';

export interface Ended {
  readonly person: string;
  readonly changed: boolean;
  /** what of hers ended with it */
  readonly ended: OpenOfPerson;
}

/**
 * A person leaves: her credentials, sessions and unused enrolment codes end, and so does what she submitted, proposed, granted or invited and
 * nobody has confirmed. What she decided stands. To end what has ended changes nothing.
 * @param by id of the person who ends it
 * @throws Problem person_unknown
 */
export async function endPerson(
  request: { readonly person: string; readonly reason: string },
  by: string,
  { exchange, now }: ActContext,
  { directory, reader }: Pick<Ground, 'directory' | 'reader'>,
): Promise<Act<Ended>> {
  const known = directory.persons.get(request.person);
  if (known === undefined) throw new Problem('person_unknown');
  const { id } = known;
  const changed = known.state !== 'ended';
  const ended = await openOfPerson(reader, id);
  const { reason } = request;
  const work = async (transaction: Transaction): Promise<void> => {
    if (!(await endRows(transaction, { person: id, at: now, by, reason, exchange })))
      throw new Problem('transition_not_allowed', { what: `person ${id}`, state: 'ended', act: 'end' });
  };
  return {
    reply: { person: id, changed, ended },
    change: { person: id, state: 'ended', changed, reason, ...ended },
    ...(changed ? { work } : {}),
    bumpsEpoch: changed,
  };
}
