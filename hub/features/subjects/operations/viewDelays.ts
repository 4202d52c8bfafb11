import { createHash } from 'node:crypto';
import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { putViewDelay, viewDelayById, pageViewDelays } from '../store/viewDelays.ts';
import { ownerOf, departmentsOfRoles } from '../../../identity/owners.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { personHash } from './ownSession.ts';
import { own, proposing, overseen } from '../../../domain/cells.ts';
import { ofOffice, self } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { listedInOrder, moment, names, oneMore, orderedPage } from '../../common/listing.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { operation } from '../../common/operation.ts';
import { defined } from '../../../../terms/defined.ts';

/** Maximum number of days of a delay. Another one requires another decision. */
const maxDays = 180;
const dayLength = 86_400_000;

/** The proposal that waits for the second person. It holds the person only as a keyed hash. */
export type StoredDelay = Omit<components['schemas']['ViewDelayAsked'], 'subject'> & {
  readonly subjectHash: string;
};

/** The requested delay in the form that may be stored. @throws Problem assertion_invalid */
function storedDelay(
  requested: components['schemas']['ViewDelayAsked'],
  { keys }: Pick<Services, 'keys'>,
): StoredDelay {
  const { subject, ...others } = requested;
  return { ...others, subjectHash: personHash(keys.subject, subject.value).toString('hex') };
}

/**
 * Hides one department's access to one person's data from that person until a day. It names the statute that requires it (PIPL art. 18,
 * 35), and a second person of the data office accepts. The log entries do not change.
 * @throws Problem delay_invalid, department_unknown, not_your_department, already_registered, assertion_invalid
 */
export const delayView = proposable('delayView', {
  permission: { 'office security': own, security: proposing },
  owner: ofOffice,
  secondPerson: true,
  bodyToStore: (call, services) => storedDelay(call.body, services),
  run: async (call, services, actingPersons) => {
    const { database, identity } = services;
    const body = call.body;
    const { department, reference, clause, until, subjectHash } =
      'subject' in body ? storedDelay(body, services) : body;
    if (identity.department(department) === undefined)
      throw new Problem('department_unknown', { department });
    // log entries are never deleted
    if (holdsIdentityNumber(reference) || holdsIdentityNumber(clause)) {
      throw new Problem('delay_invalid', {
        reason: { zh: '依据中有身份证件号码', en: 'its ground holds an identity number' },
      });
    }
    if (actingPersons.approver === null) refuseStranger(call.caller, department, services);
    const end = Date.parse(until);
    if (!(end > call.now && end <= call.now + maxDays * dayLength)) {
      throw new Problem('delay_invalid', {
        reason: {
          zh: `截止时间应在今后 ${maxDays} 日以内`,
          en: `its end lies within ${maxDays} days from now`,
        },
      });
    }
    const id = `delay-${createHash('sha256').update(`${subjectHash}:${department}`).digest('hex').slice(0, 16)}`;
    const digest = digestOf({ department, reference, clause, until, subjectHash });
    const known = await viewDelayById(database.app, id);
    const lasts = known !== undefined && known.endedBy === null && known.until > call.now;
    return registered({
      kind: 'ViewDelay',
      id,
      digest,
      registered: lasts ? known.digest : undefined,
      versioned: false,
      work: (transaction) =>
        putViewDelay(
          transaction,
          { id, subject: subjectHash, department, reference, clause, until: end, digest, ...actingPersons },
          call.exchange,
        ),
      change: { department, reference, clause, until },
    });
  },
});

/**
 * A department's security officers may request a delay for its own access, those of the data office for any department.
 * @throws Problem not_your_department
 */
function refuseStranger({ grants }: StaffCaller, department: string, { identity }: Services): void {
  const owners = grants.flatMap((grant) =>
    grant.role === 'security' ? [ownerOf(identity, grant.department)] : [],
  );
  if (!owners.includes(undefined) && !owners.includes(ownerOf(identity, department)))
    throw new Problem('not_your_department', { department });
}

/** GET /v1/view-delays: delays of access records that are not shown to persons now, with their ground. The persons are not named. */
export const listViewDelays = operation('listViewDelays', {
  kind: 'inspect',
  permission: { ...overseen, security: own, auditor: own },
  owner: self,
  run: async (call, { database, identity }) => {
    const page = orderedPage(call.query, names.delay);
    const departments = departmentsOfRoles(identity, call.caller.grants);
    const filter = { now: call.now, ...defined({ departments }) };
    const found = await pageViewDelays(database.app, filter, oneMore(page));
    return listedInOrder(
      call,
      'delays',
      page,
      found,
      ({ id }) => id,
      (row) => ({
        id: row.id,
        department: row.department,
        reference: row.reference,
        clause: row.clause,
        until: moment(row.until),
        author: row.author,
        approver: row.approver,
        ...namesOfIds(identity, { author: row.author, approver: row.approver }),
      }),
    );
  },
});
