import { consentType, signJws } from '../../../../certs/jws.ts';
import { uuid7 } from '../../../../machine/uuid7.ts';
import type { Consent } from '../../../../policies/consents/consent.ts';
import { methodsOfHub } from '../../../../policies/consents/readConsent.ts';
import { canonicalJson, type CanonicalValue } from '../../../../terms/canonicalJson.ts';
import { Problem } from '../../../../terms/problem.ts';
import { refuseUnauthentic } from '../../../platform/database/authenticated/rowSealing.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { SubjectCaller } from '../../../identity/authentication/caller.ts';
import { insertConsent } from '../store/consents.ts';
import { consentOffers, type Offered } from './consentOffers.ts';
import { coveredPurposes } from './consentChecks.ts';
import { consentView } from './listConsents.ts';
import { operation } from '../../common/operation.ts';
import { defined } from '../../../../terms/defined.ts';

/** Maximum term of a consent that names no other: this long, or until its agreement ends. */
const maxTermMs = 365 * 86_400_000;

/**
 * POST /v1/own/consents: the person accepts one offer and the notice that was shown, on their own page. The data office asks with the
 * provider's permission. The hub signs exactly what was shown. Only the person may do this.
 * @throws Problem own_self_only, rows_unauthenticated, notice_unknown, consent_offer_changed, consent_invalid
 */
export const giveOwnConsent = operation('giveOwnConsent', {
  kind: 'consent',
  run: async (call, services) => {
    const requested = call.body;
    const { subject, commitment, presentedBy, session, assurance } = call.caller;
    const { database, keys } = services;
    const { now, exchange } = call;
    if (presentedBy !== 'self') throw new Problem('own_self_only');
    // while a notice is hidden past the hub, an earlier text would be offered in its place
    await refuseUnauthentic(database.app, ['consent_notice']);
    const offered = (await consentOffers(services, requested.language)).find(
      ({ offer: { agreement, dataset, purpose, notice } }) =>
        agreement === requested.agreement &&
        dataset === requested.dataset &&
        purpose === requested.purpose &&
        notice.digest === requested.notice,
    );
    // the person agrees to the notice that was shown: if the notice changed or no longer exists, there is no offer
    if (offered === undefined) throw new Problem('notice_unknown');
    // the same for other fields, another recipient or a longer term than was shown
    if (offered.offer.digest !== requested.offer) throw new Problem('consent_offer_changed');
    const artefact = artefactOf(offered, { commitment, assurance, language: requested.language, now });
    // the same rule applies to paper and signed consents: the provider's text must cover the purposes
    const { purposes } = await coveredPurposes(artefact, database);
    const jws = signJws(canonicalJson(artefact as unknown as CanonicalValue), keys.hubSigning, {
      typ: consentType,
    });
    return allowed<'giveOwnConsent'>(
      201,
      consentView({ jws, state: 'given', givenAt: now, withdrawnAt: null }),
      {
        facts: {
          consumer: artefact.recipient,
          provider: artefact.provider,
          dataset: artefact.dataset,
          change: {
            consent: artefact.id,
            state: 'given',
            purposes: purposes.join(' '),
            notice: artefact.notice.digest,
            session,
          },
        },
        subjects: [subjectToken(keys.logToken(tokenYear(now)), subject)],
        work: async (transaction) => {
          const taken = { artefact, jws, subject, guardian: undefined, purposes, at: now, exchange };
          if (!(await insertConsent(transaction, taken)))
            throw new Problem('already_registered', { what: `Consent ${artefact.id}` });
        },
      },
    );
  },
});

function artefactOf(
  { offer, plan, collector }: Offered,
  {
    commitment,
    assurance,
    language,
    now,
  }: {
    readonly commitment: string;
    readonly assurance: SubjectCaller['assurance'];
    readonly language: 'zh' | 'en';
    readonly now: number;
  },
): Consent {
  const until = Math.min(Date.parse(plan.agreement.valid.until), now + maxTermMs);
  return {
    v: 1,
    id: `own-${uuid7(now)}`,
    subject: { kind: 'person', commitment },
    provider: offer.provider.code,
    recipient: offer.recipient.code,
    dataset: offer.dataset,
    purposes: [offer.purpose],
    fields: offer.fields.map(({ code }) => code),
    ...defined({ retention: offer.retention }),
    notBefore: new Date(now).toISOString(),
    expires: new Date(until).toISOString(),
    notice: { digest: offer.notice.digest, language },
    method: methodsOfHub.ownPage,
    collectedBy: collector,
    grantedBy: { kind: 'self' },
    separate: true,
    ...defined({ assurance }),
  };
}
