/**
 * Selects the inboxes that the hub checks to find who else can act on an item, and the items with unchecked persons. Pure, except for the
 * directory.
 */
import type { RoleGrant } from '../../../domain/permissions.ts';
import { lasts } from '../../../domain/standIn.ts';
import type { Identity } from '../../../identity/identity.ts';
import type { InboxSection } from './inboxOf.ts';
import { placeOf } from '../../../identity/staffPlaces.ts';

/** A person who may be able to act; undefined among the places means the data office. */
export interface Candidate {
  readonly person: string;
  readonly places: readonly (string | undefined)[];
}

/** An item of the page, and the departments, besides the reader's own, whose persons are checked for it. */
export interface InboxItem {
  readonly kind: InboxSection;
  /** position in its section, from 0 */
  readonly at: number;
  readonly departments: readonly string[];
}

export interface Looks {
  /** one kind of item in one person's inbox each, in this order */
  readonly looks: readonly { readonly person: string; readonly kind: InboxSection }[];
  /** items for which at least one person was not checked */
  readonly incomplete: ReadonlySet<InboxItem>;
}

type Known = Pick<Identity, 'persons' | 'standIns' | 'department'>;

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
 * @param most maximum number of inbox checks
 */
export function looksFor(
  reader: { readonly person: string; readonly grants: readonly RoleGrant[] },
  identity: Known,
  items: readonly InboxItem[],
  { now, most }: { readonly now: number; readonly most: number },
): Looks {
  const own = new Set(reader.grants.map(({ department }) => placeOf(identity, department)));
  const ofOffice = own.has(undefined);
  const near = new Set([...own, ...(ofOffice ? items.flatMap(({ departments }) => departments) : [])]);
  const candidates = candidatesOf(reader.person, identity, near, now);
  const kinds = [...new Set(items.map(({ kind }) => kind))];
  const looks: { person: string; kind: InboxSection }[] = [];
  const incomplete = new Set<InboxItem>();
  for (const { person, places } of candidates)
    for (const kind of kinds) {
      const decidable = items.filter(
        (item) =>
          item.kind === kind &&
          places.some(
            (place) =>
              place === undefined || own.has(place) || (ofOffice && item.departments.includes(place)),
          ),
      );
      if (decidable.length === 0) continue;
      if (looks.length < most) looks.push({ person, kind });
      else for (const item of decidable) incomplete.add(item);
    }
  return { looks, incomplete };
}

/**
 * Active persons with an own or lent role in one of these places or in the data office. Persons who may only read statistics cannot act.
 */
function candidatesOf(
  reader: string,
  identity: Known,
  near: ReadonlySet<string | undefined>,
  now: number,
): readonly Candidate[] {
  const lent = new Map<string, (string | undefined)[]>();
  for (const one of identity.standIns())
    if (lasts(one, now))
      lent.set(one.person, [...(lent.get(one.person) ?? []), placeOf(identity, one.department)]);
  return identity
    .persons()
    .filter(({ id, state }) => state === 'active' && id !== reader)
    .map(({ id, grants }) => ({
      person: id,
      places: [
        ...grants
          .filter(({ role }) => role !== 'leader')
          .map(({ department }) => placeOf(identity, department)),
        ...(lent.get(id) ?? []),
      ].filter((place) => place === undefined || near.has(place)),
    }))
    .filter(({ places }) => places.length > 0)
    .map((one) => ({ one, far: one.places.some((place) => near.has(place)) ? 0 : 1 }))
    .sort((a, b) => a.far - b.far || (a.one.person < b.one.person ? -1 : 1))
    .map(({ one }) => one);
}
