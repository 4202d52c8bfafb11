import type { components } from '../../../../api/openapi.ts';
import { consentType } from '../../../../certs/jws.ts';
import type { Consent } from '../../../../policies/consents/consent.ts';
import { checkOpening, invalid, readConsent } from '../../../../policies/consents/readConsent.ts';
import { datasetId } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { subjectToken, tokenYear } from '../../../log/subjects.ts';
import { subjectHash } from '../../../domain/subjectHash.ts';
import { allowed } from '../../../pipeline/call.ts';
import { insertConsent } from '../store/consents.ts';
import type { Services } from '../../common/services.ts';
import { consentView } from './listConsents.ts';
import { checkAgainst, checkCollector, checkForm, checkParties, coveredPurposes } from './consentChecks.ts';
import { signedByCaller } from './signedByCaller.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/consents: verifies the consent once, at registration. The person's identifier is compared with the artefact's commitment and
 * becomes the same keyed hash as in the rows. The identifier itself is neither stored nor logged.
 * @throws Problem consent_invalid, notice_unknown, dataset_unknown, already_registered
 */
export const giveConsent = operation('giveConsent', {
  kind: 'consent',
  run: async (call, services) => {
    const body = call.body;
    const { database, keys, identity, registry } = services;
    const artefact = await verified(body.consent, call.caller.department, identity);
    const dataset = registry.current.datasets.get(datasetId(artefact.dataset));
    if (dataset === undefined) throw new Problem('dataset_unknown', { dataset: artefact.dataset });
    checkParties(artefact, identity);
    checkCollector(artefact, registry.current.plans);
    checkAgainst(artefact, dataset, call.now);
    const { notice, purposes } = await coveredPurposes(artefact, database);
    const hash = (value: string): Buffer => {
      checkForm(value, dataset);
      return Buffer.from(subjectHash(keys.subject, 'person', value), 'hex');
    };
    const subject = hash(checkOpening(artefact.subject, body.subject));
    const guardian = guardianOf(artefact, body.guardian, hash);
    return allowed<'giveConsent'>(
      201,
      consentView({ jws: body.consent, state: 'given', givenAt: call.now, withdrawnAt: null }),
      {
        facts: {
          consumer: artefact.recipient,
          provider: artefact.provider,
          dataset: artefact.dataset,
          change: {
            consent: artefact.id,
            state: 'given',
            purposes: purposes.join(' '),
            notice: notice.digest,
          },
        },
        subjects: [subjectToken(keys.logToken(tokenYear(call.now)), subject)],
        work: async (transaction) => {
          const { exchange, now: at } = call;
          const taken = { artefact, jws: body.consent, subject, guardian, purposes, at, exchange };
          if (!(await insertConsent(transaction, taken))) {
            throw new Problem('already_registered', { what: `Consent ${artefact.id}` });
          }
        },
      },
    );
  },
});

/** @throws Problem consent_invalid */
async function verified(jws: string, department: string, identity: Services['identity']): Promise<Consent> {
  const signed = await signedByCaller(jws, department, identity);
  if (signed === undefined) {
    throw invalid({
      zh: '签名不是本部门有效密钥所作',
      en: 'it is not signed by a key in force of your department',
    });
  }
  if (signed.typ !== consentType)
    throw invalid({ zh: `typ 不是 ${consentType}`, en: `typ is not ${consentType}` });
  return readConsent(signed.payload, department);
}

/** @throws Problem consent_invalid */
function guardianOf(
  { grantedBy }: Consent,
  opening: components['schemas']['SubjectOpening'] | undefined,
  hash: (value: string) => Buffer,
): Buffer | undefined {
  if (grantedBy.kind === 'guardian') return hash(checkOpening(grantedBy.subject, opening));
  if (opening === undefined) return undefined;
  throw invalid({ zh: '凭证没有写明监护人', en: 'it names no guardian' });
}
