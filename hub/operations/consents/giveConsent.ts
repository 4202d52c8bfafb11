import type { components } from '../../../api/openapi.ts';
import { consentType } from '../../../certs/jws.ts';
import type { Consent } from '../../../policies/consents/consent.ts';
import type { Plans } from '../../../policies/plans.ts';
import { checkOpening, consentShape, invalid, readConsent } from '../../../policies/consents/readConsent.ts';
import { lastingFormats } from '../../../schemas/formats/index.ts';
import { providerOf, datasetId } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { subjectToken, tokenYear } from '../../audit/subjects.ts';
import { subjectHash } from '../../domain/subjectHash.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { insertConsent } from '../../store/consents/insertConsent.ts';
import { noticeByDigest, type NoticeRow } from '../../store/consents/notices.ts';
import { listPurposes, type PurposeRow } from '../../store/registry/purposes.ts';
import type { Services } from '../services.ts';
import { consentView } from './consentView.ts';
import { purposesBelow } from './purposesBelow.ts';
import { signedByCaller } from './signedByCaller.ts';

const isConsent = consentShape();

/**
 * POST /v1/consents: verified once, here. The identifier of the person is compared with the artefact's commitment, becomes the same keyed
 * hash as in the rows, and is neither kept nor logged.
 * @throws Problem consent_invalid, notice_unknown, dataset_unknown, already_registered
 */
export async function giveConsent(call: Call<DepartmentCaller>, services: Services): Promise<Outcome> {
  const body = call.body as components['schemas']['ConsentHandedIn'];
  const { database, keys, identity, registry } = services;
  const artefact = await verified(body.consent, call.caller.department, identity);
  const dataset = registry.current.datasets.get(datasetId(artefact.dataset));
  if (dataset === undefined) throw new Problem('dataset_unknown', { dataset: artefact.dataset });
  checkParties(artefact, identity);
  checkCollector(artefact, registry.current.plans);
  checkAgainst(artefact, dataset, call.now);
  const notice = await noticeByDigest(database.app, artefact.notice.digest);
  if (notice?.language !== artefact.notice.language) throw new Problem('notice_unknown');
  const purposes = coveredPurposes(artefact, notice, await listPurposes(database.app));
  const hash = (value: string): Buffer => {
    checkForm(value, dataset);
    return Buffer.from(subjectHash(keys.subject, 'person', value), 'hex');
  };
  const subject = hash(checkOpening(artefact.subject, body.subject));
  const guardian = guardianOf(artefact, body.guardian, hash);
  return allowed(
    201,
    consentView({ jws: body.consent, state: 'given', givenAt: call.now, withdrawnAt: null }),
    {
      facts: {
        consumer: artefact.recipient,
        provider: artefact.provider,
        dataset: artefact.dataset,
        change: { consent: artefact.id, state: 'given', purposes: purposes.join(' '), notice: notice.digest },
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
}

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
  return readConsent(signed.payload, department, isConsent);
}

/**
 * The recipient receives in its own name, and neither it nor who works for it vouches for the person.
 * @throws Problem consent_invalid
 */
function checkParties({ recipient, collectedBy }: Consent, identity: Services['identity']): void {
  const receiving = identity.department(recipient);
  if (receiving === undefined) throw invalid({ zh: '没有这个接收部门', en: 'there is no such recipient' });
  if (receiving.principal !== null) {
    throw invalid({
      zh: '受托单位不是接收方，应写其委托部门',
      en: 'an entrusted party is no recipient: name the department it works for',
    });
  }
  if (identity.department(collectedBy)?.principal === recipient) {
    throw invalid({ zh: '接收方的受托单位不能签署', en: 'a party entrusted by the recipient signed it' });
  }
}

/**
 * The provider, or a department that an agreement names which the provider has signed: what anybody else hands in would count nowhere, and
 * would take the place of what stands.
 * @throws Problem consent_invalid
 */
function checkCollector(
  { collectedBy, provider, recipient, dataset, purposes }: Consent,
  plans: Plans,
): void {
  const named = plans.all.some(
    ({ ref, whole }) =>
      ref.dataset === dataset &&
      (ref.principal ?? ref.consumer) === recipient &&
      purposes.includes(ref.purpose) &&
      whole.consent?.collectors.includes(collectedBy) === true,
  );
  if (collectedBy === provider || named) return;
  throw invalid({
    zh: '没有共享协议准许该部门采集此项同意',
    en: 'no agreement lets this department ask for it',
  });
}

/** @throws Problem consent_invalid */
function checkAgainst(artefact: Consent, { row, schema }: LiveDataset, now: number): void {
  const names = new Set(schema.fields.map(({ name }) => name));
  if (artefact.provider !== providerOf(datasetId(row.id))) {
    throw invalid({ zh: '提供部门与数据资源不符', en: 'the dataset is not of that provider' });
  }
  if (schema.subject?.kind !== 'person') {
    throw invalid({ zh: '该数据资源不以个人为主体', en: 'the dataset is not about persons' });
  }
  if (!artefact.fields.every((field) => names.has(field))) {
    throw invalid({ zh: '数据集标准没有其中的数据项', en: 'the schema has no such field' });
  }
  if (Date.parse(artefact.expires) <= now) throw invalid({ zh: '已经过期', en: 'it has expired' });
}

/**
 * An identifier in another form than the rows' own (a small x, a blank) would make a consent that nothing ever finds.
 * @throws Problem consent_invalid
 */
function checkForm(value: string, { schema }: LiveDataset): void {
  const field = schema.fields.find(({ name }) => name === schema.subject?.field);
  const format = field?.format === undefined ? undefined : lastingFormats[field.format];
  if (format === undefined || format(value) === undefined) return;
  throw invalid({
    zh: '标识的形式与数据集标准不符',
    en: 'an identifier does not have the form that the schema gives it',
  });
}

/**
 * Its purposes, and those below one of them where the notice names the upper one: nobody consents to what they were not told.
 * @throws Problem consent_invalid
 */
function coveredPurposes(
  artefact: Consent,
  notice: NoticeRow,
  rows: readonly PurposeRow[],
): readonly string[] {
  for (const purpose of artefact.purposes) {
    if (!rows.some(({ code }) => code === purpose) || !notice.purposes.includes(purpose)) {
      throw invalid({ zh: '告知书没有写明该使用场景', en: 'the notice does not name one of its purposes' });
    }
  }
  return purposesBelow(rows, artefact.purposes);
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
