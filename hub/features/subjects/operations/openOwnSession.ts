import { Problem } from '../../../../terms/problem.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { allowed } from '../../../pipeline/call.ts';
import { codeLife, newOwnSecret, ownLife } from '../../../identity/sessions/ownSessions.ts';
import { randomText } from '../../../identity/secrets/randomText.ts';
import { insertOwnSession } from '../store/ownSessions.ts';
import { sealedIdentifier } from './ownIdentifier.ts';
import { takeAssertion } from '../store/takeAssertion.ts';
import { moment } from '../../common/listing.ts';
import { assertedPerson } from './assertedPerson.ts';
import { personHash } from './personHash.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/own-sessions: an appointed department's service brings a person to her own page. It vouches for her by a signed assertion, which
 * opens one session and is kept; the person's browser gets an address with a code that works once, for two minutes. Her identifier never
 * passes her browser.
 * @throws Problem own_page_off, not_person_service, assertion_invalid, assertion_used
 */
export const openOwnSession = operation('openOwnSession', {
  kind: 'management',
  run: async (call, services) => {
    const { assertion: jws, subject: opening } = call.body;
    const { citizen } = services.hub;
    if (citizen === undefined) throw new Problem('own_page_off');
    const { department } = call.caller;
    const { exchange, now } = call;
    const assertion = await assertedPerson({ jws, subject: opening }, { department, now }, services);
    const subject = personHash(services.keys.subject, opening.value);
    const { secret, hash } = newOwnSecret();
    const id = randomText(10).toLowerCase();
    const { presentedBy, assurance } = assertion;
    return allowed<'openOwnSession'>(
      201,
      // behind the hash: no server, proxy or Referer is ever told a fragment
      { url: `${citizen.origin}/own#${secret}`, expires: moment(now + codeLife) },
      {
        facts: { change: { session: id, assertion: assertion.id, presentedBy, assurance } },
        subjects: [subjectToken(services.keys.logToken(tokenYear(now)), subject)],
        work: async (transaction) => {
          const taken = { department, id: assertion.id, jws, exchange };
          if (!(await takeAssertion(transaction, taken))) throw new Problem('assertion_used');
          const row = {
            ...{
              id,
              subject,
              commitment: assertion.subject.commitment,
              department,
              presentedBy,
              assurance,
              hash,
              now,
            },
            ...{
              idleUntil: now + codeLife,
              until: now + ownLife,
              sealedKey: sealedIdentifier(services, id, opening.value),
            },
          };
          await insertOwnSession(transaction, row, exchange);
        },
      },
    );
  },
});
