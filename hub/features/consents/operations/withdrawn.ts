import { dayAfter } from '../../../../policies/obligations/period.ts';
import { consentOf } from '../../../../policies/consents/readConsent.ts';
import { civilDateInChina, civilDateText } from '../../../../terms/civilDate.ts';
import { tokensOf } from '../../../log/evidence/searchEntries.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { daysToDeleteWithdrawn } from '../../../domain/duty.ts';
import { allowed, type AllowedOutcome, type Call } from '../../../pipeline/call.ts';
import type { ConsentRow } from '../store/listConsents.ts';
import { standsOn, withdrawConsent as withdraw } from '../store/withdrawConsent.ts';
import { addWithdrawnDuties } from '../../duties/store/addWithdrawnDuties.ts';
import { listPurposes } from '../../../registry/store/purposes.ts';
import type { Services } from '../../common/services.ts';
import { consentView } from './consentView.ts';
import { purposesBelow } from './purposesBelow.ts';

/**
 * A consent ends, whoever brought the person's word. It holds from its entry on, for whatever stands for this recipient, dataset and
 * purposes, though another consent gave it: a person who says no means the data. Withdrawing twice changes nothing. Whoever received on
 * consent for them is to delete it and to say so.
 * @param told what else its entry says of how the word came
 */
export async function withdrawn(
  row: ConsentRow,
  call: Pick<Call, 'now' | 'exchange'>,
  services: Services,
  told: Readonly<Record<string, string>> = {},
): Promise<AllowedOutcome> {
  const { database, keys, identity } = services;
  // a row that says so, while something stands on it, is nobody's withdrawal: this one is the first
  const changed = row.withdrawnAt === null || (await standsOn(database.app, row));
  const purposes = changed
    ? purposesBelow(await listPurposes(database.app), consentOf(row.jws).purposes)
    : [];
  const view = consentView({ ...row, state: 'withdrawn', withdrawnAt: row.withdrawnAt ?? call.now });
  const owed = {
    consent: row.id,
    subject: Buffer.from(row.subject, 'hex'),
    recipient: row.recipient,
    consumers: [
      row.recipient,
      ...identity
        .departments()
        .filter(({ principal }) => principal === row.recipient)
        .map(({ code }) => code),
    ],
    dataset: row.dataset,
    purposes,
    tokens: (await tokensOf(services, Buffer.from(row.subject, 'hex'), call.now)).tokens,
    due: civilDateText(dayAfter(civilDateInChina(call.now), daysToDeleteWithdrawn)),
  };
  const token = subjectToken(keys.logToken(tokenYear(call.now)), Buffer.from(row.subject, 'hex'));
  return allowed<'withdrawConsent'>(200, view, {
    facts: {
      consumer: row.recipient,
      provider: row.provider,
      dataset: row.dataset,
      change: { consent: row.id, state: 'withdrawn', changed, ...told },
    },
    subjects: [token],
    ...(changed
      ? {
          work: async (transaction) => {
            await withdraw(transaction, row, purposes, { at: call.now, exchange: call.exchange });
          },
          // behind the head: every answer before the withdrawal is seen
          confirm: (transaction) => addWithdrawnDuties(transaction, owed),
        }
      : {}),
  });
}
