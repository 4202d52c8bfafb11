import { unlogged } from '../../../pipeline/call.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Who is calling: name, place, roles, and how she proved it. It tells her nothing but her own, so it leaves no entry. */
export const showSession = operation('showSession', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: ({ caller }) => {
    const { person, tokenId, name, department, grants, session } = caller;
    return unlogged<'showSession'>(200, {
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
  },
});
