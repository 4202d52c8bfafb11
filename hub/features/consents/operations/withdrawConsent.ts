import { Problem } from '../../../../terms/problem.ts';
import { standsOn, withdrawConsent as withdraw, consentById, type ConsentRow } from '../store/consents.ts';
import { operation } from '../../common/operation.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { counterOf } from '../../subjects/operations/viewSubject.ts';
import { personHash } from '../../subjects/operations/ownSession.ts';
import { atCounter } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { dayAfter } from '../../../../policies/obligations/obligations.ts';
import { consentOf } from '../../../../policies/consents/readConsent.ts';
import { civilDateInChina, civilDateText } from '../../../../terms/civilDate.ts';
import { tokensOf, unsearchable } from '../../../log/evidence/searchEntries.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { daysToDeleteWithdrawn } from '../../../domain/duty.ts';
import { allowed, type AllowedOutcome, type Call } from '../../../pipeline/call.ts';
import {
  addWithdrawnDuties,
  gatherWithdrawnDuties,
  type GatheredDuties,
} from '../../duties/store/addWithdrawnDuties.ts';
import { listDepartments } from '../../../identity/store/departments.ts';
import { refuseUnauthentic } from '../../../platform/database/authenticated/rowSealing.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { inSnapshot } from '../../../platform/database/transaction.ts';
import { listPurposes } from '../../../registry/store/purposes.ts';
import type { Services } from '../../common/services.ts';
import { consentView } from './listConsents.ts';
import { purposesBelow } from './consentOffers.ts';

/**
 * POST /v1/consents/{consent}/withdrawal: called by the department whose service collected the consent. Another department's consent
 * returns the same problem as one that does not exist.
 * @throws Problem consent_unknown
 */
export const withdrawConsent = operation('withdrawConsent', {
  kind: 'consent',
  run: async (call, services) => {
    const row = await consentById(services.database.app, call.params.consent);
    if (row?.collectedBy !== call.caller.department) throw new Problem('consent_unknown');
    return withdrawn(row, call, services);
  },
});

/**
 * POST /v1/consents/{consent}/withdrawal/at-counter: the person withdraws at the counter of an appointed department, whose clerk checked
 * an identity document. Any appointed counter accepts it, regardless of the collector: withdrawing must be as easy as giving (PIPL art.
 * 15). Another person's consent returns the same problem as one that does not exist.
 * @throws Problem not_person_service, search_identity_number, assertion_invalid, consent_unknown
 */
export const withdrawConsentAtCounter = operation('withdrawConsentAtCounter', {
  kind: 'consent',
  permission: atCounter,
  owner: self,
  run: async (call, services) => {
    const body = call.body;
    const { subject, document, presentedBy, application } = body;
    const department = await counterOf(call.caller, services);
    // the log stores the application number permanently
    if (holdsIdentityNumber(application))
      throw new Problem('search_identity_number', { member: 'application' });
    const row = await consentById(services.database.app, call.params.consent);
    if (row?.subject !== personHash(services.keys.subject, subject.value).toString('hex'))
      throw new Problem('consent_unknown');
    return withdrawn(row, call, services, { counter: department, document, presentedBy, application });
  },
});

/**
 * POST /v1/own/consents/{consent}/withdrawal: the person withdraws on their own page, regardless of the collector. Another person's
 * consent returns the same problem as one that does not exist.
 * @throws Problem consent_unknown
 */
export const withdrawOwnConsent = operation('withdrawOwnConsent', {
  kind: 'consent',
  run: async (call, services) => {
    const { subject, session, presentedBy } = call.caller;
    const row = await consentById(services.database.app, call.params.consent);
    if (row?.subject !== Buffer.from(subject).toString('hex')) throw new Problem('consent_unknown');
    return withdrawn(row, call, services, { session, presentedBy });
  },
});

/**
 * Withdraws a consent, regardless of the channel. It takes effect with its log entry for this recipient, dataset and purposes. It also
 * ends states that another consent set, because the person refuses the use of the data. A second withdrawal changes nothing. Every
 * department that received data on this consent must delete it and confirm the deletion; answers of years whose subject key is lost are
 * not found, and these years are returned.
 * @param reported further fields of the log entry, which describe the channel
 */
async function withdrawn(
  row: ConsentRow,
  call: Pick<Call, 'now' | 'exchange'>,
  services: Services,
  reported: Readonly<Record<string, string>> = {},
): Promise<AllowedOutcome> {
  const { database, keys } = services;
  // a row marked withdrawn that still has a consent state was not withdrawn by a person: this withdrawal is the first
  const changed = row.withdrawnAt === null || (await standsOn(database.app, row));
  const { purposes, contractors } = changed
    ? await coveredData(database.app, row)
    : { purposes: [], contractors: [] };
  const { tokens, lost } = await tokensOf(services, Buffer.from(row.subject, 'hex'), call.now);
  // answers of these years are not found, so no recipient must delete them
  const lostYears = changed ? lost : [];
  const view = {
    ...consentView({ ...row, state: 'withdrawn', withdrawnAt: row.withdrawnAt ?? call.now }),
    ...(lostYears.length === 0 ? {} : { unsearchableYears: lostYears }),
  };
  const owed = {
    consent: row.id,
    subject: Buffer.from(row.subject, 'hex'),
    recipient: row.recipient,
    consumers: [row.recipient, ...contractors],
    dataset: row.dataset,
    purposes,
    tokens,
    due: civilDateText(dayAfter(civilDateInChina(call.now), daysToDeleteWithdrawn)),
  };
  const token = subjectToken(keys.logToken(tokenYear(call.now)), Buffer.from(row.subject, 'hex'));
  let gathered: GatheredDuties | undefined;
  return allowed<'withdrawConsent'>(200, view, {
    facts: {
      consumer: row.recipient,
      provider: row.provider,
      dataset: row.dataset,
      change: { consent: row.id, state: 'withdrawn', changed, ...unsearchable(lostYears), ...reported },
    },
    subjects: [token],
    ...(changed
      ? {
          work: async (transaction) => {
            await withdraw(transaction, row, purposes, { at: call.now, exchange: call.exchange });
            gathered = await gatherWithdrawnDuties(transaction, owed);
          },
          // after the swap of the log head, so that every answer before the withdrawal is included
          confirm: async (transaction) => {
            if (gathered !== undefined) await addWithdrawnDuties(transaction, owed, gathered);
          },
        }
      : {}),
  });
}

/**
 * The purposes that a withdrawal ends, and the contractors of the recipient. A row that is altered for a moment would leave its purpose or
 * contractor out, whose data would then never have to be deleted. So all rows of both tables are compared, in the snapshot that is read.
 * @throws Problem rows_unauthenticated
 */
const coveredData = (
  pool: Pool,
  { jws, recipient }: ConsentRow,
): Promise<{ readonly purposes: readonly string[]; readonly contractors: readonly string[] }> =>
  inSnapshot(pool, async (snapshot) => {
    await refuseUnauthentic(snapshot, ['purpose', 'department']);
    const named = consentOf(jws).purposes;
    const departments = await listDepartments(snapshot);
    return {
      // those that the person named are ended also where the registry no longer has them
      purposes: [...new Set([...named, ...purposesBelow(await listPurposes(snapshot), named)])],
      contractors: departments.filter(({ principal }) => principal === recipient).map(({ code }) => code),
    };
  });
