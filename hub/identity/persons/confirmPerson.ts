import { asIs } from '../../../terms/bilingual.ts';
import { sameGrant, type RoleGrant } from '../../domain/roles.ts';
import { ofOneHand, type Hands } from '../../domain/standIn.ts';
import { Problem } from '../../../terms/problem.ts';
import { setSecondHalf } from '../store/invitations.ts';
import { confirmPerson as confirmRow } from '../store/persons.ts';
import type { Act, Ground } from '../act.ts';
import type { Directory } from '../directory/directory.ts';
import { grantText, halfHash } from './invitePerson.ts';
import type { KnownPerson } from './knownPersons.ts';
import { oneTimeCode } from '../secrets/oneTimeCode.ts';

export interface Confirmed {
  readonly person: string;
  /** shown once: the second half, where she has not come in yet */
  readonly code?: string;
}

/** @throws Problem person_unknown */
export function personIn(directory: Pick<Directory, 'persons'>, id: string): KnownPerson {
  const person = directory.persons.get(id);
  if (person === undefined || person.state === 'ended') throw new Problem('person_unknown');
  return person;
}

/**
 * The second person: confirms an invitation and the roles that wait, which she has read.
 * @param roles as they were shown; others may have been added since
 * @param confirmer who confirms: not the one who invited or granted, nor she herself, nor of one hand with them
 * @throws Problem person_unknown, four_eyes, transition_not_allowed (nothing waits, or other roles do)
 */
export function confirmPerson(
  request: { readonly person: string; readonly roles: readonly RoleGrant[] },
  confirmer: Hands,
  { directory }: Pick<Ground, 'directory'>,
): Act<Confirmed> {
  const person = personIn(directory, request.person);
  const { waiting } = person;
  const awaited = waiting.map(({ role, department }): RoleGrant => ({
    role,
    department: department ?? undefined,
  }));
  const same =
    awaited.length === request.roles.length &&
    awaited.every((grant) => request.roles.some((other) => sameGrant(grant, other)));
  const stale = new Problem('transition_not_allowed', {
    what: `person ${person.id}`,
    state: awaited.length > 0 ? asIs(awaited.map(grantText).join(' ')) : person.state,
    act: 'confirm',
  });
  if (!same || (waiting.length === 0 && person.confirmedBy !== null)) throw stale;
  const others = [person.id, ...waiting.map(({ grantedBy }) => grantedBy)];
  if (person.confirmedBy === null) others.push(person.invitedBy);
  if (others.some((other) => ofOneHand(confirmer, other))) throw new Problem('four_eyes');
  const second = person.state === 'invited' && person.confirmedBy === null ? oneTimeCode() : undefined;
  return {
    reply: { person: person.id, ...(second === undefined ? {} : { code: second }) },
    change: { person: person.id, roles: awaited.map(grantText).join(' '), confirmed: true },
    work: async (transaction) => {
      await confirmRow(transaction, person.id, confirmer.person);
      if (second !== undefined && !(await setSecondHalf(transaction, person.id, halfHash(second))))
        throw stale;
    },
    bumpsEpoch: true,
  };
}
