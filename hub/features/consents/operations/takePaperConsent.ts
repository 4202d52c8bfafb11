import type { components } from '../../../../api/openapi.ts';
import { paperConsentType, signJws } from '../../../../certs/jws.ts';
import { personCommitment } from '../../../../log/commitment.ts';
import { newSalt } from '../../../../machine/newKeyPair.ts';
import type { Consent, PaperTrail } from '../../../../policies/consents/consent.ts';
import {
  consentOf,
  invalid,
  methodsOfHub,
  retentionFault,
} from '../../../../policies/consents/readConsent.ts';
import { canonicalJson, type CanonicalValue } from '../../../../terms/canonicalJson.ts';
import { dayInChina, startOfDayInChina } from '../../../../terms/civilDate.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { listPurposes } from '../../../registry/store/purposes.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { insertConsent, consentById, insertPaper, isPaperKnown, withdrawalsOf } from '../store/consents.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import type { Services } from '../../common/services.ts';
import { checkAgainst, checkCollector, checkForm, checkParties, coveredPurposes } from './consentChecks.ts';
import { purposesBelow } from './consentOffers.ts';
import { own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { subjectHash } from '../../../domain/subjectHash.ts';
import { defined } from '../../../../terms/defined.ts';

type Taken = components['schemas']['PaperConsent'];

/**
 * POST /v1/paper-consents: a steward records a signed form, and a second person of the same department confirms it against the scan. It
 * then has the same effect as any consent and is withdrawn in the same way. The first call replaces the identifiers by the keyed hashes of
 * the rows. The hub signs the artefact, which names the form, the scan and both persons.
 * @throws Problem consent_invalid, notice_unknown, dataset_unknown, already_registered, not_your_department, text_identity_number
 */
export const takePaperConsent = proposable('takePaperConsent', {
  permission: { steward: own },
  owner: (call) => anyOf(call.body.collectedBy),
  secondPerson: true,
  bodyToStore: (call, services) => hashedRecord(call.body, services),
  run: async (call, services, { author, approver }) => {
    const taken = call.body;
    const { database, keys, identity, registry } = services;
    const { now, exchange } = call;
    const live = registry.current.datasets.get(datasetId(taken.dataset));
    if (live === undefined) throw new Problem('dataset_unknown', { dataset: taken.dataset });
    if (approver !== null) checkColleague(approver, taken.collectedBy, services);
    const record = checkedRecord(taken, live, services);
    const { form, scan, takenOn } = record;
    if (holdsIdentityNumber(form)) throw new Problem('text_identity_number', {}, { at: '/body/form' });
    const today = dayInChina(now);
    if (takenOn > today)
      throw invalid({ zh: '签署日期在将来', en: 'the day of its signature is in the future' });
    const artefact = artefactOf(record, {
      form,
      scan,
      takenOn,
      takenBy: author,
      confirmedBy: approver ?? '',
    });
    if (artefact.recipient === artefact.collectedBy)
      throw invalid({ zh: '接收方不能自己采集', en: 'the recipient itself took it over' });
    if (Date.parse(artefact.notBefore) >= Date.parse(artefact.expires))
      throw invalid({ zh: '有效期不正确', en: 'its term is no real span of time' });
    if (Date.parse(artefact.notBefore) < startOfDayInChina(takenOn))
      throw invalid({
        zh: '生效时间早于签署日期',
        en: 'it would hold from before the day of its signature',
      });
    const retentionProblem = retentionFault(artefact);
    if (retentionProblem !== undefined) throw invalid(retentionProblem);
    checkParties(artefact, identity);
    checkCollector(artefact, registry.current.plans);
    checkAgainst(artefact, live, now);
    const { notice, purposes } = await coveredPurposes(artefact, database);
    const what = `Consent ${artefact.id}` as const;
    const paper = { collector: artefact.collectedBy, form, scan };
    if (
      (await consentById(database.app, artefact.id)) !== undefined ||
      (await isPaperKnown(database.app, paper))
    )
      throw new Problem('already_registered', { what });
    const subject = Buffer.from(record.subjectHash, 'hex');
    const signed = { artefact, subject, purposes, takenOn };
    await refuseWithdrawn(database.app, signed);
    const outcome = registered({
      kind: 'PaperConsent',
      id: artefact.id,
      digest: digestOf(record),
      registered: undefined,
      versioned: false,
      work: async (transaction) => {
        const guardian =
          record.guardianHash === undefined ? undefined : Buffer.from(record.guardianHash, 'hex');
        const jws = signJws(canonicalJson(artefact as unknown as CanonicalValue), keys.hubSigning, {
          typ: paperConsentType,
        });
        const row = { artefact, jws, subject, guardian, purposes, at: now, exchange };
        if (!(await insertConsent(transaction, row))) throw new Problem('already_registered', { what });
        // again under the locks of the consent states, for which a withdrawal waits
        await refuseWithdrawn(transaction, signed);
        const { paper: trail } = artefact;
        if (trail !== undefined)
          await insertPaper(transaction, { ...trail, consent: artefact.id, collector: artefact.collectedBy });
      },
      change: { form, scan, takenOn, purposes: purposes.join(' '), notice: notice.digest },
    });
    return {
      ...outcome,
      facts: {
        ...outcome.facts,
        consumer: artefact.recipient,
        provider: artefact.provider,
        dataset: artefact.dataset,
      },
      subjects: [subjectToken(keys.logToken(tokenYear(now)), subject)],
      // consents are read for every answer
      bumpsEpoch: false,
    };
  },
});

interface SignedForm {
  readonly artefact: Pick<Consent, 'id' | 'recipient' | 'dataset'>;
  /** keyed hash, 32 bytes */
  readonly subject: Uint8Array;
  /** those that it covers */
  readonly purposes: readonly string[];
  /** calendar of China */
  readonly takenOn: string;
}

/**
 * A form has effect only where the person signed it after their newest withdrawal for one of its purposes. Of a form that was signed on the
 * day of the withdrawal it is unknown which of the two was first.
 * @throws Problem consent_invalid, rows_unauthenticated
 */
async function refuseWithdrawn(
  reader: Reader,
  { artefact, subject, purposes, takenOn }: SignedForm,
): Promise<void> {
  const later = (await withdrawalsOf(reader, subject, artefact)).filter(
    ({ at }) => takenOn <= dayInChina(at),
  );
  if (later.length === 0) return;
  const known = await listPurposes(reader);
  for (const { jws } of later) {
    const ended = consentOf(jws).purposes;
    if ([...ended, ...purposesBelow(known, ended)].some((purpose) => purposes.includes(purpose)))
      throw invalid({
        zh: '该表格签署于本人撤回同意之前或当日，撤回次日起签署的才有效',
        en: 'it was signed before or on the day on which the person withdrew; a form counts if it is signed on a later day',
      });
  }
}

/** Only a person of the same department has the form for comparison. @throws Problem not_your_department */
function checkColleague(approver: string, department: string, { identity }: Services): void {
  const person = identity.persons().find(({ id }) => id === approver);
  if (person?.grants.some((grant) => grant.department === department) !== true)
    throw new Problem('not_your_department', { department });
}

/** @throws Problem consent_invalid if the identifier has another form than in the rows */
function checkedRecord(taken: Taken | StoredPaper, live: LiveDataset, services: Services): StoredPaper {
  if (!('subjectHash' in taken)) {
    checkForm(taken.person, live);
    if (taken.guardian !== undefined) checkForm(taken.guardian, live);
    if (taken.guardian === taken.person)
      throw invalid({ zh: '监护人不能是本人', en: 'a person cannot be their own guardian' });
  }
  return hashedRecord(taken, services);
}

/** The hub knows the person only by the keyed hash, so the artefact commits to that hash. */
function artefactOf(record: StoredPaper, paper: PaperTrail): Consent {
  const { id, recipient, dataset, purposes, fields, expires, maxUses, retention, notice, collectedBy } =
    record;
  const committed = (hash: string) => ({
    kind: 'person' as const,
    commitment: personCommitment(hash, newSalt()),
  });
  return {
    v: 1,
    id,
    recipient,
    dataset,
    purposes,
    fields,
    expires,
    notice,
    collectedBy,
    provider: providerOf(datasetId(dataset)),
    subject: committed(record.subjectHash),
    notBefore: record.notBefore ?? `${paper.takenOn}T00:00:00+08:00`,
    ...defined({ maxUses, retention }),
    method: methodsOfHub.paper,
    grantedBy:
      record.guardianHash === undefined
        ? { kind: 'self' }
        : { kind: 'guardian', subject: committed(record.guardianHash) },
    separate: true,
    paper,
  };
}

/** The record that waits for the second person. It identifies the subject only by keyed hashes. */
type StoredPaper = Omit<Taken, 'person' | 'guardian'> & {
  readonly subjectHash: string;
  readonly guardianHash?: string;
};

/** The record in the form that may be stored. */
function hashedRecord(taken: Taken | StoredPaper, { keys }: Pick<Services, 'keys'>): StoredPaper {
  if ('subjectHash' in taken) return taken;
  const { person, guardian, ...others } = taken;
  const hash = (value: string): string => subjectHash(keys.subject, 'person', value);
  return {
    ...others,
    subjectHash: hash(person),
    ...(guardian === undefined ? {} : { guardianHash: hash(guardian) }),
  };
}
