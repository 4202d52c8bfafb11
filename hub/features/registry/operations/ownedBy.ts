/**
 * The owner of a shared definition. The data office owns what ships with the hub. Any other name belongs to the place that first
 * registered it.
 */
import { shippedCodeListIds } from '../../../../machine/surroundings.ts';
import { sharedSchemas } from '../../../../machine/shippedSchemas.ts';
import type { Owner } from '../../../domain/permissions.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Identity } from '../../../identity/identity.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { codeListOwner } from '../../../registry/store/codeLists.ts';
import { schemaOwner } from '../../../registry/store/schemas.ts';
import type { Services } from '../../common/services.ts';

/** The writer's own place: the data office if they have a role there, otherwise the department where they have one. */
const placeOf = ({ grants }: StaffCaller): Owner => {
  const writing = grants.filter(({ role }) => role === 'operator' || role === 'steward');
  return writing.some(({ department }) => department === undefined) ? undefined : writing[0]?.department;
};

/** @throws Problem department_unknown */
function wantedOr(wanted: string | undefined, writer: StaffCaller, identity: Identity): Owner {
  if (wanted === undefined) return placeOf(writer);
  if (identity.department(wanted) === undefined)
    throw new Problem('department_unknown', { department: wanted }, { at: '/body/owner' });
  return wanted;
}

/** @param wanted owner that a first version names; absent: the writer's own place */
export async function ownerOfSchema(
  { database, identity }: Services,
  name: string,
  wanted: string | undefined,
  writer: StaffCaller,
): Promise<Owner> {
  if (sharedSchemas().some((schema) => schema.name === name)) return undefined;
  const known = await schemaOwner(database.app, name);
  return known === undefined ? wantedOr(wanted, writer, identity) : (known.owner ?? undefined);
}

/**
 * The owner of a list that ships with the hub or is registered; undefined: there is no such list. What ships belongs to the data office, also
 * where another list was registered under its id.
 */
export async function ownerOfKnownList(
  { database }: Pick<Services, 'database'>,
  id: string,
): Promise<{ readonly owner: Owner } | undefined> {
  if (shippedCodeListIds.includes(id)) return { owner: undefined };
  const known = await codeListOwner(database.app, id);
  return known && { owner: known.owner ?? undefined };
}

/**
 * A further version belongs to the owner of its list. A supplement adds codes to another list for all users: a first version of it belongs
 * to the owner of that list.
 */
export async function ownerOfCodeList(
  services: Services,
  list: { readonly id: string; readonly supplements?: string; readonly owner?: string },
  writer: StaffCaller,
): Promise<Owner> {
  const known =
    (await ownerOfKnownList(services, list.id)) ??
    (list.supplements === undefined ? undefined : await ownerOfKnownList(services, list.supplements));
  return known === undefined ? wantedOr(list.owner, writer, services.identity) : known.owner;
}

/** The name in the document's `$id`; '' if it holds no valid name, which has no owner. */
export const schemaNameIn = (document: Readonly<Record<string, unknown>>): string =>
  /^urn:datong:([a-z0-9-]+):/.exec(String(document['$id']))?.[1] ?? '';
