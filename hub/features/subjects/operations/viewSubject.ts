import { Problem } from '../../../../terms/problem.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { allowed } from '../../../pipeline/call.ts';
import { takeAssertion } from '../store/takeAssertion.ts';
import { assertedPerson, personHash } from './ownSession.ts';
import { subjectView } from './subjectView.ts';
import { operation } from '../../common/operation.ts';
import { toBase64url } from '../../../../log/base64.ts';
import { personCommitment } from '../../../../log/commitment.ts';
import { newSalt } from '../../../../machine/newKeyPair.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { atCounter } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { personService } from '../store/personServices.ts';
import type { Services } from '../../common/services.ts';

/**
 * POST /v1/subject-views: access records of one person's data, for that person, in the service of a department that the data office
 * appointed. The department vouches for the person by a signed assertion, which is valid for one view and is stored. The view itself
 * appears in the next.
 * @throws Problem not_person_service, assertion_invalid, assertion_used, not_found (`before`)
 */
export const viewSubject = operation('viewSubject', {
  kind: 'inspect',
  run: async (call, services) => {
    const body = call.body;
    const { department } = call.caller;
    const { exchange, now } = call;
    const { assertion: jws, subject: opening } = body;
    const assertion = await assertedPerson({ jws, subject: opening }, { department, now }, services);
    const subject = personHash(services.keys.subject, body.subject.value);
    const { commitment } = assertion.subject;
    const { before, limit } = body;
    const answer = await subjectView(services, { subject, commitment, before, limit, exchange, now });
    const { presentedBy, assurance, id } = assertion;
    return allowed<'viewSubject'>(200, answer, {
      facts: { change: { assertion: id, presentedBy, assurance, looks: answer.view.looks.length } },
      subjects: [subjectToken(services.keys.logToken(tokenYear(now)), subject)],
      work: async (transaction) => {
        if (!(await takeAssertion(transaction, { department, id, jws: body.assertion, exchange })))
          throw new Problem('assertion_used');
      },
    });
  },
});

/**
 * POST /v1/subject-views/at-counter: the same at the counter of an appointed department. Its clerk states the document that they checked
 * and the number of the application. Both are in the entry; the identifier is not.
 * @throws Problem not_person_service, assertion_invalid, search_identity_number, not_found (`before`)
 */
export const viewSubjectAtCounter = operation('viewSubjectAtCounter', {
  kind: 'inspect',
  permission: atCounter,
  owner: self,
  run: async (call, services) => {
    const body = call.body;
    const { subject: requested, document, presentedBy, application, before, limit } = body;
    const department = await counterOf(call.caller, services);
    // the number of the application stays in the log, which is never deleted
    if (holdsIdentityNumber(application))
      throw new Problem('search_identity_number', { member: 'application' });
    const subject = personHash(services.keys.subject, requested.value);
    const salt = newSalt();
    const { exchange, now } = call;
    const commitment = personCommitment(requested.value, salt);
    const answer = await subjectView(services, { subject, commitment, before, limit, exchange, now });
    const looks = answer.view.looks.length;
    return allowed<'viewSubjectAtCounter'>(
      200,
      { ...answer, salt: toBase64url(salt) },
      {
        facts: { change: { counter: department, document, presentedBy, application, looks } },
        subjects: [subjectToken(services.keys.logToken(tokenYear(now)), subject)],
      },
    );
  },
});

/**
 * POST /v1/own/view: access records of the person's data, on their own page. The view itself appears in the next.
 * @throws Problem not_found (`before`)
 */
export const viewOwnData = operation('viewOwnData', {
  kind: 'inspect',
  run: async (call, services) => {
    const { before, limit } = call.body;
    const { subject, commitment, session, presentedBy } = call.caller;
    const { exchange, now } = call;
    const answer = await subjectView(services, { subject, commitment, before, limit, exchange, now });
    return allowed<'viewOwnData'>(200, answer, {
      facts: { change: { session, presentedBy, looks: answer.view.looks.length } },
      subjects: [subjectToken(services.keys.logToken(tokenYear(now)), subject)],
    });
  },
});

/** The appointed department whose steward or clerk the caller is. @throws Problem not_person_service */
export async function counterOf({ grants }: StaffCaller, { database, identity }: Services): Promise<string> {
  const office = identity.departments().find(({ dataOffice }) => dataOffice)?.code;
  const codes = grants.flatMap(({ role, department = office }) =>
    (role === 'steward' || role === 'clerk') && department !== undefined ? [department] : [],
  );
  for (const code of codes) if ((await personService(database.app, code)) === true) return code;
  throw new Problem('not_person_service', { department: codes.join(', ') });
}
