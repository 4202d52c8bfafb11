import { unlogged } from '../../../pipeline/call.ts';
import { everyone, credentialEnded } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { endsCredentialsIn, ofCredential } from '../../common/ofCredential.ts';
import { listedInOrder, moment, names, oneMore, orderedPage } from '../../common/listing.ts';
import { clearCookie } from '../../../pipeline/callers/cookie.ts';
import { actOutcome } from '../../common/actOutcome.ts';
import { defined } from '../../../../terms/defined.ts';

/** Signs the caller out, or ends another person's session. @throws Problem session_unknown, not_your_department */
export const endSession = operation('endSession', {
  kind: 'management',
  permission: credentialEnded,
  owner: async (call, { identity }) => {
    const row = await identity.sessions.byId(call.params.session);
    return ofCredential(
      call,
      identity.persons().find(({ id }) => id === row?.person),
      identity,
    );
  },
  run: async (call, { identity, hub }) => {
    const { reason = 'signed out' } = call.body;
    const id = call.params.session;
    const outcome = actOutcome<'endSession'>(200, await identity.sessions.end({ id, reason }, call));
    return id === call.caller.tokenId ? { ...outcome, headers: clearCookie(hub.staff.cookie) } : outcome;
  },
});

/** The caller: name, place, roles, and how they authenticated. It shows only the caller's own data, so it leaves no entry. */
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
      ...defined({ department }),
      roles: grants.map(({ role, department: place }) => ({
        role,
        ...defined({ department: place }),
      })),
      way: session?.way ?? 'token',
      ...(session === undefined ? {} : { expires: new Date(session.expires).toISOString() }),
    });
  },
});

/** GET /v1/sessions: open sessions, the caller's own and those of others that they may end. Newest first, a page at a time. */
export const listSessions = operation('listSessions', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { identity }) => {
    const { caller, now } = call;
    const page = orderedPage(call.query, names.session);
    const { person: requested, way } = call.query;
    const within = identity
      .persons()
      .filter(
        ({ id, department }) =>
          (requested ?? id) === id &&
          (id === caller.person || endsCredentialsIn(department, caller, identity)),
      );
    const called = new Map<string, string>(within.map(({ id, name }) => [id, name]));
    const found = await identity.sessions.open({ ...oneMore(page), persons: [...called.keys()], way, now });
    return listedInOrder(
      call,
      'sessions',
      page,
      found,
      ({ id }) => id,
      (row) => ({
        id: row.id,
        person: row.person,
        name: called.get(row.person) ?? '',
        way: row.way,
        begun: moment(row.begunAt),
        seen: moment(row.seenAt),
        expires: moment(row.expiresAt),
        current: row.id === caller.tokenId,
      }),
    );
  },
});
