import type { RoleGrant } from '../../domain/permissions.ts';
import type { DepartmentRow } from '../store/departments.ts';
import type { PersonRow, RoleGrantRow } from '../store/persons.ts';

/** A person with their roles; roles that wait for confirmation are separate. */
export interface KnownPerson extends PersonRow {
  readonly grants: readonly RoleGrant[];
  readonly waiting: readonly RoleGrantRow[];
}

/** Persons by id. A role in the department that is the data office is a role of the data office. */
export function knownPersons(
  persons: readonly PersonRow[],
  grants: readonly RoleGrantRow[],
  departments: readonly DepartmentRow[],
): ReadonlyMap<string, KnownPerson> {
  const office = new Set(departments.filter((row) => row.dataOffice).map((row) => row.code));
  return new Map(
    persons.map((row) => {
      const own = grants.filter(({ person }) => person === row.id);
      return [
        row.id,
        {
          ...row,
          grants: own
            .filter(({ confirmedBy }) => confirmedBy !== null)
            .map(({ role, department }) =>
              department === null || office.has(department) ? { role } : { role, department },
            ),
          waiting: own.filter(({ confirmedBy }) => confirmedBy === null),
        },
      ];
    }),
  );
}
