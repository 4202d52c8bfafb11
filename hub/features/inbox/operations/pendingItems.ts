/** Pending items for a reminder: it identifies the items, but never their content. */
import { createHash } from 'node:crypto';
import { departmentCode } from '../../../../terms/ids.ts';
import { itemIdentity, type ReminderPlace, type PendingItem } from '../../../domain/reminder.ts';
import { canDecide, type Role, type RoleGrant } from '../../../domain/permissions.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Services } from '../../common/services.ts';
import { inboxOf, overdueIn, sectionsOf, type InboxSection } from './inboxOf.ts';
import { hubItself, personOf } from './viewer.ts';
import { ownerOf } from '../../../identity/owners.ts';
import { defined } from '../../../../terms/defined.ts';

const deciding: readonly Role[] = (['operator', 'steward', 'security', 'auditor'] as const).filter(canDecide);

/**
 * The inbox of a person, lent roles included, or of all deciders of a department.
 * @param now Unix milliseconds
 * @param only these sections; absent: all
 * @returns undefined if the person has left
 */
export async function pendingItems(
  place: Pick<ReminderPlace, 'kind' | 'owner'>,
  services: Services,
  now: number,
  only?: readonly InboxSection[],
): Promise<readonly PendingItem[] | undefined> {
  await services.identity.current();
  const caller =
    place.kind === 'person' ? personOf(place.owner, services, now) : departmentOf(place.owner, services);
  if (caller === undefined) return undefined;
  const viewer = { caller, now };
  const inbox =
    only === undefined ? await inboxOf(viewer, services) : await sectionsOf(only, viewer, services);
  const sections = Object.keys(inbox) as readonly (keyof typeof inbox)[];
  return sections.flatMap((section) =>
    (inbox[section] ?? []).map((one): PendingItem => {
      const { due } = one;
      const same = JSON.stringify([section, ...itemIdentity(section, one)]);
      return {
        section,
        thing: createHash('sha256').update(same, 'utf8').digest('hex'),
        ...defined({ due }),
      };
    }),
  );
}

/** Number of overdue items before the data office, regardless of which of its persons may act. @param now Unix milliseconds */
export async function overdueBeforeOffice(services: Services, now: number): Promise<number> {
  await services.identity.current();
  const grants = deciding.map((role): RoleGrant => ({ role }));
  return overdueIn(await inboxOf({ caller: { ...hubItself, grants }, now }, services));
}

function departmentOf(code: string, { identity }: Services): StaffCaller | undefined {
  if (identity.department(code) === undefined) return undefined;
  const department = ownerOf(identity, code);
  const grants = deciding
    .filter((role) => role !== 'operator' || department === undefined)
    .map((role): RoleGrant => ({ role, ...defined({ department }) }));
  return {
    ...hubItself,
    grants,
    department: department === undefined ? undefined : departmentCode(department),
  };
}
