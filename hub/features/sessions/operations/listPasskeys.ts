import { allowed } from '../../../pipeline/call.ts';
import { moment } from '../../common/listing.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/passkeys: one's own that count now, with what a department has to name in a mandate: person, console and thumbprint. */
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
