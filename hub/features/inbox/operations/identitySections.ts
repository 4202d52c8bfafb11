import { timeOfUuid7 } from '../../../../machine/uuid7.ts';
import { isSamePerson } from '../../../domain/standIn.ts';
import { verdictOf } from '../../../domain/permissions.ts';
import type { InboxViewer } from './viewer.ts';
import { moment } from '../../common/listing.ts';
import type { Services } from '../../common/services.ts';
import { ownerOf, departmentsOfRoles } from '../../../identity/owners.ts';
import { confirmPerson } from '../../staff/operations/confirmPerson.ts';
import { listKeyApprovals, type KeyApprovalsRow } from '../../../identity/store/keyApprovals.ts';
import { settles, confirmKey } from '../../signingKeys/operations/signingKeys.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { listOpenCodes } from '../../../identity/store/enrolmentCodes.ts';
import { X509Certificate } from 'node:crypto';
import { lifetimes } from '../../../../certs/authority/lifetimes.ts';
import { rootToCome } from '../../../identity/directory/acceptedRoot.ts';
import { certificatesEnding } from '../../../identity/store/certificates.ts';
import { authorityEnds, warnedDays } from '../../health/operations/authorityState.ts';
import type { Undated } from './undated.ts';
import { replaceAuthority } from '../../departments/operations/replaceAuthority.ts';
import { issueEnrolmentCode } from '../../departments/operations/issueEnrolmentCode.ts';
import { defined, present } from '../../../../terms/defined.ts';

/**
 * Persons with waiting roles that the viewer may approve. The viewer must be another person than they, their inviter and the grantors, and
 * must have the permission for each role.
 */
export function waitingPersons({ caller }: InboxViewer, { identity }: Services) {
  const persons = identity.persons().filter(({ id, state, waiting, invitedBy }) => {
    const others = [id, invitedBy, ...waiting.map(({ grantedBy }) => grantedBy)];
    const may = waiting.every(
      ({ department }) =>
        verdictOf(confirmPerson.permission, caller.grants, [ownerOf(identity, department)]) === 'act',
    );
    return (
      state !== 'ended' && waiting.length > 0 && may && !others.some((other) => isSamePerson(caller, other))
    );
  });
  return persons.map(({ id, name, waiting }) => ({
    person: id,
    name,
    roles: waiting.map(({ role, department }) => ({ role, ...present({ department }) })),
    ...sinceOf(waiting),
  }));
}

/** When the oldest of these roles was granted. */
function sinceOf(waiting: readonly { readonly madeBy?: string }[]): { readonly since?: string } {
  const at = waiting.flatMap(({ madeBy }) => (madeBy === undefined ? [] : [timeOfUuid7(madeBy)]));
  return at.length === 0 ? {} : { since: moment(Math.min(...at)) };
}

/** Only the issuer of the code has checked this key. If this is so on both sides, no agreement comes into force. */
const isCheckedByIssuerOnly = ({ issuer, confirmedBy }: KeyApprovalsRow): boolean =>
  issuer !== null && confirmedBy === null;

/** The key waits for a decision; otherwise the item is for information only. */
const isWaiting = (row: KeyApprovalsRow): boolean =>
  row.state === 'waiting' || row.objectedBy !== null || isCheckedByIssuerOnly(row);

/** Time of enrolment, or of the department's objection. */
const waitingSince = ({ enrolledAt, objectedBy, decidedBy }: KeyApprovalsRow): number =>
  objectedBy === null || decidedBy === null ? enrolledAt : timeOfUuid7(decidedBy);

/**
 * Keys shown to the viewer. Staff of a department see its new keys. The data office sees keys that wait, were objected to, or were checked
 * only by the person who issued the code.
 * @returns the keys, with whether the viewer may confirm them
 */
export async function waitingKeys({ caller }: InboxViewer, { database, identity }: Services) {
  const { grants } = caller;
  const mine = (row: KeyApprovalsRow): boolean =>
    grants.some(({ department }) =>
      department === undefined ? isWaiting(row) : department === row.department,
    );
  return (await listKeyApprovals(database.app)).filter(mine).map((row) => {
    const { keyid, department, state, enrolledAt, objection } = row;
    const others = ![row.issuer, row.objectedBy].some((other) => isSamePerson(caller, other));
    const may = verdictOf(confirmKey.permission, grants, [ownerOf(identity, department)]) === 'act';
    const decides = row.objectedBy === null ? may : settles(grants);
    const confirmable = others && decides && (row.objectedBy !== null || row.confirmedBy === null);
    return {
      keyid,
      department,
      state,
      confirmable,
      enrolled: moment(enrolledAt),
      ...(isWaiting(row) ? { since: moment(waitingSince(row)) } : {}),
      ...namesOfIds(identity, { issuer: row.issuer, confirmedBy: row.confirmedBy }),
      ...present({ issuer: row.issuer, confirmedBy: row.confirmedBy, objection }),
    };
  });
}

/** Open enrolment codes: a department sees its own, the data office all. */
export async function openCodes({ caller: { grants }, now }: InboxViewer, { database, identity }: Services) {
  const mine = (code: string): boolean =>
    grants.some(({ department }) => department === undefined || department === code);
  return (await listOpenCodes(database.app, now))
    .filter(({ department }) => mine(department))
    .map(({ id, department, issuer, expiresAt }) => ({
      code: id,
      department,
      expires: new Date(expiresAt).toISOString(),
      ...(issuer === null ? {} : { issuer, ...namesOfIds(identity, { issuer }) }),
    }));
}

/**
 * Departments of the caller with one steward and no permanent deputy (AB角). No other person there can approve what this steward writes, and work
 * waits during their absence.
 */
export function missingSecondApprovers({ caller }: InboxViewer, { identity }: Services) {
  const stewarding = caller.grants.filter(({ role }) => role === 'steward');
  const stewarded = departmentsOfRoles(identity, stewarding);
  const stewards = identity
    .persons()
    .filter(({ state }) => state === 'active')
    .flatMap(({ id, name, grants }) =>
      grants
        .filter(({ role }) => role === 'steward')
        .map(({ department }) => ({ steward: id, name, department })),
    );
  return stewards
    .filter(({ department }) => stewarded === undefined || stewarded.includes(department ?? ''))
    .filter(
      (one) =>
        !stewards.some((other) => other.steward !== one.steward && other.department === one.department) &&
        !identity
          .standIns()
          .some(
            ({ kind, steward, department }) =>
              kind === 'second' && steward === one.steward && department === (one.department ?? null),
          ),
    )
    .map(({ department, ...one }) => ({ ...one, ...defined({ department }) }));
}

type Ending = Undated<'certificates'>;

const day = 86_400_000;

/** A running system renews at half of a certificate's life. A certificate with a week left shows that its system did not. */
const leafDays = 7;

/**
 * Certificates and authorities that end soon. Staff who may replace the authority see (1) the hub's authority, which only the root can
 * renew; (2) the root; (3) an accepted root whose key folder is not installed. Operators and stewards see certificates of departments that
 * were not renewed, from 7 days before their end until 30 days after it. After that only a new code helps.
 */
export async function endingCertificates(
  { caller: { grants }, now }: InboxViewer,
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
    const owner = ownerOf(identity, department);
    const isSteward = grants.some((grant) => grant.role === 'steward' && grant.department === owner);
    if (isSteward || verdictOf(issueEnrolmentCode.permission, grants, [owner]) === 'act')
      ending.push({ what: 'department', department, serial, ends: moment(notAfter) });
  }
  return ending;
}
