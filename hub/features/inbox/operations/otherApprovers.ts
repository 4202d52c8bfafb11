/**
 * Selects the inboxes that the hub checks to find who else can act on an item. Reports the items for which it could not check all persons.
 * Pure, except for the directory.
 */
import type { Owner, RoleGrant } from '../../../domain/permissions.ts';
import { lasts } from '../../../domain/standIn.ts';
import type { Identity } from '../../../identity/identity.ts';
import type { InboxSection } from './inboxOf.ts';
import { ownerOf } from '../../../identity/owners.ts';

/** A person who may be able to act, and the owners for which they have a role. */
interface Candidate {
  readonly person: string;
  readonly owners: readonly Owner[];
}

/** An item of the page, and the departments that it names. */
export interface InboxItem {
  readonly kind: InboxSection;
  /** position in its section, from 0 */
  readonly at: number;
  readonly departments: readonly string[];
}

export interface InboxChecks {
  /** one kind of item in one person's inbox each, in this order */
  readonly checks: readonly { readonly person: string; readonly kind: InboxSection }[];
  /** items for which at least one person was not checked */
  readonly incomplete: ReadonlySet<InboxItem>;
}

type StaffDirectory = Pick<Identity, 'persons' | 'standIns' | 'department'>;

/** Members of an item that name its departments. */
const departmentMembers = ['department', 'owner', 'provider', 'consumer', 'opener', 'raised', 'other'];

/** Departments that an inbox item names. */
export function departmentsOf(identity: Pick<Identity, 'department'>, item: object): readonly string[] {
  const members = item as Readonly<Record<string, unknown>>;
  const roles = Array.isArray(members['roles']) ? (members['roles'] as Partial<RoleGrant>[]) : [];
  const named = [...departmentMembers.map((name) => members[name]), ...roles.map((one) => one.department)];
  const known = named.filter((one) => typeof one === 'string' && identity.department(one) !== undefined);
  return [...new Set(known as string[])];
}

/**
 * Selects persons of the reader's departments and of the data office, nearest first. For a reader of the data office it adds persons of
 * the departments that an item names. It reads the directory once and does not evaluate roles; the caller's check of each inbox does that.
 * @param items the page
 */
export function inboxChecks(
  reader: { readonly person: string; readonly grants: readonly RoleGrant[] },
  identity: StaffDirectory,
  items: readonly InboxItem[],
  { now, maxChecks }: { readonly now: number; readonly maxChecks: number },
): InboxChecks {
  const own = new Set(reader.grants.map(({ department }) => ownerOf(identity, department)));
  const isOfOffice = own.has(undefined);
  const near = new Set([...own, ...(isOfOffice ? items.flatMap(({ departments }) => departments) : [])]);
  const candidates = candidatesOf(reader.person, identity, near, now);
  const kinds = [...new Set(items.map(({ kind }) => kind))];
  const checks: { person: string; kind: InboxSection }[] = [];
  const incomplete = new Set<InboxItem>();
  for (const { person, owners } of candidates)
    for (const kind of kinds) {
      const decidable = items.filter(
        (item) =>
          item.kind === kind &&
          owners.some(
            (owner) =>
              owner === undefined || own.has(owner) || (isOfOffice && item.departments.includes(owner)),
          ),
      );
      if (decidable.length === 0) continue;
      if (checks.length < maxChecks) checks.push({ person, kind });
      else for (const item of decidable) incomplete.add(item);
    }
  return { checks, incomplete };
}

/**
 * Active persons with an own or lent role for one of the owners `near` or for the data office; first those of `near`. Leaders only read
 * statistics, so they cannot act.
 */
function candidatesOf(
  reader: string,
  identity: StaffDirectory,
  near: ReadonlySet<Owner>,
  now: number,
): readonly Candidate[] {
  const lent = new Map<string, Owner[]>();
  for (const one of identity.standIns())
    if (lasts(one, now))
      lent.set(one.person, [...(lent.get(one.person) ?? []), ownerOf(identity, one.department)]);
  return identity
    .persons()
    .filter(({ id, state }) => state === 'active' && id !== reader)
    .map(({ id, grants }) => ({
      person: id,
      owners: [
        ...grants
          .filter(({ role }) => role !== 'leader')
          .map(({ department }) => ownerOf(identity, department)),
        ...(lent.get(id) ?? []),
      ].filter((owner) => owner === undefined || near.has(owner)),
    }))
    .filter(({ owners }) => owners.length > 0)
    .map((candidate) => ({ candidate, distance: candidate.owners.some((owner) => near.has(owner)) ? 0 : 1 }))
    .sort((a, b) => a.distance - b.distance || (a.candidate.person < b.candidate.person ? -1 : 1))
    .map(({ candidate }) => candidate);
}
