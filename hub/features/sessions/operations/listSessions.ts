import { verdictOf } from '../../../domain/permissions.ts';
import { listed, moment, names, oneMore, pageAsked } from '../../common/listing.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { endSession } from './endSession.ts';

/** GET /v1/sessions: those that are open, her own and those of others that she may end; the newest first, a page at a time. */
export const listSessions = operation('listSessions', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { identity }) => {
    const { caller, now } = call;
    const page = pageAsked(call.query, names.session);
    const { person: asked, way } = call.query;
    const within = identity
      .persons()
      .filter(
        ({ id, department }) =>
          (asked ?? id) === id &&
          (id === caller.person ||
            verdictOf(endSession.permission, caller.grants, [department ?? undefined]) === 'act'),
      );
    const called = new Map<string, string>(within.map(({ id, name }) => [id, name]));
    const rows = await identity.sessions.open({ ...oneMore(page), persons: [...called.keys()], way, now });
    return listed(
      call,
      'sessions',
      page,
      rows,
      ({ id }) => id,
      (row) => ({
        ...{ id: row.id, person: row.person, name: called.get(row.person) ?? '', way: row.way },
        ...{ begun: moment(row.begunAt), seen: moment(row.seenAt), expires: moment(row.expiresAt) },
        current: row.id === caller.tokenId,
      }),
    );
  },
});
