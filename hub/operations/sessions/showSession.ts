import { unlogged, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';

/** Who is calling: name, place, roles, and how she proved it. It tells her nothing but her own, so it leaves no entry. */
export function showSession({ caller }: Call<StaffCaller>): Outcome {
  const { person, tokenId, name, department, grants, session } = caller;
  return unlogged(200, {
    id: tokenId,
    person,
    name,
    ...(department === undefined ? {} : { department }),
    roles: grants.map(({ role, department: place }) => ({
      role,
      ...(place === undefined ? {} : { department: place }),
    })),
    way: session?.way ?? 'token',
    ...(session === undefined ? {} : { expires: new Date(session.expires).toISOString() }),
  });
}
