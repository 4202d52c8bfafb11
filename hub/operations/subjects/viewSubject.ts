import type { components } from '../../../api/openapi.ts';
import { assertionType } from '../../../certs/jws.ts';
import {
  assertionShape,
  invalidAssertion,
  readAssertion,
  type SubjectAssertion,
} from '../../../policies/consents/assertion.ts';
import { opensPerson } from '../../../log/commitment.ts';
import { anotherPerson } from '../../../policies/consents/readConsent.ts';
import { Problem } from '../../../terms/problem.ts';
import { subjectToken, tokenYear } from '../../audit/subjects.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import { takeAssertion } from '../../store/subjects/takeAssertion.ts';
import { personService } from '../../store/subjects/personServices.ts';
import { signedByCaller } from '../consents/signedByCaller.ts';
import type { Services } from '../services.ts';
import { personHash } from './personHash.ts';
import { subjectView } from './subjectView.ts';

const isAssertion = assertionShape();

/**
 * POST /v1/subject-views: who looked at one person's data, for that person, in the service of a department that the data office appointed. The
 * department vouches for the person by a signed assertion, which opens one look and is kept. The look is itself told by the next.
 * @throws Problem not_person_service, assertion_invalid, assertion_used, not_found (`before`)
 */
export async function viewSubject(call: Call<DepartmentCaller>, services: Services): Promise<Outcome> {
  const body = call.body as components['schemas']['SubjectViewAsked'];
  const { department } = call.caller;
  if ((await personService(services.database.app, department)) !== true)
    throw new Problem('not_person_service', { department });
  const assertion = await verified(body.assertion, call, services);
  if (!opensPerson(assertion.subject.commitment, body.subject)) throw invalidAssertion(anotherPerson);
  const subject = personHash(services.keys.subject, body.subject.value);
  const { commitment } = assertion.subject;
  const { before, limit } = body;
  const { exchange, now } = call;
  const answer = await subjectView(services, { subject, commitment, before, limit, exchange, now });
  const { presentedBy, assurance, id } = assertion;
  return allowed(200, answer, {
    facts: { change: { assertion: id, presentedBy, assurance, looks: answer.view.looks.length } },
    subjects: [subjectToken(services.keys.logToken(tokenYear(now)), subject)],
    work: async (transaction) => {
      if (!(await takeAssertion(transaction, { department, id, jws: body.assertion, exchange })))
        throw new Problem('assertion_used');
    },
  });
}

/** @throws Problem assertion_invalid */
async function verified(
  jws: string,
  { caller, now }: Call<DepartmentCaller>,
  { identity, hub }: Services,
): Promise<SubjectAssertion> {
  const signed = await signedByCaller(jws, caller.department, identity);
  if (signed?.typ !== assertionType) {
    throw invalidAssertion({
      zh: `应为本部门有效密钥签署的 ${assertionType}`,
      en: `a ${assertionType} signed by a key in force of your department is wanted`,
    });
  }
  return readAssertion(signed.payload, caller.department, isAssertion, { hub: hub.publicOrigin, now });
}
