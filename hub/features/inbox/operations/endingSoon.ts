import { expirySteps } from '../../../domain/expiry.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { expiringAgreements } from '../../../registry/store/policy/expiringAgreements.ts';
import type { Services } from '../../common/services.ts';
import { ownPlaces } from '../../../identity/staffPlaces.ts';
import type { Undated } from './undated.ts';

/** Agreements of her departments, on either side, that end soon. */
export async function endingSoon(
  { caller, now }: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<readonly Undated<'expiring'>[]> {
  const own = ownPlaces(identity, caller.grants);
  const rows = await expiringAgreements(database.app, now, now + expirySteps[0] * 86_400_000);
  return rows
    .filter(({ consumer, provider }) => own === undefined || own.includes(consumer) || own.includes(provider))
    .map(({ id, version, consumer, provider, until }) => ({
      agreement: `${id}@${version}`,
      ...{ consumer, provider, until: new Date(until).toISOString() },
    }));
}
