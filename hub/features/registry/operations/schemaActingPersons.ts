/** The persons of a schema version: its author, its publisher, and the security officer. */
import { isSamePerson } from '../../../domain/standIn.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { RoleGrant } from '../../../domain/permissions.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import type { Identity } from '../../../identity/identity.ts';
import type { SchemaRow } from '../../../registry/store/schemas.ts';
import { ownerOf } from '../../../identity/owners.ts';
import { decidesFor } from '../../proposals/operations/waitingProposalOf.ts';

/** Whether a person works for the owner of a name, or for the data office. */
export const ownsSchema = (
  grants: readonly RoleGrant[],
  owner: string | null,
  identity: Pick<Identity, 'department'>,
): boolean =>
  grants.some(({ department }) => department === undefined || department === ownerOf(identity, owner));

/**
 * The role in which a person approves: as the second person of the owner, or as the security officer where one is needed. Undefined: this
 * person's approval is not needed.
 */
export function placeFor(
  row: Pick<SchemaRow, 'owner' | 'author' | 'approver' | 'officer' | 'needsOfficer'>,
  { grants, actingPersons }: Pick<StaffCaller, 'grants' | 'actingPersons'>,
  identity: Identity,
): 'approver' | 'officer' | undefined {
  if ([row.author, row.approver, row.officer].some((other) => isSamePerson({ actingPersons }, other)))
    return undefined;
  const place = ownerOf(identity, row.owner);
  const has = (role: RoleGrant['role']): boolean =>
    grants.some(
      (grant) => grant.role === role && (grant.department === undefined || grant.department === place),
    );
  const second =
    row.approver === null &&
    decidesFor(grants, { owner: row.owner, author: row.author ?? '', other: row.officer }, identity);
  const officer = row.needsOfficer && row.officer === null && has('security');
  if (second && (has('steward') || !officer)) return 'approver';
  return officer ? 'officer' : undefined;
}

/** The version with one more person's approval. @throws Problem four_eyes, owner_decides */
export function agreedBy(row: SchemaRow, caller: StaffCaller, identity: Identity): SchemaRow {
  const place = placeFor(row, caller, identity);
  if (place !== undefined) return { ...row, [place]: caller.person };
  const hasDecided = [row.author, row.approver, row.officer].some((other) => isSamePerson(caller, other));
  throw hasDecided
    ? new Problem('four_eyes')
    : new Problem('owner_decides', { owner: row.owner ?? 'office' });
}
