/** Stores persons and their roles. A role takes effect once a person other than the granter has confirmed it. */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { isSeparated, type Role } from '../../domain/permissions.ts';
import type { Reader } from '../../platform/database/reader.ts';

export type PersonState = 'invited' | 'active' | 'ended';

export interface PersonRow {
  readonly id: string;
  readonly name: string;
  /** the department where the person works; null: the data office */
  readonly department: string | null;
  readonly state: PersonState;
  /** id of a person, or `hub` for the bootstrap */
  readonly invitedBy: string;
  readonly confirmedBy: string | null;
}

export interface RoleGrantRow {
  readonly person: string;
  readonly role: Role;
  /** null: the data office */
  readonly department: string | null;
  readonly grantedBy: string;
  readonly confirmedBy: string | null;
  /** the entry that granted it, once granted; its first 48 bits are its time */
  readonly madeBy?: string;
}

export const listPersons = (reader: Reader): Promise<PersonRow[]> =>
  sealedRows<PersonRow>(
    reader,
    'person',
    `SELECT id, name, department, state, invited_by AS "invitedBy", confirmed_by AS "confirmedBy"
       FROM person ORDER BY id`,
  );

export const listRoleGrants = (reader: Reader): Promise<RoleGrantRow[]> =>
  sealedRows<RoleGrantRow>(
    reader,
    'role_grant',
    `SELECT person, role, department, granted_by AS "grantedBy", confirmed_by AS "confirmedBy", made_by AS "madeBy"
       FROM role_grant ORDER BY person, role, department`,
  );

/** @param exchange id of the entry that invites the person */
export async function insertPerson(reader: Reader, row: PersonRow, exchange: string): Promise<void> {
  await reader.query(
    `INSERT INTO person (id, name, department, state, invited_by, confirmed_by, made_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [row.id, row.name, row.department, row.state, row.invitedBy, row.confirmedBy, exchange],
  );
}

/**
 * @param exchange id of the entry that grants it
 * @returns `held`: the person has the role there already, confirmed or not; `apart`: the person holds another of the three roles that
 * must be separate, whichever process granted it first
 */
export async function insertRoleGrant(
  reader: Reader,
  row: RoleGrantRow,
  exchange: string,
): Promise<'granted' | 'held' | 'apart'> {
  const { person, role } = row;
  const guard = isSeparated(role) ? role : null;
  if (guard !== null) {
    const taken = await reader.query(
      'UPDATE person SET guard = $2 WHERE id = $1 AND coalesce(guard, $2) = $2',
      [person, guard],
    );
    if (taken.rowCount !== 1) return 'apart';
  }
  const { rowCount } = await reader.query(
    `INSERT INTO role_grant (person, role, department, granted_by, confirmed_by, made_by, guard)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (person, role, department) DO NOTHING`,
    [person, role, row.department, row.grantedBy, row.confirmedBy, exchange, guard],
  );
  return rowCount === 1 ? 'granted' : 'held';
}

/** Frees persons who lost an unconfirmed role, so that they may be granted another of the three. */
export async function freeGuards(reader: Reader, persons: readonly string[]): Promise<void> {
  await reader.query(
    `UPDATE person SET guard = NULL WHERE id = ANY ($1::text[]) AND guard IS NOT NULL
        AND NOT EXISTS (SELECT FROM role_grant g WHERE g.person = person.id AND g.role IN ('operator', 'security', 'auditor'))`,
    [[...persons]],
  );
}

/** Confirms an invitation and every role that waits. The table rejects a person who granted one of them. */
export async function confirmPerson(reader: Reader, person: string, confirmedBy: string): Promise<void> {
  await reader.query('UPDATE person SET confirmed_by = $2 WHERE id = $1 AND confirmed_by IS NULL', [
    person,
    confirmedBy,
  ]);
  await reader.query('UPDATE role_grant SET confirmed_by = $2 WHERE person = $1 AND confirmed_by IS NULL', [
    person,
    confirmedBy,
  ]);
}

/** @returns false when the person's state is not `from` any more */
export async function movePerson(
  reader: Reader,
  move: { readonly id: string; readonly from: PersonState; readonly to: PersonState },
): Promise<boolean> {
  const { rowCount } = await reader.query('UPDATE person SET state = $3 WHERE id = $1 AND state = $2', [
    move.id,
    move.from,
    move.to,
  ]);
  return rowCount === 1;
}

/**
 * Whether two persons who operate, steward or secure this hub have ever joined. Persons who left count: a hub in service does not stop
 * because a person left. A row without a valid seal does not count.
 */
export async function isFounded(reader: Reader): Promise<boolean> {
  const grants = await sealedRows<{ person: string }>(
    reader,
    'role_grant',
    `SELECT person FROM role_grant WHERE role IN ('operator', 'steward', 'security') AND confirmed_by IS NOT NULL`,
  );
  const persons = await sealedRows<{ id: string }>(
    reader,
    'person',
    `SELECT id FROM person WHERE state <> 'invited' AND id = ANY ($1::text[])`,
    [[...new Set(grants.map(({ person }) => person))]],
  );
  return persons.length >= 2;
}
