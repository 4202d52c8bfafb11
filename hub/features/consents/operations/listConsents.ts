import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { subjectHash } from '../../../domain/subjectHash.ts';
import { allowed } from '../../../pipeline/call.ts';
import { consentsAbout, type ConsentRow } from '../store/consents.ts';
import { operation } from '../../common/operation.ts';
import { consentOffers } from './consentOffers.ts';
import { consentOf } from '../../../../policies/consents/readConsent.ts';
import { defined } from '../../../../terms/defined.ts';

const maxConsents = 1_000;

/**
 * POST /v1/consents/query: returns the consents of one person that name the caller as collector, recipient or provider. The query is
 * logged.
 */
export const listConsents = operation('listConsents', {
  kind: 'inspect',
  run: async (call, services) => {
    const { subject } = call.body;
    const { database, keys } = services;
    const { department } = call.caller;
    const hash = Buffer.from(subjectHash(keys.subject, subject.kind, subject.value), 'hex');
    const rows = await consentsAbout(database.app, hash, department, maxConsents);
    return allowed<'listConsents'>(
      200,
      { consents: rows.map(consentView) },
      { facts: {}, subjects: [subjectToken(keys.logToken(tokenYear(call.now)), hash)] },
    );
  },
});

/** GET /v1/own/offers: returns the offers for the person, each with the full text of its notice. */
export const listOwnOffers = operation('listOwnOffers', {
  kind: 'inspect',
  run: async (call, services) => {
    const language = call.query.language === 'en' ? 'en' : 'zh';
    const offers = (await consentOffers(services, language)).map(({ offer }) => offer);
    return allowed<'listOwnOffers'>(200, { offers }, { facts: { change: { offers: offers.length } } });
  },
});

/** A consent as shown to the departments and the person concerned: `ConsentView` of openapi.yaml. It names no person. */
export function consentView(row: Pick<ConsentRow, 'jws' | 'state' | 'givenAt' | 'withdrawnAt'>) {
  const {
    id,
    recipient,
    provider,
    dataset,
    purposes,
    fields,
    notBefore,
    expires,
    maxUses,
    retention,
    collectedBy,
    notice,
    assurance,
  } = consentOf(row.jws);
  return {
    id,
    state: row.state,
    recipient,
    provider,
    dataset,
    purposes,
    fields,
    notBefore,
    expires,
    ...defined({ maxUses, retention }),
    collectedBy,
    notice: notice.digest,
    ...defined({ assurance }),
    givenAt: new Date(row.givenAt).toISOString(),
    ...(row.withdrawnAt === null ? {} : { withdrawnAt: new Date(row.withdrawnAt).toISOString() }),
  };
}
