import type { components } from '../../../api/openapi.ts';
import { subjectToken, tokenYear } from '../../audit/subjects.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { SubjectCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { subjectView } from './subjectView.ts';

/** POST /v1/own/view: who looked at her data, on her own page. The look is itself told by the next. @throws Problem not_found (`before`) */
export async function viewOwnData(call: Call<SubjectCaller>, services: Services): Promise<Outcome> {
  const { before, limit } = call.body as components['schemas']['OwnViewAsked'];
  const { subject, commitment, session, presentedBy } = call.caller;
  const { exchange, now } = call;
  const answer = await subjectView(services, { subject, commitment, before, limit, exchange, now });
  return allowed(200, answer, {
    facts: { change: { session, presentedBy, looks: answer.view.looks.length } },
    subjects: [subjectToken(services.keys.logToken(tokenYear(now)), subject)],
  });
}
