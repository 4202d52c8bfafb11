import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { listOpenCodes } from '../../../identity/store/openCodes.ts';
import type { Services } from '../../common/services.ts';
import { namesBeside } from '../../common/namesBeside.ts';

/** Codes by which somebody could enrol a key: a department is told of each for itself, the data office of all. */
export async function openCodes(
  { caller: { grants }, now }: Call<StaffCaller>,
  { database, identity }: Services,
) {
  const mine = (code: string): boolean =>
    grants.some(({ department }) => department === undefined || department === code);
  return (await listOpenCodes(database.app, now))
    .filter(({ department }) => mine(department))
    .map(({ id, department, issuer, expiresAt }) => ({
      ...{ code: id, department, expires: new Date(expiresAt).toISOString() },
      ...(issuer === null ? {} : { issuer, ...namesBeside(identity, { issuer }) }),
    }));
}
