import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { allowed } from '../../../pipeline/call.ts';
import { subjectView } from './subjectView.ts';
import { operation } from '../../common/operation.ts';

/** POST /v1/own/view: who looked at her data, on her own page. The look is itself told by the next. @throws Problem not_found (`before`) */
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
