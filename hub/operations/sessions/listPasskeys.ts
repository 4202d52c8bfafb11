import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { moment } from '../reading/listing.ts';
import type { Services } from '../services.ts';

/** GET /v1/passkeys: one's own that count now, with what a department has to name in a mandate: person, console and thumbprint. */
export async function listPasskeys(
  { caller, now }: Call<StaffCaller>,
  { identity, hub }: Services,
): Promise<Outcome> {
  const own = await identity.sessions.passkeysOf(caller.person, now);
  const passkeys = own.map(({ id, label, key, expiresAt }) => ({
    id,
    label,
    key,
    expires: moment(expiresAt),
  }));
  return allowed(
    200,
    { person: caller.person, console: hub.staff.origin, passkeys },
    { facts: { change: { passkeys: passkeys.length } } },
  );
}
