import { asIs } from '../../../terms/bilingual.ts';
import { sameGrant, type RoleGrant, isSeparated } from '../../domain/permissions.ts';
import { isSamePerson, type ActingPersons } from '../../domain/standIn.ts';
import { Problem } from '../../../terms/problem.ts';
import { setSecondHalf, invitationByFirst, useInvitation } from '../store/enrolmentCodes.ts';
import { confirmPerson as confirmRow, insertRoleGrant, movePerson } from '../store/persons.ts';
import type { Act, ActDependencies, ActContext } from '../act.ts';
import type { Directory } from '../directory/directory.ts';
import { grantText, halfHash, refuseMeeting } from './invitePerson.ts';
import type { KnownPerson } from './knownPersons.ts';
import { oneTimeCode, sameHash } from '../secrets/secrets.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { endPerson as endRows, openOfPerson, type OpenOfPerson } from '../store/endPerson.ts';
import { newToken, type IssuedToken } from './staffToken.ts';
import { defined } from '../../../terms/defined.ts';

export interface Confirmed {
  readonly person: string;
  /** shown once: the second half, if the person has not joined yet */
  readonly code?: string;
}

/** @throws Problem person_unknown */
export function personIn(directory: Pick<Directory, 'persons'>, id: string): KnownPerson {
  const person = directory.persons.get(id);
  if (person === undefined || person.state === 'ended') throw new Problem('person_unknown');
  return person;
}

/**
 * Confirms an invitation and the waiting roles, as the second person who has read them.
 * @param roles as they were shown; others may have been added since
 * @param confirmer who confirms: not the inviter or granter, not the person themselves, and not counted as one person with any of them
 * @throws Problem person_unknown, four_eyes, transition_not_allowed (nothing waits, or other roles do)
 */
export function confirmPerson(
  request: { readonly person: string; readonly roles: readonly RoleGrant[] },
  confirmer: ActingPersons,
  { directory }: Pick<ActDependencies, 'directory'>,
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
  if (others.some((other) => isSamePerson(confirmer, other))) throw new Problem('four_eyes');
  const second = person.state === 'invited' && person.confirmedBy === null ? oneTimeCode() : undefined;
  return {
    reply: { person: person.id, ...defined({ code: second }) },
    change: { person: person.id, roles: awaited.map(grantText).join(' '), confirmed: true },
    work: async (transaction) => {
      await confirmRow(transaction, person.id, confirmer.person);
      if (second !== undefined && !(await setSecondHalf(transaction, person.id, halfHash(second))))
        throw stale;
    },
    bumpsEpoch: true,
  };
}

interface Ended {
  readonly person: string;
  readonly changed: boolean;
  /** what ended with the person */
  readonly ended: OpenOfPerson;
}

/**
 * Ends a person's time. Their credentials, sessions and unused enrolment codes end, and so does everything they submitted, proposed,
 * granted or invited that is not confirmed yet. Their decisions remain valid. Ending a person twice changes nothing.
 * @param by id of the person who ends it
 * @throws Problem person_unknown
 */
export async function endPerson(
  request: { readonly person: string; readonly reason: string },
  by: string,
  { exchange, now }: ActContext,
  { directory, reader }: Pick<ActDependencies, 'directory' | 'reader'>,
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

/**
 * Grants one more role to a person who has joined. It takes effect once another person has confirmed it.
 * @throws Problem person_unknown, department_unknown, person_invalid, roles_apart, already_registered
 */
export function grantRole(
  request: { readonly person: string; readonly grant: RoleGrant },
  by: string,
  { exchange }: ActContext,
  { directory }: Pick<ActDependencies, 'directory'>,
): Act<{ readonly person: string }> {
  const { id, grants, waiting } = personIn(directory, request.person);
  const { role, department } = request.grant;
  if (role === 'operator' && department !== undefined)
    throw new Problem('person_invalid', { reason: 'the role operator belongs to the data office alone' });
  if (department !== undefined && !directory.departments.has(department)) {
    throw new Problem('department_unknown', { department });
  }
  if (isSeparated(role)) refuseMeeting([...grants, ...waiting, request.grant]);
  return {
    reply: { person: id },
    change: { person: id, roles: grantText(request.grant) },
    work: async (transaction) => {
      const row = { person: id, role, department: department ?? null, grantedBy: by, confirmedBy: null };
      const granted = await insertRoleGrant(transaction, row, exchange);
      if (granted === 'apart') throw new Problem('roles_apart', { roles: role });
      if (granted === 'held')
        throw new Problem('already_registered', { what: `person ${id} ${grantText(request.grant)}` });
    },
    bumpsEpoch: true,
  };
}

interface Acceptance {
  /** the half that the inviter handed over */
  readonly first: string;
  /** the half that the confirmer handed over */
  readonly second: string;
  /** of the token, 1 to 366; default 90 */
  readonly days?: number;
}

interface Accepted extends IssuedToken {
  readonly person: string;
}

/**
 * Accepts an invitation: both halves become the person's first token, once.
 * @throws Problem invitation_invalid, invitation_waits (not confirmed yet), invitation_used, invitation_expired, token_request_invalid
 */
export async function acceptInvitation(
  request: Acceptance,
  { exchange, now }: ActContext,
  { reader }: Pick<ActDependencies, 'reader'>,
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
