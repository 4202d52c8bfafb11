import { X509Certificate } from 'node:crypto';
import { lifetimes } from '../../../../certs/authority/lifetimes.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import type { Call } from '../../../pipeline/call.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { rootToCome } from '../../../identity/directory/acceptedRoot.ts';
import { certificatesEnding } from '../../../identity/store/newestCertificates.ts';
import { authorityEnds, warnedDays } from '../../health/operations/authorityState.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { placeOf } from '../../../identity/staffPlaces.ts';
import type { Undated } from './undated.ts';
import { replaceAuthority } from '../../departments/operations/replaceAuthority.ts';
import { issueEnrolmentCode } from '../../departments/operations/issueEnrolmentCode.ts';

type Ending = Undated<'certificates'>;

const day = 86_400_000;
/** Machines renew at half of a certificate's life: what has a week left is not renewed by itself. */
const leafDays = 7;

/**
 * What lets somebody in and ends soon: to whoever may bring another authority, the hub's own, which only the root can make, and the root that two
 * persons accepted and whose key folder nobody has brought yet; to operators and to
 * stewards of a department, its certificate that its machine has not renewed, until nothing but a new code helps.
 */
export async function endingCertificates(
  { caller: { grants }, now }: Call<StaffCaller>,
  services: Services,
): Promise<readonly Ending[]> {
  const { database, identity, keys } = services;
  const { authority } = keys;
  const ending: Ending[] = [];
  if (verdictOf(replaceAuthority.permission, grants, [undefined]) === 'act') {
    const root = {
      what: 'root' as const,
      at: Date.parse(new X509Certificate(authority.rootCertificate).validTo),
    };
    for (const { what, at } of [...authorityEnds(authority), root])
      if (at < now + warnedDays * day) ending.push({ what, ends: moment(at) });
    const { coming } = await rootToCome(services, now);
    if (coming !== undefined)
      ending.push({ what: 'accepted-root', pin: coming.pin, ends: moment(coming.until) });
  }
  const span = { from: now - lifetimes.grace, before: now + leafDays * day };
  for (const { department, serial, notAfter } of await certificatesEnding(database.app, span)) {
    const place = placeOf(identity, department);
    const hers = grants.some((grant) => grant.role === 'steward' && grant.department === place);
    if (hers || verdictOf(issueEnrolmentCode.permission, grants, [place]) === 'act')
      ending.push({ what: 'department', department, serial, ends: moment(notAfter) });
  }
  return ending;
}
