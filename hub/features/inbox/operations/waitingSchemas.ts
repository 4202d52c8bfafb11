import { timeOfUuid7 } from '../../../../machine/uuid7.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { listSchemasInReview } from '../../../registry/store/schemas.ts';
import { placeFor } from '../../registry/operations/schemaHands.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { namesBeside } from '../../common/namesBeside.ts';

/** Versions of schemas in review that wait for the caller's word. */
export async function waitingSchemas({ caller }: Call<StaffCaller>, { database, identity }: Services) {
  return (await listSchemasInReview(database.app)).flatMap((row) => {
    const { urn, digest, author, owner, step } = row;
    const as = placeFor(row, caller, identity);
    if (as === undefined) return [];
    const names = namesBeside(identity, { author });
    const since = moment(timeOfUuid7(step));
    return [{ urn, digest, author: author ?? '', ...names, as, ...(owner === null ? {} : { owner }), since }];
  });
}
