import { verdictOf } from '../../../domain/permissions.ts';
import { silentDatasets } from '../../../flows/intake/silentDatasets.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { placeOf } from '../../../identity/staffPlaces.ts';
import type { Undated } from './undated.ts';
import { releaseBatch } from '../../../flows/intake/releaseBatch.ts';

/** Datasets of hers whose expected batch did not come. */
export async function silentHere(
  { caller, now }: Call<StaffCaller>,
  { database, identity }: Services,
): Promise<readonly Undated<'silent', 'due'>[]> {
  const silent = await silentDatasets(database.app, now);
  return silent
    .filter(
      ({ department }) =>
        verdictOf(releaseBatch.permission, caller.grants, [placeOf(identity, department)]) === 'act',
    )
    .map(({ cameAt, ...one }) => ({ ...one, ...(cameAt === null ? {} : { lastCame: moment(cameAt) }) }));
}
