import { unlogged, allowed } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { actOutcome } from '../../common/actOutcome.ts';
import { moment } from '../../common/listing.ts';

/** The challenge that the browser answers with a passkey. */
export const askForPasskey = operation('askForPasskey', {
  kind: 'none',
  run: (call, { identity, hub }) => {
    return unlogged<'askForPasskey'>(200, {
      publicKey: identity.sessions.passkeyOptions(undefined, call.now, hub.staff.origin),
    });
  },
});

/** The options with which the browser creates a passkey. */
export const offerPasskey = operation('offerPasskey', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: (call, { identity, hub }) => {
    return unlogged<'offerPasskey'>(200, {
      publicKey: identity.sessions.passkeyOptions(call.caller, call.now, hub.staff.origin),
    });
  },
});

/** @throws Problem authenticator_present */
export const offerAuthenticator = operation('offerAuthenticator', {
  kind: 'management',
  permission: everyone,
  owner: self,
  run: async (call, { identity }) => {
    return actOutcome<'offerAuthenticator'>(
      201,
      await identity.sessions.offerAuthenticator(call.caller, call),
    );
  },
});

/** @throws Problem passkey_invalid, challenge_invalid, already_registered */
export const registerPasskey = operation('registerPasskey', {
  kind: 'management',
  permission: everyone,
  owner: self,
  run: async (call, { identity, hub }) => {
    const { id, label, ...response } = call.body;
    const answer = { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {}, response };
    const act = await identity.sessions.registerPasskey(
      call.caller,
      { response: answer, label },
      call,
      hub.staff.origin,
    );
    return actOutcome<'registerPasskey'>(201, act);
  },
});

/** GET /v1/passkeys: the caller's own valid passkeys, with what a department has to name in a mandate: person, console and thumbprint. */
export const listPasskeys = operation('listPasskeys', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async ({ caller, now }, { identity, hub }) => {
    const own = await identity.sessions.passkeysOf(caller.person, now);
    const passkeys = own.map(({ id, label, key, expiresAt }) => ({
      id,
      label,
      key,
      expires: moment(expiresAt),
    }));
    return allowed<'listPasskeys'>(
      200,
      { person: caller.person, console: hub.staff.origin, passkeys },
      { facts: { change: { passkeys: passkeys.length } } },
    );
  },
});
