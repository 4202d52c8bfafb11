import { toBase64url } from '../../../../log/base64.ts';
import { personCommitment } from '../../../../log/commitment.ts';
import { newSalt } from '../../../../machine/newSalt.ts';
import { Problem } from '../../../../terms/problem.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { holdsIdentityNumber } from '../../../domain/identityNumberIn.ts';
import { allowed } from '../../../pipeline/call.ts';
import { counterOf } from './counterOf.ts';
import { personHash } from './personHash.ts';
import { subjectView } from './subjectView.ts';
import { atCounter } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/subject-views/at-counter: the same at the counter of an appointed department. Its clerk says which document she checked and the
 * number of the application; both stand in the entry, the identifier does not.
 * @throws Problem not_person_service, assertion_invalid, search_identity_number, not_found (`before`)
 */
export const viewSubjectAtCounter = operation('viewSubjectAtCounter', {
  kind: 'inspect',
  permission: atCounter,
  owner: self,
  run: async (call, services) => {
    const body = call.body;
    const { subject: asked, document, presentedBy, application, before, limit } = body;
    const department = await counterOf(call.caller, services);
    // the log keeps the number of the application for ever
    if (holdsIdentityNumber(application))
      throw new Problem('search_identity_number', { member: 'application' });
    const subject = personHash(services.keys.subject, asked.value);
    const salt = newSalt();
    const { exchange, now } = call;
    const commitment = personCommitment(asked.value, salt);
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
