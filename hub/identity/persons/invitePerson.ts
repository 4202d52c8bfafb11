/**
 * A person joins through two others: one invites and grants roles, another confirms. The person accepts with the code half that each of
 * them was shown.
 */
import type { FaultWord } from '../../../terms/factWords.ts';
import { isRole, incompatibleRoles, type RoleGrant } from '../../domain/permissions.ts';
import { Problem } from '../../../terms/problem.ts';
import { insertInvitation } from '../store/enrolmentCodes.ts';
import { insertPerson, insertRoleGrant } from '../store/persons.ts';
import type { Act, ActContext, ActDependencies } from '../act.ts';
import type { Directory } from '../directory/directory.ts';
import { randomText, oneTimeCode, oneTimeHash } from '../secrets/secrets.ts';

const hour = 3_600_000;
const invitationHours = 168;
export const halfHash = (half: string): string => oneTimeHash('datong-invitation', half);

export interface InvitationRequest {
  readonly name: string;
  /** the department where the person works; absent: the data office */
  readonly department?: string;
  /** a role without a department is one of the data office */
  readonly roles: readonly { readonly role: string; readonly department?: string }[];
}

export interface Invited {
  readonly person: string;
  /** shown once: the first half */
  readonly code: string;
  /** RFC 3339 */
  readonly expires: string;
}

/**
 * Invites a person. The person and their roles have no effect until another person confirms.
 * @param by id of the person who invites
 * @throws Problem person_invalid, roles_apart, department_unknown
 */
export function invitePerson(
  request: InvitationRequest,
  by: string,
  context: ActContext,
  { directory }: Pick<ActDependencies, 'directory'>,
): Act<Invited> {
  const made = prepare(request, by, undefined, context, directory);
  return { ...made.act, reply: { person: made.person, code: made.first, expires: made.expires } };
}

/** A person whom `datong hub bootstrap` invites, on the machine that holds the hub's keys: both halves at once. */
export interface Founder extends Invited {
  /** shown once: the second half */
  readonly second: string;
}

/** @throws Problem person_invalid, roles_apart, department_unknown */
export function inviteFounder(
  request: InvitationRequest,
  context: ActContext,
  { directory }: Pick<ActDependencies, 'directory'>,
): Act<Founder> {
  const second = oneTimeCode();
  const made = prepare(request, 'hub', second, context, directory);
  return { ...made.act, reply: { person: made.person, code: made.first, second, expires: made.expires } };
}

function prepare(
  request: InvitationRequest,
  by: string,
  second: string | undefined,
  { exchange, now }: ActContext,
  directory: Directory,
): {
  readonly act: Omit<Act<never>, 'reply'>;
  readonly person: string;
  readonly first: string;
  readonly expires: string;
} {
  const grants = grantsOf(request, directory);
  const person = randomText(10).toLowerCase();
  const first = oneTimeCode();
  const expiresAt = now + invitationHours * hour;
  const expires = new Date(expiresAt).toISOString();
  const confirmedBy = second === undefined ? null : 'hub';
  const row = {
    id: person,
    name: request.name,
    department: request.department ?? null,
    state: 'invited' as const,
    invitedBy: by,
    confirmedBy,
  };
  return {
    person,
    first,
    expires,
    act: {
      change: { person, roles: grants.map(grantText).join(' '), expires },
      work: async (transaction) => {
        await insertPerson(transaction, row, exchange);
        for (const { role, department } of grants) {
          const grant = { person, role, department: department ?? null, grantedBy: by, confirmedBy };
          await insertRoleGrant(transaction, grant, exchange);
        }
        await insertInvitation(transaction, {
          person,
          first: halfHash(first),
          second: second === undefined ? null : halfHash(second),
          expiresAt,
        });
      },
      bumpsEpoch: true,
    },
  };
}

/** `steward@education`, `operator@office`: the name of a role in entries. */
export const grantText = ({ role, department }: RoleGrant): string => `${role}@${department ?? 'office'}`;

function grantsOf(request: InvitationRequest, directory: Directory): RoleGrant[] {
  const invalid = (reason: FaultWord): Problem => new Problem('person_invalid', { reason });
  if (request.name.trim().length < 2 || request.name.length > 60)
    throw invalid('the name has 2 to 60 characters');
  if (request.roles.length === 0) throw invalid('at least one role');
  const departments = [request.department, ...request.roles.map((one) => one.department)];
  for (const department of departments) {
    if (department !== undefined && !directory.departments.has(department)) {
      throw new Problem('department_unknown', { department });
    }
  }
  const grants = request.roles.map(({ role, department }) => {
    if (!isRole(role)) throw invalid('an unknown role');
    if (role === 'operator' && department !== undefined)
      throw invalid('the role operator belongs to the data office alone');
    return { role, department };
  });
  refuseMeeting(grants);
  return grants;
}

/** @throws Problem roles_apart, if one person would hold two of the three roles that must be separate */
export function refuseMeeting(grants: readonly Pick<RoleGrant, 'role'>[]): void {
  const meeting = incompatibleRoles(grants.map(({ role }) => role));
  if (meeting !== undefined) throw new Problem('roles_apart', { roles: meeting.join(', ') });
}
