import { Problem } from '../../../../terms/problem.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { allowed } from '../../../pipeline/call.ts';
import { takeAssertion } from '../store/takeAssertion.ts';
import { assertedPerson } from './assertedPerson.ts';
import { personHash } from './personHash.ts';
import { subjectView } from './subjectView.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/subject-views: who looked at one person's data, for that person, in the service of a department that the data office appointed. The
 * department vouches for the person by a signed assertion, which opens one look and is kept. The look is itself told by the next.
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
