import { createHash } from 'node:crypto';
import type { components } from '../../../../api/openapi.ts';
import { Problem } from '../../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../../domain/identityNumberIn.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { putViewDelay, viewDelayById, listViewDelays as delaysIn } from '../store/viewDelays.ts';
import { placeOf, ownPlaces } from '../../../identity/staffPlaces.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { personHash } from './ownSession.ts';
import { own, proposing, overseen } from '../../../domain/cells.ts';
import { ofOffice, self } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { listed, moment, names, oneMore, requestedPage } from '../../common/listing.ts';
import { namesOfIds } from '../../common/namesOfIds.ts';
import { operation } from '../../common/operation.ts';

/** Days a delay may last; another one follows only on another decision. */
const maxDays = 180;
const dayLength = 86_400_000;

/** What waits for the second person: the person stands in it as a keyed hash alone. */
export type StoredDelay = Omit<components['schemas']['ViewDelayAsked'], 'subject'> & {
  readonly subjectHash: string;
};

/** What was asked for, as it may be kept. @throws Problem assertion_invalid */
function storedDelay(
  requested: components['schemas']['ViewDelayAsked'],
  { keys }: Pick<Services, 'keys'>,
): StoredDelay {
  const { subject, ...others } = requested;
  return { ...others, subjectHash: personHash(keys.subject, subject.value).toString('hex') };
}

/**
 * One department's looks at one person are not told to that person until a day: a statute that demands it is named (PIPL art. 18, 35), and a
 * second person of the data office accepts. The entries stand in the log as they are.
 * @throws Problem delay_invalid, department_unknown, not_your_department, already_registered, assertion_invalid
 */
export const delayView = proposable('delayView', {
  permission: { 'office security': own, security: proposing },
  owner: ofOffice,
  secondPerson: true,
  stored: (call, services) => storedDelay(call.body, services),
  run: async (call, services, actingPersons) => {
    const { database, identity } = services;
    const body = call.body;
    const { department, reference, clause, until, subjectHash } =
      'subject' in body ? storedDelay(body, services) : body;
    if (identity.department(department) === undefined)
      throw new Problem('department_unknown', { department });
    // the log keeps them for ever
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

/** A department asks for its own looks, through its security officers; the data office's for anybody's. @throws Problem not_your_department */
function refuseStranger({ grants }: StaffCaller, department: string, { identity }: Services): void {
  const places = grants.flatMap((grant) =>
    grant.role === 'security' ? [placeOf(identity, grant.department)] : [],
  );
  if (!places.includes(undefined) && !places.includes(placeOf(identity, department)))
    throw new Problem('not_your_department', { department });
}

/** GET /v1/view-delays: access records that persons are not shown for now, and on which ground; whom it is about is not said. */
export const listViewDelays = operation('listViewDelays', {
  kind: 'inspect',
  permission: { ...overseen, security: own, auditor: own },
  owner: self,
  run: async (call, { database, identity }) => {
    const page = requestedPage(call.query, names.delay);
    const departments = ownPlaces(identity, call.caller.grants);
    const [until, id = ''] = page.after?.split('~') ?? [];
    const rows = await delaysIn(
      database.app,
      {
        now: call.now,
        ...(departments === undefined ? {} : { departments }),
        ...(until === undefined ? {} : { after: { until: Number(until), id } }),
      },
      oneMore(page).most,
    );
    return listed(
      call,
      'delays',
      page,
      rows,
      (row) => `${row.until}~${row.id}`,
      (row) => ({
        ...{ id: row.id, department: row.department, reference: row.reference, clause: row.clause },
        ...{ until: moment(row.until), author: row.author, approver: row.approver },
        ...namesOfIds(identity, { author: row.author, approver: row.approver }),
      }),
    );
  },
});
